"""A database that sleeps when it is idle and takes some seconds to wake, as Neon's do."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import anyio
import httpx2
import pytest
from sqlalchemy import URL

from app.core.config import Settings
from app.core.migrations import migrate
from app.main import create_app
from tests.support import Gate
from tests.test_health import wait_until_ready
from tests.test_migrate import TABLES, tables
from tests.test_todos import create

pytestmark = [pytest.mark.anyio, pytest.mark.long]

WAKE_S = 4
"""Longer than a probe waits."""
VISITORS = 30
"""More than the backend has connections, so that some wait for one."""


@asynccontextmanager
async def serving(url: URL) -> AsyncIterator[Callable[[], httpx2.AsyncClient]]:
    """Run an application on that database and make visitors of it."""
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app), AsyncExitStack() as clients:

        def visitor() -> httpx2.AsyncClient:
            client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://todo.local")
            clients.push_async_callback(client.aclose)
            return client

        yield visitor


@pytest.fixture
async def gates(database_url: URL) -> AsyncIterator[tuple[Gate, Gate]]:
    """Two ways to the migrated database, closed at first."""
    both = Gate(database_url), Gate(database_url)
    yield both
    for gate in both:
        await gate.close()


async def test_migrations_and_the_app_wait_for_a_database_that_wakes(
    gates: tuple[Gate, Gate], empty_database: URL
) -> None:
    refusing, holding = gates

    async def wait_for(gate: Gate) -> None:
        async with serving(gate.url) as visitor:
            start = time.monotonic()
            await wait_until_ready(visitor())
            assert time.monotonic() - start >= WAKE_S - 1
            await create(visitor())

    await holding.open(wake_s=WAKE_S)
    async with anyio.create_task_group() as group:
        group.start_soon(wait_for, refusing)
        group.start_soon(wait_for, holding)
        group.start_soon(anyio.to_thread.run_sync, partial(migrate, refusing.url.set(database=empty_database.database)))
        await anyio.sleep(WAKE_S)
        await refusing.open()

    assert tables(empty_database) == TABLES


async def test_requests_that_wake_an_idle_database_are_all_answered(gates: tuple[Gate, Gate]) -> None:
    gate = gates[0]
    await gate.open()
    async with serving(gate.url) as make:
        visitors = [make() for _ in range(VISITORS)]
        for number, visitor in enumerate(visitors):
            await create(visitor, f"todo {number}")

        await gate.close()  # asleep: its connections are gone
        await gate.open(wake_s=WAKE_S)
        statuses: list[int] = []

        async def visit(visitor: httpx2.AsyncClient) -> None:
            statuses.append((await visitor.get("/api/todos")).status_code)

        start = time.monotonic()
        async with anyio.create_task_group() as group:
            for visitor in visitors:
                group.start_soon(visit, visitor)

        assert time.monotonic() - start >= WAKE_S - 1
        assert statuses == [200] * VISITORS
