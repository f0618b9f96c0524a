"""Probes, and the way a database that goes away and comes back is met."""

from collections.abc import AsyncIterator

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import URL

from app.core.config import Settings
from app.core.migrations import migrate
from app.main import create_app
from tests.support import Gate, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def gate(database_url: URL) -> AsyncIterator[Gate]:
    gate = Gate(database_url)
    yield gate
    await gate.close()


@pytest.fixture
async def gated(gate: Gate) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application that reaches its database through the gate, closed at first."""
    app: FastAPI = create_app(Settings(database_url=gate.url))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://todo.local") as client,
    ):
        yield client


async def ready(client: httpx2.AsyncClient) -> int:
    return (await client.get("/api/health/ready")).status_code


async def wait_until_ready(client: httpx2.AsyncClient) -> None:
    async def is_ready() -> bool:
        return await ready(client) == 200

    await until(is_ready, "the application to be ready")


async def test_version(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/version")).json() == {"version": "1.2.3"}


async def test_liveness_needs_no_database_and_readiness_does(gated: httpx2.AsyncClient) -> None:
    assert (await gated.get("/api/health/live")).json() == {"status": "ok"}
    response = await gated.get("/api/health/ready")

    assert response.status_code == 503
    assert response.json()["type"] == "/problems/database-unavailable"
    assert "127.0.0.1" not in response.text, "the answer is public, the log tells where the database is"


async def test_a_database_that_comes_late_is_found_without_a_probe(gated: httpx2.AsyncClient, gate: Gate) -> None:
    assert gate.accepted == 0
    await gate.open()
    await until(lambda: gate.accepted > 0, "the application to find its database")


async def test_a_database_that_goes_away_and_comes_back(gated: httpx2.AsyncClient, gate: Gate) -> None:
    await gate.open()
    await wait_until_ready(gated)
    todo = (await gated.post("/api/todos", json={"title": "before"})).json()

    await gate.close()
    assert await ready(gated) == 200, "nothing failed yet, and readiness does not ask"
    response = await gated.get("/api/todos")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    assert response.json()["type"] == "/problems/database-unavailable"
    assert await ready(gated) == 503
    assert (await gated.get("/api/health/live")).status_code == 200

    await gate.open()
    await wait_until_ready(gated)
    assert (await gated.get(f"/api/todos/{todo['id']}")).json() == todo


async def test_readiness_lets_an_idle_database_sleep(gated: httpx2.AsyncClient, gate: Gate) -> None:
    await gate.open()
    await wait_until_ready(gated)
    connections = gate.accepted
    await gate.close()
    await gate.open()

    assert [await ready(gated) for _ in range(3)] == [200] * 3
    assert gate.accepted == connections


async def test_a_database_without_a_schema_is_not_ready_until_migrated(
    empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(database_url=empty_database))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://todo.local") as client,
    ):
        assert [await ready(client) for _ in range(3)] == [503] * 3
        assert capsys.readouterr().out.count("the schema is missing; run: python -m app.migrate") == 1
        await anyio.to_thread.run_sync(migrate, empty_database)
        assert await ready(client) == 200


@pytest.mark.usefixtures("real_limits")
async def test_a_statement_that_takes_too_long_ends(app: FastAPI, client: httpx2.AsyncClient) -> None:
    created = await client.post("/api/todos", json={"title": "busy"})
    url = f"/api/todos/{created.json()['id']}"
    async with app.state.database.transaction() as db:
        await db.connection()
        limit = (await db.connection()).exec_driver_sql("SHOW statement_timeout")
        assert (await limit).scalar() == "5s"
    assert (await client.get(url)).status_code == 200
