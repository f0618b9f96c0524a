"""Browsers that an account was logged in with before: what strangers try does not lock them out.

Such a browser keeps a random number, signed with a key that only the account's password hash gives. So nothing is
stored, nobody else can make one, and a new password makes all of them strangers again.
"""

import hashlib
import hmac
import secrets

from app.models import Account


def sign(account: Account) -> str:
    """Return what a browser keeps from its login on."""
    number = secrets.token_urlsafe(16)
    return f"{number}.{_signature(number, account)}"


def subject(kept: str | None, account: Account) -> str | None:
    """Return whose attempts are counted together: this browser's. None if it is a stranger to the account."""
    number, _, signature = (kept or "").partition(".")
    if not account.password_hash or not hmac.compare_digest(signature.encode(), _signature(number, account).encode()):
        return None
    return f"browser:{hashlib.sha256(f'{account.id} {number}'.encode()).hexdigest()}"


def _signature(number: str, account: Account) -> str:
    key = f"known browser {account.password_hash}".encode()
    return hmac.new(key, f"{account.id} {number}".encode(), hashlib.sha256).hexdigest()
