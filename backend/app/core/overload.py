"""What happens when more requests come than can be answered soon: those beyond a limit are refused at once."""

from http import HTTPStatus

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.core.errors import ProblemError

logger = structlog.get_logger(__name__)

MOST_WAITING = 150
"""How many requests may wait for an answer: half a second of work, at the 300 lists a second that one CPU answers."""


class Overloaded(ProblemError):
    """More requests wait for their answers than can be answered soon."""

    def __init__(self) -> None:
        detail = "Too many requests at once, so this one was not looked at; send it again in a few seconds."
        super().__init__(503, "overloaded", "The server is busy", detail, headers={"Retry-After": "2"})


class Load:
    """How many requests wait for their answers, and what is said to those beyond the limit.

    The refusal is made once, without an id or a line of the log of its own: at three times the load, what each refusal
    costs is taken twice from each answer.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.waiting = 0
        self.refused = 0
        self._answered_all = 0
        """How many were refused when the last overload had ended."""
        with structlog.contextvars.bound_contextvars(request_id=""):
            self.refusal = Overloaded().response()
        self.refusal.headers.update({"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})
        head = [f"HTTP/1.1 {self.refusal.status_code} {HTTPStatus(self.refusal.status_code).phrase}".encode()]
        head += [name + b": " + value for name, value in self.refusal.raw_headers]
        self.written = b"\r\n".join([*head, b"", bytes(self.refusal.body)])
        """The refusal as it goes over a connection."""

    def refuses(self, path: str) -> bool:
        """Report whether a request is refused, and count it then.

        Probes never are, so that a busy process is neither taken out of service nor restarted.
        """
        if self.waiting < self._most or path.startswith("/api/health/"):
            return False
        if self.refused == self._answered_all:
            logger.warning("more requests come than can be answered; those beyond the limit are refused")
        self.refused += 1
        return True

    def begin(self) -> None:
        """Count one more that waits."""
        self.waiting += 1

    def end(self) -> None:
        """Count one less."""
        self.waiting -= 1
        if self.refused > self._answered_all and self.waiting <= self._most // 2:
            logger.info("requests are answered again", refused=self.refused - self._answered_all)
            self._answered_all = self.refused


class OverloadMiddleware:
    """Counts each request until its answer begins, and refuses those beyond the limit; it surrounds all else.

    The assistant's answers stream for minutes, and cost next to nothing then.
    """

    def __init__(self, app: ASGIApp, load: Load) -> None:
        self.app = app
        self._load = load

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._load.refuses(scope["path"]):
            await self._load.refusal(scope, receive, send)
            return
        self._load.begin()
        waiting = True

        def end() -> None:
            nonlocal waiting
            if waiting:
                waiting = False
                self._load.end()

        async def send_answer(message: Message) -> None:
            end()
            await send(message)

        try:
            await self.app(scope, receive, send_answer)
        finally:
            end()


class RefusingProtocol(HttpToolsProtocol):
    """The server's HTTP, which refuses before a task and a scope are made for the request: for half of the CPU time.

    It does so on connections that were used before, as those of an ingress are; the middleware refuses on the others.
    The lifespan's state has the `load`.
    """

    def on_headers_complete(self) -> None:
        """Begin with a request whose head is complete; a body that follows a refusal is skipped."""
        load: Load = self.app_state["load"]
        again = self.cycle is not None and self.cycle.response_complete and self.parser.should_keep_alive()
        if not again or self.parser.get_method() == b"HEAD" or not load.refuses(self.url.decode("ascii")):
            super().on_headers_complete()
            return
        self.transport.write(load.written)
        self.on_response_complete()
