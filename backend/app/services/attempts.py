"""How often something was tried lately, counted for all processes together."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import ProblemError
from app.models import Attempts

WINDOW = timedelta(minutes=15)
PURGE_BATCH = 100


class TooMany(ProblemError):
    """Whoever tries has to wait until the first of the attempts is forgotten."""

    def __init__(self, wait: timedelta, kind: str, title: str, reason: str) -> None:
        seconds = max(1, int(wait.total_seconds()) + 1)
        minutes = -(-seconds // 60)
        detail = f"{reason}; try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
        super().__init__(429, kind, title, detail, headers={"Retry-After": str(seconds)})


def questions_of(account_id: UUID) -> str:
    """Return the subject of what an account asks the assistant."""
    return f"assistant:{account_id}"


async def count(db: AsyncSession, subject: str, limit: int) -> timedelta | None:
    """Count an attempt before it is made, so that many at once cannot pass the limit.

    Returns how long to wait when there were `limit` within `WINDOW` already; None when it may be made.
    """
    now = datetime.now(UTC)
    over = Attempts.since < now - WINDOW
    expired = select(Attempts.subject).where(over).limit(PURGE_BATCH).with_for_update(skip_locked=True)
    await db.execute(delete(Attempts).where(Attempts.subject.in_(expired)))
    counting = (
        insert(Attempts)
        .values(subject=subject, count=1, since=now)
        .on_conflict_do_update(
            index_elements=[Attempts.subject],
            set_={
                "count": case((over, 1), else_=Attempts.count + 1),
                "since": case((over, now), else_=Attempts.since),
            },
        )
        .returning(Attempts.count, Attempts.since)
    )
    made, since = (await db.execute(counting)).one()
    return since + WINDOW - now if made > limit else None


async def clear(db: AsyncSession, subject: str) -> None:
    """Forget the attempts."""
    await db.execute(delete(Attempts).where(Attempts.subject == subject))
