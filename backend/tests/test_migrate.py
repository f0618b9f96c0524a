"""Migrations: waited for, one at a time, reversible, and the same as the models."""

import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import anyio
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL, NullPool, create_engine, inspect, text

from app.core.migrations import MigrationError, alembic_config, migrate
from app.migrate import is_current, newest
from app.models import Base
from tests.support import BACKEND, PATIENCE_S, Gate, dsn, environment

TABLES = set(Base.metadata.tables)


def tables(url: URL) -> set[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_up_and_down_and_up(empty_database: URL) -> None:
    migrate(empty_database)
    assert tables(empty_database) == TABLES
    with create_engine(empty_database, poolclass=NullPool).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert tables(empty_database) == set()
    migrate(empty_database)
    assert tables(empty_database) == TABLES


def test_a_schema_that_is_current_is_known_without_alembic(empty_database: URL) -> None:
    run = [sys.executable, "-X", "importtime", "-m", "app.migrate"]
    env = environment(DATABASE_URL=dsn(empty_database))
    first, second = (
        subprocess.run(run, cwd=BACKEND, env=env, capture_output=True, text=True, check=True) for _ in "12"
    )

    assert '"before": null' in first.stdout
    assert "the schema is up to date" in second.stdout
    assert "alembic.script" in first.stderr
    assert "alembic" not in second.stderr
    assert "sqlalchemy" not in second.stderr


def test_only_the_newest_schema_is_current(empty_database: URL) -> None:
    place = {"DATABASE_URL": dsn(empty_database)}
    assert not is_current(place)
    migrate(empty_database)
    assert is_current(place)
    assert is_current({"DATABASE_URL": "", "DIRECT_DATABASE_URL": dsn(empty_database)})
    assert not is_current(place | {"DIRECT_DATABASE_URL": dsn(empty_database.set(port=1))})
    assert not is_current({"DATABASE_URL": "mysql://somewhere"})
    assert not is_current({})
    for other in ("0001", "9999"):
        with create_engine(empty_database, poolclass=NullPool).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :other"), {"other": other})
        assert not is_current(place)


def test_the_newest_migration_is_the_head_of_all() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == newest()


def test_models_and_migrations_say_the_same(migrated_database: URL) -> None:
    with create_engine(migrated_database, poolclass=NullPool).begin() as connection:
        command.check(alembic_config(connection))


def test_concurrent_runs_take_turns(empty_database: URL) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "app.migrate"],
            cwd=BACKEND,
            env=environment(DATABASE_URL=dsn(empty_database)),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [run.communicate(timeout=PATIENCE_S)[0] for run in runs]

    assert [run.returncode for run in runs] == [0, 0], outputs
    assert sorted('"before": null' in output for output in outputs) == [False, True]
    assert tables(empty_database) == TABLES


def test_a_failing_migration_changes_nothing_and_tells_why(empty_database: URL) -> None:
    with create_engine(empty_database, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE todos (id int)"))

    with pytest.raises(MigrationError, match='relation "todos" already exists'):
        migrate(empty_database)

    assert tables(empty_database) == {"todos"}


def test_the_previous_release_leaves_a_newer_schema_alone(empty_database: URL) -> None:
    migrate(empty_database)
    with create_engine(empty_database, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    migrate(empty_database)

    with create_engine(empty_database, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    assert tables(empty_database) == TABLES


@pytest.mark.anyio
async def test_it_waits_for_the_database(empty_database: URL) -> None:
    gate = Gate(empty_database)
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.to_thread.run_sync, partial(migrate, gate.url))
        await anyio.sleep(0.5)
        await gate.open()
    await gate.close()

    assert tables(empty_database) == TABLES


def test_it_gives_up_after_a_while_and_names_the_place() -> None:
    url = URL.create("postgresql+psycopg", "me", "hunter2", "127.0.0.1", 1, "todo")

    with pytest.raises(MigrationError) as caught:
        migrate(url, wait_s=0.3)

    assert "migrating the database at 127.0.0.1:1/todo: connection failed" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_it_does_not_wait_for_a_server_that_refuses(empty_database: URL) -> None:
    with pytest.raises(MigrationError, match='database "nobody-made-me" does not exist'):
        migrate(empty_database.set(database="nobody-made-me"), wait_s=3600)


@pytest.mark.parametrize(
    ("host", "errno", "waits"),
    [
        ("nowhere.example", socket.EAI_NONAME, False),
        ("a.example,b.example", socket.EAI_NONAME, False),
        ("nowhere.example", socket.EAI_AGAIN, True),
        ("todo-app-postgres", socket.EAI_NONAME, True),
        ("todo-app-postgres,a.example", socket.EAI_NONAME, True),
    ],
)
def test_it_waits_for_a_name_only_while_it_may_come(
    host: str, errno: int, *, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = set()

    def resolve(name: str, *_: object, **__: object) -> None:
        if name in asked:
            raise NotImplementedError("it waits")
        asked.add(name)
        raise socket.gaierror(errno, "in the resolver's words")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = URL.create("postgresql+psycopg", "me", "hunter2", host, None, "todo")
    says = "it waits" if waits else r"failed to resolve host .* in the resolver's words"
    with pytest.raises(NotImplementedError if waits else MigrationError, match=says):
        migrate(url, wait_s=3600)


@contextmanager
def a_server_that_is_no_postgres(host: str) -> Iterator[URL]:
    with socketserver.TCPServer(("127.0.0.1", 0), HttpOnly) as server:
        threading.Thread(target=server.serve_forever).start()
        yield URL.create("postgresql+psycopg", "me", "secret", host, server.server_address[1], "todo")
        server.shutdown()


def test_it_waits_but_shortly_for_a_server_that_is_no_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.migrations.STRANGER_S", 1)
    with a_server_that_is_no_postgres("127.0.0.1") as url:
        began = time.monotonic()
        with pytest.raises(MigrationError, match="invalid response to SSL negotiation"):
            migrate(url, wait_s=3600)

    assert time.monotonic() - began > 1


def test_it_waits_as_for_silence_where_a_new_service_does_not_lead_to_its_pods_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.core.migrations.STRANGER_S", 0)
    with a_server_that_is_no_postgres("localhost") as url:
        began = time.monotonic()
        with pytest.raises(MigrationError, match="invalid response to SSL negotiation"):
            migrate(url, wait_s=1)

    assert time.monotonic() - began >= 1


@pytest.mark.anyio
async def test_it_does_not_wait_for_tls_where_the_server_has_none(empty_database: URL) -> None:
    gate = Gate(empty_database)  # over TCP, because TLS is not asked for on a socket of the file system
    await gate.open()
    url = gate.url.set(query={"sslmode": "require"})
    with pytest.raises(MigrationError, match="server does not support SSL"), anyio.fail_after(PATIENCE_S):
        await anyio.to_thread.run_sync(partial(migrate, url, wait_s=3600), abandon_on_cancel=True)
    await gate.close()


class HttpOnly(socketserver.BaseRequestHandler):
    """Answers whatever it is asked the way that web servers answer nonsense."""

    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
