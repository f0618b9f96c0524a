"""More requests than can be answered soon: those beyond the limit are refused at once, and probes never."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection

import anyio
import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy import URL, make_url, text
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.core.db import Database
from app.core.metrics import Metrics
from app.core.middleware import RequestContextMiddleware
from app.core.overload import Load, OverloadMiddleware, RefusingProtocol
from app.main import create_app
from tests.conftest import visitors
from tests.support import hold_port, until
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
    load = Load(MOST)
    metrics = Metrics(load, Database(make_url("postgresql+psycopg://nobody@127.0.0.1/none")))
    limited = OverloadMiddleware(RequestContextMiddleware(slow, metrics), load)
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
    limited = OverloadMiddleware(slow, Load(1))
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


@asynccontextmanager
async def kept_connection(load: Load) -> AsyncIterator[HTTPConnection]:
    """Serve an app without the middleware, which says the body it was sent, and connect once."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Load]]:
        yield {"load": load}

    app = FastAPI(lifespan=lifespan)

    @app.api_route("/{path:path}", methods=["GET", "POST", "HEAD"])
    async def say(request: Request) -> Response:
        return Response(await request.body())

    config = uvicorn.Config(app, port=hold_port(), log_config=None, ws="none", http=RefusingProtocol)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started, "the app to serve")
    connection = HTTPConnection("127.0.0.1", config.port)
    connection.connect()
    connection.auto_open = 0  # so that a connection which the server closes is noticed
    try:
        yield connection
    finally:
        connection.close()
        server.should_exit = True
        await running


async def ask(connection: HTTPConnection, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    def exchange() -> tuple[int, bytes]:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()

    return await asyncio.to_thread(exchange)


async def test_a_kept_connection_is_refused_without_the_app_and_serves_on() -> None:
    load = Load(1)
    async with kept_connection(load) as connection:
        assert await ask(connection, "POST", "/first", b"one") == (200, b"one")
        load.begin()
        large = b"x" * 1_000_000
        for method, body in (("GET", b""), ("POST", b"two"), ("POST", large), ("GET", b"")):
            status, said = await ask(connection, method, "/more?of=it", body)
            problem = json.loads(said)
            assert (status, problem["status"], problem["type"]) == (503, 503, "/problems/overloaded"), method
        assert await ask(connection, "GET", "/api/health/live") == (200, b"")
        load.end()
        assert await ask(connection, "POST", "/last", large) == (200, large)


async def test_a_refusal_of_the_protocol_is_that_of_the_middleware() -> None:
    load = Load(1)
    async with kept_connection(load) as connection:
        await ask(connection, "GET", "/first")
        load.begin()
        connection.request("GET", "/more")
        answer = await asyncio.to_thread(connection.getresponse)
        headers = {name.lower(): value for name, value in answer.getheaders()}

        assert (answer.status, answer.reason) == (503, "Service Unavailable")
        assert headers == dict(load.refusal.headers)
        assert answer.read() == load.refusal.body


async def test_what_has_no_body_is_left_to_the_app_to_refuse() -> None:
    load = Load(1)
    async with kept_connection(load) as connection:
        await ask(connection, "GET", "/first")
        load.begin()
        assert await ask(connection, "HEAD", "/more") == (200, b"")
        assert (await ask(connection, "GET", "/more"))[0] == 503


async def test_nobody_overtakes_who_waits_for_the_database(
    empty_database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.db.CONNECTIONS", 1)
    database = Database(empty_database)
    served: list[int] = []

    async def use(number: int) -> None:
        async with database.transaction(reading=True) as db:
            for _ in range(3):
                await db.execute(text("SELECT 1"))
        served.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(400):
            tasks.start_soon(use, number)
            if number > 150:
                await asyncio.sleep(0)  # the rest come one by one, while those are served
    await database.close()

    assert served == sorted(served)
