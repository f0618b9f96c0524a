"""A restore into a database outside of the cluster: only into one that nobody has used."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL, NullPool, create_engine, inspect, text

from app.core.database_url import parse_database_url
from app.core.migrations import migrate
from app.migrate import newest
from app.restore import RestoreError, empty, service
from tests.support import BACKEND, dsn, environment

ACCOUNT = "INSERT INTO accounts (id) VALUES ('00000000-0000-4000-8000-000000000001')"
TODO = (
    "INSERT INTO todos (id, account_id, title, description, version, deleted_at) VALUES "
    "(gen_random_uuid(), '00000000-0000-4000-8000-000000000001', 'a', '', 1, {deleted})"
)


def execute(url: URL, *statements: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def objects(url: URL) -> tuple[list[str], int | None]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        functions = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        return inspect(connection).get_table_names(), connection.scalar(text(functions))


def test_what_visitors_left_who_kept_nothing_goes(empty_database: URL) -> None:
    migrate(empty_database)
    execute(empty_database, ACCOUNT, TODO.format(deleted="now()"))
    empty(empty_database, "0001")
    assert objects(empty_database) == ([], 0)
    empty(empty_database, newest())  # a database without a schema is empty, too
    migrate(empty_database)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        ([ACCOUNT, TODO.format(deleted="NULL")], "has todos:"),
        ([ACCOUNT, "UPDATE accounts SET email = 'a@b.example', password_hash = 'x'"], "accounts with an e-mail"),
        (["DROP TABLE undos"], "some of the app's tables"),
    ],
)
def test_what_somebody_put_in_stays(empty_database: URL, statements: list[str], says: str) -> None:
    migrate(empty_database)
    execute(empty_database, *statements)
    before = objects(empty_database)
    with pytest.raises(RestoreError, match=says):
        empty(empty_database, newest())
    assert objects(empty_database) == before


def test_a_backup_of_a_newer_release_is_refused(empty_database: URL) -> None:
    migrate(empty_database)
    with pytest.raises(RestoreError, match="newer release: its schema is '9999'"):
        empty(empty_database, "9999")
    run = [sys.executable, "-m", "app.restore", "empty", "9999"]
    done = subprocess.run(
        run, cwd=BACKEND, env=environment(DATABASE_URL=dsn(empty_database)), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("the backup is of a newer release")


def test_programs_of_postgres_are_told_the_place_by_a_file(tmp_path: Path) -> None:
    url = parse_database_url("postgres://me:p%40ss@db.example:6543/todo?sslmode=require&channel_binding=require")
    lines = service(url).splitlines()
    assert lines[0] == "[todo]"
    assert sorted(lines[1:]) == [
        "channel_binding=require",
        "dbname=todo",
        "host=db.example",
        "password=p@ss",
        "port=6543",
        "sslmode=require",
        "user=me",
    ]
    file = tmp_path / "pg_service.conf"
    env = environment(DATABASE_URL="postgresql://me:p@db.example/todo")
    subprocess.run([sys.executable, "-m", "app.restore", "service", str(file)], cwd=BACKEND, env=env, check=True)
    assert "password=p\n" in file.read_text(encoding="utf-8")
