"""/api/auth: guests, accounts and their sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.api.deps import AccountId, AppDatabase, SessionToken, Transaction, VisitorId
from app.api.problems import problems
from app.core.security import clear_session_cookie, known_cookie, set_known_cookie, set_session_cookie
from app.schemas.accounts import AccountDeletion, Login, Me, PasswordChange, Registration
from app.services import accounts, browsers

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.get("/me")
async def get_me(db: Transaction, account_id: AccountId) -> Me:
    """Tell who is visiting; without a session a guest who has written nothing yet."""
    account = await accounts.get_account(db, account_id) if account_id else None
    return Me.model_validate(account) if account else Me(email=None, guest=True, created_at=None)


@router.post("/register", status_code=201, responses=problems(409, 429))
async def register(
    request: Request, response: Response, database: AppDatabase, token: SessionToken, new: Registration
) -> Me:
    """Make an account of the visitor, who keeps what was written as a guest."""
    account, token = await accounts.register(database, token, new.email, new.password.get_secret_value())
    set_session_cookie(request, response, token)
    set_known_cookie(request, response, browsers.sign(account))
    return Me.model_validate(account)


@router.post("/login", responses=problems(429))
async def login(
    request: Request,
    response: Response,
    database: AppDatabase,
    token: SessionToken,
    known: Annotated[str | None, Depends(known_cookie)],
    credentials: Login,
) -> Me:
    """Log in; what was written as a guest moves to the account."""
    password = credentials.password.get_secret_value()
    account, token = await accounts.login(database, token, known, credentials.email, password)
    set_session_cookie(request, response, token)
    set_known_cookie(request, response, browsers.sign(account))
    return Me.model_validate(account)


@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response, database: AppDatabase, token: SessionToken) -> None:
    """End the browser's session, if it has one."""
    if token:
        await accounts.logout(database, token)
    clear_session_cookie(request, response)


@router.post("/password", status_code=204, responses=problems(409, 429))
async def change_password(
    request: Request,
    response: Response,
    database: AppDatabase,
    token: SessionToken,
    account_id: VisitorId,
    change: PasswordChange,
) -> None:
    """Set a new password; every other session of the account ends."""
    current, new = change.current_password.get_secret_value(), change.new_password.get_secret_value()
    if not token or account_id is None:
        raise accounts.NoPassword
    account, token = await accounts.change_password(database, token, account_id, current, new)
    set_session_cookie(request, response, token)
    set_known_cookie(request, response, browsers.sign(account))


@router.delete("/me", status_code=204, responses=problems(429))
async def delete_me(
    request: Request,
    response: Response,
    database: AppDatabase,
    token: SessionToken,
    account_id: VisitorId,
    confirmation: AccountDeletion | None = None,
) -> None:
    """Delete the account and everything of it."""
    password = confirmation.password if confirmation else None
    if token and account_id:
        await accounts.delete_account(database, token, account_id, password.get_secret_value() if password else None)
    clear_session_cookie(request, response)
