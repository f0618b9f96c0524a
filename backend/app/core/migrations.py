"""Migrations of the schema, with Alembic."""

import socket
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from tenacity import RetryCallState, Retrying, stop_after_delay

from app.core.db import CONNECT_ARGS, RETRY, failure_reason

logger = structlog.get_logger("app.migrate")

WAIT_S = 120
"""How long to wait for the database, in seconds."""

STRANGER_S = 15
"""How long a server that is no Postgres may answer, in seconds.

A Service of the same namespace, whose name has no dot, is waited for like a database that does not answer: until a busy
node has the rules of a new Service, its address leads to whatever is on the way out of the cluster.
"""

_LOCK = 0x746F646F  # any number, the same for all releases

MIGRATIONS = Path(__file__).parents[2] / "migrations"


class MigrationError(Exception):
    """The schema could not be brought up to date; nothing of it was changed."""


def alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; with a connection, migrations run in its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(url: URL, wait_s: float = WAIT_S) -> None:
    """Wait for the database, then apply what is missing, in one transaction. Concurrent calls take turns.

    A schema that is newer than this release is left alone: releases run on the next one's schema.

    Raises:
        MigrationError: The database did not answer within `wait_s` seconds, or refused a migration.
    """
    place = f"{url.host or url.query.get('host')}:{url.port or 5432}/{url.database}"
    try:
        with _connect(url, place, wait_s) as connection, connection.begin():
            # A session's lock would stay behind, or get lost, when a pooler changes the server connection.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            _upgrade(connection)
    except (DBAPIError, CommandError) as error:
        raise MigrationError(f"migrating the database at {place}: {failure_reason(error)}") from error


def _connect(url: URL, place: str, wait_s: float) -> Connection:
    def log_failure(attempt: RetryCallState) -> None:
        error = attempt.outcome.exception() if attempt.outcome else None
        logger.warning("waiting for the database", place=place, reason=failure_reason(error) if error else "")

    engine = create_engine(url, connect_args=CONNECT_ARGS, poolclass=NullPool, hide_parameters=True)
    retrying = Retrying(
        retry=lambda attempt: _may_pass(attempt, url.host or ""),
        stop=stop_after_delay(wait_s),
        wait=RETRY,
        before_sleep=log_failure,
        reraise=True,
    )
    return retrying(engine.connect)


def _may_pass(attempt: RetryCallState, host: str) -> bool:
    """Whether waiting may help: a server that lets this user in nowhere will not change its mind.

    Nor will one that lacks the TLS or the channel binding that the URL insists on, or that still is no Postgres, nor a
    resolver that knows no such name; one that does not answer may. A Service of the namespace may be new, and has no
    dot in its name. While a connection is being made there is no SQLSTATE to go by, only a message.
    """
    error = attempt.outcome.exception() if attempt.outcome else None
    if not isinstance(error, OperationalError):
        return False
    message = str(error.orig)
    is_service = any("." not in name for name in host.split(","))
    if "failed to resolve host" in message and f"[Errno {socket.EAI_NONAME}]" in message:
        return is_service
    if "invalid response to SSL negotiation" in message:
        return is_service or (attempt.seconds_since_start or 0) < STRANGER_S
    refused = (
        "password authentication failed",
        "does not exist",
        "no pg_hba.conf entry",
        "server does not support SSL",
        "channel binding",
    )
    return not any(words in message for words in refused)


def _upgrade(connection: Connection) -> None:
    config = alembic_config(connection)
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        logger.warning("the schema is newer than this release; leaving it as it is", revision=current)
        return
    command.upgrade(config, "head")
    logger.info("the schema is up to date", before=current)
