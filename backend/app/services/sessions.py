"""Browsers' sessions: found by a token, replaced at each login, over when long idle."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import hash_token, new_token
from app.models import Account, ReplacedToken, Session

IDLE_LIMIT = timedelta(days=30)
"""A session that was not used for this long is over; a guest's todos go with it."""
TOUCH_INTERVAL = timedelta(days=1)
"""How exactly a session's last use is kept, so that reads seldom write."""
OVERTAKEN_LIMIT = timedelta(minutes=1)
"""How long a request may be under way with a token that was replaced since."""
PURGE_BATCH = 100

# Made once, as every request asks this.
_SESSIONS = Session.__table__.c
_FIND = select(_SESSIONS.account_id, _SESSIONS.last_seen_at).where(_SESSIONS.token_hash == bindparam("token_hash"))
_FIND_AND_KEEP = _FIND.join(Account).with_for_update(of=Account, read=True, key_share=True)


async def find_session(db: AsyncSession, token: str, *, keep: bool = False) -> tuple[UUID, bool] | None:
    """Return the session's account and whether its life was just extended; None if it is unknown or over.

    With `keep` the account stays until the transaction ends: what is written for it is not lost to a login that
    moves its todos at the same time.
    """
    now = datetime.now(UTC)
    token_hash = hash_token(token)
    session = (await db.execute(_FIND_AND_KEEP if keep else _FIND, {"token_hash": token_hash})).one_or_none()
    if session is None or session.last_seen_at < now - IDLE_LIMIT:
        return None
    extended = session.last_seen_at < now - TOUCH_INTERVAL
    if extended:
        await db.execute(update(Session).where(Session.token_hash == token_hash).values(last_seen_at=now))
    return session.account_id, extended


async def replace_session(db: AsyncSession, token: str | None, account_id: UUID) -> str:
    """Start a session of the account in the place of the browser's own, if it has one; returns the new token.

    Nobody who knew or planted the old token shares the session with the one who logged in.
    """
    if token is not None:
        now = datetime.now(UTC)
        await db.execute(delete(ReplacedToken).where(ReplacedToken.replaced_at < now - OVERTAKEN_LIMIT))
        ended = delete(Session).where(Session.token_hash == hash_token(token)).returning(Session.token_hash)
        if (token_hash := await db.scalar(ended)) is not None:
            db.add(ReplacedToken(token_hash=token_hash, replaced_at=now))
    token = new_token()
    db.add(Session(token_hash=hash_token(token), account_id=account_id))
    return token


async def end_session(db: AsyncSession, token: str) -> None:
    """End the session, if there is one."""
    await db.execute(delete(Session).where(Session.token_hash == hash_token(token)))


async def end_other_sessions(db: AsyncSession, token: str, account_id: UUID) -> None:
    """End every session of the account but the token's."""
    await db.execute(delete(Session).where(Session.account_id == account_id, Session.token_hash != hash_token(token)))


async def was_just_replaced(db: AsyncSession, token: str) -> bool:
    """Tell whether the browser has, or is about to get, a newer token than this one."""
    replaced = await db.get(ReplacedToken, hash_token(token))
    return replaced is not None and replaced.replaced_at > datetime.now(UTC) - OVERTAKEN_LIMIT


async def purge_idle(db: AsyncSession) -> None:
    """Clear away some sessions that are long idle, with the guests behind them."""
    idle = Session.last_seen_at < datetime.now(UTC) - IDLE_LIMIT
    batch = select(Session.account_id).where(idle).limit(PURGE_BATCH).with_for_update(skip_locked=True)
    account_ids = (await db.scalars(batch)).all()
    if account_ids:
        await db.execute(delete(Account).where(Account.id.in_(account_ids), Account.email.is_(None)))
        await db.execute(delete(Session).where(Session.account_id.in_(account_ids), idle))
