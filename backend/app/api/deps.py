"""What routes ask for: a transaction, and who is visiting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Database
from app.core.errors import ProblemError
from app.core.security import SAFE_METHODS, clear_session_cookie, session_cookie, set_session_cookie
from app.services import sessions, undo


class SessionEnded(ProblemError):
    """The browser's session is over, or was ended elsewhere."""

    def __init__(self, headers: dict[str, str]) -> None:
        detail = "You are not logged in any more: the session ended here or elsewhere. Log in again, or start anew."
        super().__init__(401, "session-ended", "The session has ended", detail, headers=headers)


async def _get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


AppDatabase = Annotated[Database, Depends(_get_database)]


async def get_transaction(request: Request, database: AppDatabase) -> AsyncIterator[AsyncSession]:
    """Open the request's transaction."""
    async with database.transaction(reading=request.method in SAFE_METHODS) as transaction:
        yield transaction


# Scope "function" commits before the answer is sent: what a client was told is stored.
Transaction = Annotated[AsyncSession, Depends(get_transaction, scope="function")]
SessionToken = Annotated[str | None, Security(session_cookie)]


async def get_account_id(request: Request, response: Response, db: Transaction, token: SessionToken) -> UUID | None:
    """Return the visitor's account, which stays as long as the transaction; None for a visitor without a session.

    Raises:
        SessionEnded: The visitor had one.
    """
    if not token:
        return None
    session = await sessions.find_session(db, token, keep=request.method not in SAFE_METHODS)
    if session is None:
        cleared = Response()
        # The answer to a request that a login overtook must not take the new session's cookie away.
        if not await sessions.was_just_replaced(db, token):
            clear_session_cookie(request, cleared)
        raise SessionEnded({name: value for name, value in cleared.headers.items() if name == "set-cookie"})
    account_id, extended = session
    if extended:
        set_session_cookie(request, response, token)
    return account_id


AccountId = Annotated[UUID | None, Depends(get_account_id, scope="function")]


async def get_visitor_id(
    request: Request, response: Response, database: AppDatabase, token: SessionToken
) -> UUID | None:
    """Return the visitor's account as `get_account_id` does, for what takes longer than a transaction should."""
    async with database.transaction() as db:
        return await get_account_id(request, response, db, token)


VisitorId = Annotated[UUID | None, Depends(get_visitor_id)]

UNDO_HEADER = "Undo-Token"
UNDOABLE: dict[str, Any] = {
    "headers": {
        UNDO_HEADER: {
            "description": "Takes the change back within an hour; absent when nothing was changed.",
            "schema": {"type": "string"},
        }
    }
}
"""What the OpenAPI document says of an answer to a change."""


@asynccontextmanager
async def undoable(response: Response, db: AsyncSession, account_id: UUID | None) -> AsyncIterator[None]:
    """Have the answer carry what takes back the change that is made inside."""
    if account_id is None:
        yield
        return
    async with undo.recording(db, account_id) as recorded:
        yield
    if recorded.token:
        response.headers[UNDO_HEADER] = recorded.token
