"""The rules of accounts: guests, who become accounts or move into one, and what takes a password.

Passwords are hashed between transactions, as that takes long and connections are few.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Database
from app.core.errors import FieldError, ProblemError, ValidationProblem
from app.core.passwords import hash_password, verify_password
from app.core.security import hash_token
from app.models import Account, Todo, Undo
from app.services import attempts, browsers, housekeeping, sessions

PASSWORDS = 10
"""How often a password may be wrong within `attempts.WINDOW`, by all strangers together or by one known browser."""
GUESTS_PER_MINUTE = 300
"""How many accounts all visitors together may make; a flood ends here instead of filling the database."""


class TooManyGuests(ProblemError):
    """More visitors came than are let in."""

    def __init__(self) -> None:
        detail = "Many new visitors came at once. Nothing was changed; try again in a minute."
        headers = {"Retry-After": "60"}
        super().__init__(429, "too-many-guests", "Too many new visitors", detail, headers=headers)


class TooManyAttempts(attempts.TooMany):
    """The password of an e-mail was tried too often."""

    def __init__(self, wait: timedelta) -> None:
        reason = "The password of this account was wrong too often"
        super().__init__(wait, "too-many-attempts", "Too many attempts", reason)


class EmailTaken(ProblemError):
    """There is an account of that e-mail."""

    def __init__(self) -> None:
        detail = "There is an account with this e-mail already; log in, or register another e-mail."
        super().__init__(409, "email-taken", "The e-mail is taken", detail)


class AlreadyRegistered(ProblemError):
    """The visitor is no guest any more."""

    def __init__(self) -> None:
        detail = "You are logged in to an account; log out before you register another."
        super().__init__(409, "already-registered", "You have an account", detail)


class WrongCredentials(ProblemError):
    """E-mail or password is wrong: nobody is told which."""

    def __init__(self) -> None:
        detail = "No account has this e-mail and password; check both and try again."
        super().__init__(401, "wrong-credentials", "E-mail or password is wrong", detail)


class NoPassword(ProblemError):
    """The visitor is a guest."""

    def __init__(self) -> None:
        super().__init__(409, "guest", "You have no account", "A guest has no password to change; register first.")


async def create_guest(db: AsyncSession) -> tuple[UUID, str]:
    """Make a guest and its session, and clear away some that are long idle; returns account and token.

    Raises:
        TooManyGuests: Too many came within a minute.
    """
    await sessions.purge_idle(db)
    await housekeeping.purge(db)
    account = await _create_account(db)
    return account.id, await sessions.replace_session(db, None, account.id)


async def get_account(db: AsyncSession, account_id: UUID) -> Account | None:
    """Return an account; None if it was deleted meanwhile."""
    return await db.get(Account, account_id)


async def lock_account(db: AsyncSession, account_id: UUID) -> None:
    """Wait for a turn with what concerns several of an account's todos; it ends with the transaction.

    Others create todos and change single ones meanwhile.
    """
    await db.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


async def register(database: Database, token: str | None, email: str, password: str) -> tuple[Account, str]:
    """Turn the session's guest into an account, or make one; returns it and the new session's token.

    Raises:
        AlreadyRegistered: The session is of an account.
        EmailTaken: Another account has the e-mail.
        TooManyGuests: There is no guest, and too many accounts were made within a minute.
    """
    async with database.transaction() as db:  # before the costly part
        await _guest_to_register(db, token, email)
    password_hash = await hash_password(password)
    async with database.transaction() as db:
        account = await _guest_to_register(db, token, email) or await _create_account(db)
        account.email, account.password_hash = email, password_hash
        try:
            await db.flush()
        except IntegrityError as error:  # somebody was faster
            raise EmailTaken from error
        return account, await sessions.replace_session(db, token, account.id)


async def login(
    database: Database, token: str | None, known: str | None, email: str, password: str
) -> tuple[Account, str]:
    """Start a session of the account and move the todos of the session's guest to it; returns it and the token.

    `known` is what `browsers.sign` gave the browser when it was logged in before.

    Raises:
        WrongCredentials: No account has this e-mail and password.
        TooManyAttempts: They were wrong too often.
    """
    async with database.transaction() as db:
        found = await db.scalar(select(Account).where(Account.email == email))
        subject = await _subject(db, token, known, email, found)
    if not await _check_password(database, subject, found, password) or found is None:
        raise WrongCredentials
    async with database.transaction() as db:
        # Shared, as others of the account may write meanwhile, but none may change its password.
        account = await db.get(Account, found.id, with_for_update={"read": True})
        if account is None or account.password_hash != found.password_hash:
            raise WrongCredentials
        await _adopt_guest(db, token, account.id)
        return account, await sessions.replace_session(db, token, account.id)


async def logout(database: Database, token: str) -> None:
    """End the session, if there is one."""
    async with database.transaction() as db:
        await sessions.end_session(db, token)


async def change_password(
    database: Database, token: str, account_id: UUID, current: str, new: str
) -> tuple[Account, str]:
    """Set a new password and end every session; returns the account and the token of the one that goes on.

    Raises:
        NoPassword: A guest has none.
        ValidationProblem: The current password is wrong.
        TooManyAttempts: It was wrong too often.
    """
    async with database.transaction() as db:
        found = await get_account(db, account_id)
    if found is None or found.email is None:
        raise NoPassword
    if not await _check_password(database, _session_subject(token), found, current):
        raise _wrong_password("current_password")
    password_hash = await hash_password(new)
    async with database.transaction() as db:
        account = await _lock(db, account_id)
        if account is None or account.password_hash != found.password_hash:
            raise _wrong_password("current_password")
        account.password_hash = password_hash
        token = await sessions.replace_session(db, token, account_id)
        await sessions.end_other_sessions(db, token, account_id)
        return account, token


async def delete_account(database: Database, token: str, account_id: UUID, password: str | None) -> None:
    """Delete the account and everything of it.

    Raises:
        ValidationProblem: The account has a password, and this is not it.
        TooManyAttempts: It was wrong too often.
    """
    async with database.transaction() as db:
        found = await get_account(db, account_id)
    if found is None:
        return
    right = password and await _check_password(database, _session_subject(token), found, password)
    if found.email and not right:
        raise _wrong_password("password")
    async with database.transaction() as db:
        account = await _lock(db, account_id)
        if account is not None and account.password_hash != found.password_hash:
            raise _wrong_password("password")
        await _delete(db, account_id)


async def _create_account(db: AsyncSession) -> Account:
    recent = select(func.count()).where(Account.created_at > func.now() - timedelta(minutes=1))
    if (await db.scalar(recent) or 0) >= GUESTS_PER_MINUTE:
        raise TooManyGuests
    account = Account()
    db.add(account)
    await db.flush()
    return account


async def _delete(db: AsyncSession, account_id: UUID) -> None:
    await attempts.clear(db, attempts.questions_of(account_id))
    await db.execute(delete(Account).where(Account.id == account_id))


async def _lock(db: AsyncSession, account_id: UUID) -> Account | None:
    """Return the account when nobody writes for it any more, and keep others from it until the transaction ends."""
    return await db.get(Account, account_id, with_for_update=True)


async def _account_of(db: AsyncSession, token: str | None) -> Account | None:
    session = await sessions.find_session(db, token) if token else None
    return await _lock(db, session[0]) if session else None


async def _guest_to_register(db: AsyncSession, token: str | None, email: str) -> Account | None:
    account = await _account_of(db, token)
    if account is not None and not account.guest:
        raise AlreadyRegistered
    if await db.scalar(select(Account.id).where(Account.email == email)):
        raise EmailTaken
    return account


async def _adopt_guest(db: AsyncSession, token: str | None, account_id: UUID) -> None:
    guest = await _account_of(db, token)
    if guest is not None and guest.guest:
        moving = update(Todo).where(Todo.account_id == guest.id)
        await db.execute(moving.values(account_id=account_id, updated_at=Todo.updated_at))
        await db.execute(update(Undo).where(Undo.account_id == guest.id).values(account_id=account_id))
        await _delete(db, guest.id)


async def _subject(db: AsyncSession, token: str | None, known: str | None, email: str, account: Account | None) -> str:
    """Return whose attempts at a login are counted together.

    A stranger shares the e-mail's count with all others; who cannot be a stranger has one of their own, so that
    nobody is locked out by what others try.
    """
    if account is None:
        return email
    if token and (session := await sessions.find_session(db, token)) and session[0] == account.id:
        return _session_subject(token)
    return browsers.subject(known, account) or email


def _session_subject(token: str) -> str:
    return f"session:{hash_token(token).hex()}"


async def _check_password(database: Database, subject: str, account: Account | None, password: str) -> bool:
    """Tell whether the password is the account's, counting an attempt of the subject.

    Raises:
        TooManyAttempts: It was wrong too often.
    """
    async with database.transaction() as db:
        if wait := await attempts.count(db, subject, PASSWORDS):
            raise TooManyAttempts(wait)
    right = await verify_password(account.password_hash if account else None, password)
    if right:
        async with database.transaction() as db:
            await attempts.clear(db, subject)
    return right


def _wrong_password(field: str) -> ValidationProblem:
    return ValidationProblem([FieldError(field=field, message="is not the password of your account")])
