"""Passwords: hashed with Argon2id, a few at a time, beside serving."""

import anyio
from anyio.to_thread import run_sync
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

# OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$RT1NoUlx1GwutrpmzAFxZg$bffFaXyUl1RUNDVCABc5vtm5+Kasa5KqRep5HcUcBeI"
"""Of the empty password, by the same parameters. Making it anew would hold up each start for 60 ms."""
_at_once = anyio.CapacityLimiter(2)
"""Bounds the memory and the processors that a rush of logins takes; the rest wait."""


async def hash_password(password: str) -> str:
    """Return what the database keeps of a password."""
    return await run_sync(_hasher.hash, password, limiter=_at_once)


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is right; without a hash it never is, after the same time."""
    return await run_sync(_verify, password_hash or _NOBODYS_HASH, password, limiter=_at_once) and bool(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False
