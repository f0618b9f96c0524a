"""What routes ask for: a transaction, and who is visiting."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Database
from app.core.security import session_cookie, set_session_cookie
from app.services import accounts


def get_database(request: Request) -> Database:
    """Return the application's database."""
    database: Database = request.app.state.database
    return database


async def get_transaction(
    database: Annotated[Database, Depends(get_database)],
) -> AsyncIterator[AsyncSession]:
    """Open the request's transaction."""
    async with database.transaction() as transaction:
        yield transaction


# Scope "function" commits before the answer is sent: what a client was told is stored.
Transaction = Annotated[AsyncSession, Depends(get_transaction, scope="function")]


async def get_account_id(
    request: Request,
    response: Response,
    db: Transaction,
    token: Annotated[str | None, Security(session_cookie)],
) -> UUID | None:
    """Return the visitor's account, or None for one without a living session."""
    session = await accounts.find_session(db, token) if token else None
    if session is None:
        return None
    account_id, extended = session
    if extended and token:
        set_session_cookie(request, response, token)
    return account_id


AccountId = Annotated[UUID | None, Depends(get_account_id, scope="function")]
