"""More requests than can be answered soon: those beyond the limit are refused at once, and probes never."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.core.middleware import OverloadMiddleware, RequestContextMiddleware
from app.main import create_app
from tests.conftest import visitors
from tests.support import until
from tests.test_problems import check_problem

pytestmark = pytest.mark.anyio

MOST = 2


class Slow:
    """Answers /slow and breaks /broken when it is told to; /stream begins to answer at once, and ends then."""

    def __init__(self) -> None:
        self.reached = 0
        self.go = anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached += 1
        if scope["path"] == "/stream":
            await StreamingResponse(self._stream())(scope, receive, send)
            return
        if scope["path"] != "/quick":
            await self.go.wait()
        if scope["path"] == "/broken":
            raise RuntimeError
        await Response()(scope, receive, send)

    async def _stream(self) -> AsyncIterator[bytes]:
        yield b"begun"
        await self.go.wait()


@asynccontextmanager
async def asking(path: str) -> AsyncIterator[tuple[Slow, httpx2.AsyncClient]]:
    """Ask for a path as often as the limit allows; the answers end with the context."""
    slow = Slow()
    limited = OverloadMiddleware(RequestContextMiddleware(slow), MOST)
    transport = httpx2.ASGITransport(limited)
    async with (
        httpx2.AsyncClient(transport=transport, base_url="http://todo.local") as client,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(MOST):
            tasks.start_soon(client.get, path)
        await until(lambda: slow.reached == MOST, "the limit to be reached")
        yield slow, client
        slow.go.set()


def check_refusal(response: httpx2.Response) -> None:
    """Check for the problem, which names no request, as the log has none of those that are refused."""
    response.headers["x-request-id"] = ""
    check_problem(response, 503, "overloaded")
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_request_beyond_the_limit_is_refused_before_the_others_are_answered() -> None:
    async with asking("/slow") as (slow, client):
        refused = await client.get("/quick")

        check_refusal(refused)
        assert int(refused.headers["retry-after"]) > 0
        assert slow.reached == MOST, "it was not looked at"


@pytest.mark.parametrize("path", ["/slow", "/broken"])
async def test_the_next_one_is_answered_when_the_others_are_done(path: str) -> None:
    async with asking(path) as (slow, client):
        slow.go.set()

        async def answered() -> bool:
            return (await client.get("/quick")).status_code == 200

        await until(answered, "the requests to end")


async def test_a_stream_counts_until_it_begins() -> None:
    async with asking("/stream") as (_, client):
        assert (await client.get("/quick")).status_code == 200


async def test_a_request_that_is_given_up_counts_no_more() -> None:
    slow = Slow()
    limited = OverloadMiddleware(slow, 1)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(limited), base_url="http://todo.local") as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.get, "/slow")
            await until(lambda: slow.reached == 1, "the request to arrive")
            tasks.cancel_scope.cancel()

        assert (await client.get("/quick")).status_code == 200


async def test_the_app_has_a_limit_that_probes_are_outside_of(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.main.MOST_WAITING", 0)
    async with visitors(create_app(app.state.settings)) as visitor:
        client = visitor()
        check_refusal(await client.get("/api/todos"))
        assert (await client.get("/api/health/live")).status_code == 200
        assert (await client.get("/api/health/ready")).status_code in {200, 503}
