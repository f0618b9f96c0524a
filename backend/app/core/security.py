"""Session tokens, the cookie that carries them, and the check of where a write comes from."""

import hashlib
import secrets
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.security import APIKeyCookie

from app.core.errors import ProblemError

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

COOKIE = "todo_session"
KNOWN_COOKIE = "todo_known"
# As long as browsers allow: the server alone decides when an idle session ends.
COOKIE_MAX_AGE_S = 400 * 24 * 3600

session_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by the first write or a login.")


known_cookie = APIKeyCookie(
    name=KNOWN_COOKIE, auto_error=False, description="Set by a login; makes the browser no stranger at the next one."
)


def new_token() -> str:
    """Make a session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Return what the database keeps: the token's SHA-256, from which the token cannot be had back."""
    return hashlib.sha256(token.encode()).digest()


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session; Secure only under TLS, as plain-HTTP hosts would drop the cookie."""
    _set_cookie(request, response, COOKIE, token, COOKIE_MAX_AGE_S)


def set_known_cookie(request: Request, response: Response, kept: str) -> None:
    """Have the browser keep that it was logged in."""
    _set_cookie(request, response, KNOWN_COOKIE, kept, COOKIE_MAX_AGE_S, path="/api/auth")


def clear_session_cookie(request: Request, response: Response) -> None:
    """Take the browser's session away."""
    _set_cookie(request, response, COOKIE, "", 0)


def _set_cookie(request: Request, response: Response, name: str, value: str, max_age_s: int, path: str = "/") -> None:
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme).split(",")[0].strip()
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=path,
        httponly=True,
        samesite="lax",
        secure=scheme == "https",
    )


def _host_of(origin: str) -> str:
    """Return host[:port] of an origin as a Host header has it: lower case, without the scheme's own port."""
    parts = urlsplit(origin.lower())
    default_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.removesuffix(default_port) if default_port else ""


async def check_origin(request: Request) -> None:
    """Refuse a write that another site's page sends with the visitor's cookie.

    Programs send no Origin and pass; a browser's must be the app's own host or a configured origin.
    """
    origin = request.headers.get("origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    host = request.headers.get("host", "").lower()
    own = {host, host.removesuffix(":80"), host.removesuffix(":443")}
    allowed: frozenset[str] = request.app.state.settings.allowed_origins
    if origin not in allowed and _host_of(origin) not in own - {""}:
        detail = f"Pages of {origin!r} may not write here; add that origin to ALLOWED_ORIGINS if they should."
        raise ProblemError(403, "origin", "The request's origin is not allowed", detail)
