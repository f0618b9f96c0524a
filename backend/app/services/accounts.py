"""Who is visiting: sessions and the guests behind them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import hash_token, new_token
from app.models import Account, Session

IDLE_LIMIT = timedelta(days=30)
"""A session that was not used for this long is over; a guest's todos go with it."""
TOUCH_INTERVAL = timedelta(days=1)
"""How exactly a session's last use is kept, so that reads seldom write."""
PURGE_BATCH = 100


async def find_session(db: AsyncSession, token: str) -> tuple[UUID, bool] | None:
    """Return the session's account and whether its life was just extended; None if it is unknown or over."""
    now = datetime.now(UTC)
    session = await db.get(Session, hash_token(token))
    if session is None or session.last_seen_at < now - IDLE_LIMIT:
        return None
    extended = session.last_seen_at < now - TOUCH_INTERVAL
    if extended:
        session.last_seen_at = now
    return session.account_id, extended


async def create_guest(db: AsyncSession) -> tuple[UUID, str]:
    """Make a guest and its session, and clear away some that are long idle; returns account and token."""
    idle = select(Session.account_id).where(Session.last_seen_at < datetime.now(UTC) - IDLE_LIMIT)
    batch = idle.limit(PURGE_BATCH).with_for_update(skip_locked=True)
    await db.execute(delete(Account).where(Account.id.in_(batch)))
    account = Account(id=uuid4())
    db.add(account)
    await db.flush()
    token = new_token()
    db.add(Session(token_hash=hash_token(token), account_id=account.id))
    return account.id, token
