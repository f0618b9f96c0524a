"""How often an account's password was tried, counted for all processes together, whether it exists or not."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import ProblemError
from app.models import PasswordAttempts

LIMIT = 10
WINDOW = timedelta(minutes=15)
PURGE_BATCH = 100


class TooManyAttempts(ProblemError):
    """Whoever tries has to wait until the first of the attempts is forgotten."""

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, int(wait.total_seconds()) + 1)
        detail = f"The password of this account was wrong too often; try again in {-(-seconds // 60)} minutes."
        headers = {"Retry-After": str(seconds)}
        super().__init__(429, "too-many-attempts", "Too many attempts", detail, headers=headers)


async def count(db: AsyncSession, email: str) -> None:
    """Count an attempt before it is made, so that many at once cannot pass the limit.

    Raises:
        TooManyAttempts: There were `LIMIT` within `WINDOW` already.
    """
    now = datetime.now(UTC)
    over = PasswordAttempts.since < now - WINDOW
    expired = select(PasswordAttempts.email).where(over).limit(PURGE_BATCH).with_for_update(skip_locked=True)
    await db.execute(delete(PasswordAttempts).where(PasswordAttempts.email.in_(expired)))
    counting = (
        insert(PasswordAttempts)
        .values(email=email, count=1, since=now)
        .on_conflict_do_update(
            index_elements=[PasswordAttempts.email],
            set_={
                "count": case((over, 1), else_=PasswordAttempts.count + 1),
                "since": case((over, now), else_=PasswordAttempts.since),
            },
        )
        .returning(PasswordAttempts.count, PasswordAttempts.since)
    )
    made, since = (await db.execute(counting)).one()
    if made > LIMIT:
        raise TooManyAttempts(since + WINDOW - now)


async def clear(db: AsyncSession, email: str) -> None:
    """Forget the attempts, after the right password."""
    await db.execute(delete(PasswordAttempts).where(PasswordAttempts.email == email))
