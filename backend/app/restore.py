"""What a restore does to a database outside of the cluster: `python -m app.restore`, which `mage restore` calls.

`service FILE` writes where the database is, for programs of Postgres. `empty REVISION` takes the schema away, for a
backup of that revision to come, where nobody has put anything in.
"""

import sys
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, create_engine, exists, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.core.config import ConfigError, load_settings
from app.core.db import CONNECT_ARGS, failure_reason
from app.core.migrations import alembic_config
from app.models import Account, Base, Message, Todo

SERVICE = "todo"


class RestoreError(Exception):
    """The database is left as it is."""


def service(url: URL) -> str:
    """Return the URL as a service of libpq, so that no argument of a program holds the password."""
    parameters = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
    return "".join([f"[{SERVICE}]\n", *(f"{name}={value}\n" for name, value in parameters.items())])


def empty(url: URL, revision: str) -> None:
    """Take the schema away in one transaction, for a backup of that revision.

    Raises:
        RestoreError: This release does not know the revision, or somebody has put something into the database.
    """
    known = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    if revision not in known:
        message = f"the backup is of a newer release: its schema is {revision!r}, this one's is {known[0]!r}"
        raise RestoreError(message)
    try:
        with create_engine(url, connect_args=CONNECT_ARGS, poolclass=NullPool).begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '20s'"))
            _empty(connection)
    except DBAPIError as error:
        raise RestoreError(failure_reason(error)) from error


def _empty(connection: Connection) -> None:
    tables = set(inspect(connection).get_table_names()) & {"alembic_version", *Base.metadata.tables}
    if not tables:
        return
    if tables != {"alembic_version", *Base.metadata.tables}:
        missing = "it has some of the app's tables, but not all: deploy first, which migrates it"
        raise RestoreError(missing)
    connection.execute(text(f"LOCK TABLE {', '.join(sorted(tables))} IN ACCESS EXCLUSIVE MODE"))
    held = {
        "todos": exists().where(Todo.deleted_at.is_(None)),
        "accounts with an e-mail address": exists().where(Account.email.is_not(None)),
        "messages to the assistant": exists().where(Message.id.is_not(None)),
    }
    filled = [name for name, query in held.items() if connection.scalar(select(query))]
    if filled:
        message = f"it is not empty, but has {' and '.join(filled)}: restore into a new database, or empty this one"
        raise RestoreError(message)
    command.downgrade(alembic_config(connection), "base")
    connection.execute(text("DROP TABLE alembic_version"))


def main(arguments: list[str]) -> int:
    """Do what the arguments say; returns 1 where that failed."""
    try:
        url = load_settings().migration_url
        match arguments:
            case ["service", file]:
                Path(file).write_text(service(url), encoding="utf-8")
            case ["empty", revision]:
                empty(url, revision)
            case _:
                sys.stderr.write(f"{__doc__}\n")
                return 2
    except (ConfigError, RestoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
