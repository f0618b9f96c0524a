"""Neon's two URLs: the direct one, with TLS and channel binding, and the one through a pooler."""

import json
import time
from collections.abc import Iterator

import anyio
import httpx2
import pytest
from sqlalchemy import URL, NullPool, create_engine, text

from app.core.config import load_settings
from app.core.db import PREPARE_AFTER, PROBE_TIMEOUT_S, Database
from app.core.migrations import MigrationError, migrate
from app.main import create_app
from tests.conftest import create_database
from tests.servers import POOL_SIZE, Server, pooler, tls_postgres
from tests.support import PATIENCE_S, VARIABLES, Served, dsn, run_module
from tests.test_todos import create, patch, titles

VISITORS = 8


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with tls_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def pooled(postgres: Server) -> Iterator[Server]:
    with pooler(postgres) as server:
        yield server


@pytest.fixture
def direct_url(postgres: Server) -> URL:
    """An empty database on the server itself."""
    return create_database(postgres.url)


@pytest.fixture
def pooled_url(pooled: Server, direct_url: URL) -> URL:
    """The same database through the pooler."""
    return pooled.url.set(database=direct_url.database)


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
async def test_the_direct_url_is_used_as_neon_gives_it(
    monkeypatch: pytest.MonkeyPatch, direct_url: URL, scheme: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", dsn(direct_url).replace("postgresql", scheme, 1))
    settings = load_settings()
    assert settings.database_url.query == {"sslmode": "require", "channel_binding": "require"}

    await anyio.to_thread.run_sync(migrate, settings.migration_url)
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://todo.local") as client,
    ):
        await create(client, "buy milk")
        encrypted = encryption(direct_url)

    assert encrypted
    assert all(encrypted)


def test_a_connection_without_tls_is_refused_at_once(direct_url: URL) -> None:
    assert "no encryption" in refusal(direct_url.set(query={"sslmode": "disable"}))


def test_channel_binding_is_insisted_on_where_the_url_says_so(pooled_url: URL) -> None:
    assert "channel binding" in refusal(pooled_url.update_query_dict({"channel_binding": "require"}))


TOO_SLOW = f"no answer within {PROBE_TIMEOUT_S} s"


@pytest.mark.anyio
async def test_migrations_go_past_the_pooler_and_concurrent_visitors_through_it(
    pooled: Server, pooled_url: URL, direct_url: URL
) -> None:
    before = len(pooled.log())

    migration = run_module("app.migrate", DATABASE_URL=dsn(pooled_url), DIRECT_DATABASE_URL=dsn(direct_url))
    assert migration.returncode == 0, migration.stdout
    assert "login attempt" not in pooled.log()[before:]

    with Served(pooled_url) as served:
        await visit_at_once(served.base_url)
        encrypted = encryption(direct_url)
        log = served.stop()

    lines = [json.loads(line) for line in log.splitlines()]
    # On a busy machine the first connection may take longer than a probe waits.
    assert [line for line in lines if line["level"] != "info" and line.get("reason") != TOO_SLOW] == []
    assert encrypted
    assert all(encrypted)
    assert len(encrypted) <= POOL_SIZE
    logins = [line for line in pooled.log()[before:].splitlines() if "login attempt" in line]
    assert len(logins) > POOL_SIZE, "the backend's connections took turns on the pooler's"
    assert all("tls=TLSv1.3" in line for line in logins)


def test_migrations_work_through_the_pooler_too(pooled_url: URL, direct_url: URL) -> None:
    migrate(pooled_url)

    with create_engine(direct_url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


@pytest.mark.anyio
async def test_statements_are_prepared_where_no_pooler_swaps_the_connection(pooled_url: URL, direct_url: URL) -> None:
    assert await prepared(direct_url) == ["SELECT 1"]
    assert await prepared(pooled_url) == []


async def prepared(url: URL) -> list[str]:
    """What a connection has prepared after it sent the same statement more often than it waits for."""
    database = Database(url)
    try:
        async with database.transaction(reading=True) as db:
            for _ in range(PREPARE_AFTER + 1):
                await db.execute(text("SELECT 1"))
            return list(await db.scalars(text("SELECT statement FROM pg_prepared_statements")))
    finally:
        await database.close()


@pytest.mark.anyio
async def test_behind_the_pooler_the_backend_reads_utc_and_others_what_the_server_is_set_to(
    pooled_url: URL, direct_url: URL
) -> None:
    with create_engine(direct_url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {direct_url.database} SET TimeZone = 'Asia/Tokyo'")
    database = Database(pooled_url)
    zone = text("SELECT current_setting('TimeZone') FROM pg_sleep(0.01)")
    seen: list[str] = []

    async def read() -> None:
        async with database.transaction(reading=True) as db:
            # Each on whichever of the pooler's connections is free.
            seen.extend([await db.scalar(zone) for _ in range(5)])

    async with anyio.create_task_group() as group:
        for _ in range(VISITORS):
            group.start_soon(read)
    await database.close()
    with create_engine(pooled_url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SHOW TimeZone")) == "Asia/Tokyo"
    assert len(seen) == 5 * VISITORS
    assert set(seen) == {"UTC"}


def encryption(database: URL) -> list[bool]:
    """Whether each connection that the backend has to that database is encrypted, by what the server says."""
    query = text(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
        " WHERE application_name = 'todo-backend' AND datname = current_database()"
    )
    with create_engine(database, poolclass=NullPool).connect() as connection:
        return list(connection.scalars(query))


def refusal(url: URL) -> str:
    """Why a migration gives up on that URL, which it must do before its time is over."""
    start = time.monotonic()
    with pytest.raises(MigrationError) as caught:
        migrate(url, wait_s=PATIENCE_S)
    assert time.monotonic() - start < PATIENCE_S, "it waited for what will not come"
    return str(caught.value)


async def visit_at_once(base_url: str) -> None:
    async with anyio.create_task_group() as group:
        for number in range(VISITORS):
            group.start_soon(visit, base_url, f"visitor {number}")


async def visit(base_url: str, name: str) -> None:
    """Make todos, change one, delete another and find one's own list."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=PATIENCE_S) as client:
        todos = [await create(client, f"{name}, todo {number}") for number in range(4)]
        done = await patch(client, todos[0], completed=True)
        assert (done.status_code, done.json()["version"]) == (200, 2), done.text
        renamed = await patch(client, todos[1], title=f"{name}, renamed")
        assert renamed.status_code == 200, renamed.text
        assert (await client.delete(f"/api/todos/{todos[2]['id']}")).status_code == 204

        assert await titles(client) == [f"{name}, todo 3", f"{name}, renamed", f"{name}, todo 0"]
        assert await titles(client, status="completed") == [f"{name}, todo 0"]
