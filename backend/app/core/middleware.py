"""What surrounds every request: its id, its log line, the last net for errors, and the limits."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import InternalProblem, ProblemError
from app.core.metrics import Metrics

logger = structlog.get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024
"""Several times the largest todo, escapes included."""
MAX_IMPORT_BYTES = 32 * 1024 * 1024
"""For the one path that takes many todos."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestContextMiddleware:
    """Gives each request an id, logs it in one line without its query, counts it, and turns a defect into a problem."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")  # answers are a visitor's own
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            logger.exception("the request failed with an unexpected error")
            if status:
                raise  # too late for a problem document; the server cuts the connection
            await InternalProblem().response()(scope, receive, send_with_headers)
        finally:
            duration_s = time.perf_counter() - started
            self._metrics.answered(scope, status, duration_s)
            quiet = scope["path"].startswith("/api/health/") and status == 200
            (logger.debug if quiet else logger.info)(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration_ms=round(duration_s * 1000, 1),
            )


class BodyTooLarge(ProblemError):
    """The body is over the limit."""

    def __init__(self, limit: int) -> None:
        detail = f"Send at most {limit} bytes."
        # The rest of the body is not read, so the connection cannot serve another request.
        super().__init__(413, "body-too-large", "The body is too large", detail, headers={"Connection": "close"})


class BodyLimitMiddleware:
    """Limits bodies here, because ingress controllers differ in whether they do.

    The framework's own limit answers in plain text, not with a problem document.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = MAX_IMPORT_BYTES if scope["path"] == "/api/import" else MAX_BODY_BYTES
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            await BodyTooLarge(limit).response()(scope, receive, send)
            return
        size = 0

        async def receive_limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise BodyTooLarge(limit)
            return message

        await self.app(scope, receive_limited, send)
