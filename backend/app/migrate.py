"""Brings the schema up to this release: `python -m app.migrate`, which is also the first thing that a server does."""

import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"


def newest() -> str:
    """Return the revision of the newest migration: its file's name begins with it."""
    return max(path.name for path in VERSIONS.glob("[0-9]*.py")).split("_")[0]


def is_current(environment: Mapping[str, str]) -> bool:
    """Whether the database has this release's schema. False, too, where that cannot be told at once."""
    url = environment.get("DIRECT_DATABASE_URL") or environment.get("DATABASE_URL")
    if not url:
        return False
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]
    except psycopg.Error:
        return False


def upgrade() -> int:
    """Migrate the database that the environment names; returns 1 on failure, 2 when the environment is wrong."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # `migrate` says what matters
    # Imported only now: they take four times as long as everything else where nothing is to be done.
    from app.core.config import ConfigError, load_settings  # noqa: PLC0415
    from app.core.logging import configure_logging  # noqa: PLC0415
    from app.core.migrations import MigrationError, logger, migrate  # noqa: PLC0415

    configure_logging("info")
    try:
        migrate(load_settings().migration_url)
    except ConfigError as error:
        logger.error(str(error))
        return 2
    except MigrationError as error:
        logger.error(str(error))
        return 1
    return 0


def main() -> int:
    """Bring the schema up to date where it is not; returns what `upgrade` does."""
    # A container's first process ignores SIGTERM unless it says what to do.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if not is_current(os.environ):
            return upgrade()
    finally:
        signal.signal(signal.SIGTERM, before)
    line = {"message": "the schema is up to date", "level": "info", "timestamp": datetime.now(UTC).isoformat()}
    sys.stdout.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
