"""Whether a pooled connection still lives: asked of the server only when that is in doubt.

SQLAlchemy's own pre-ping asks each time, which costs a busy server's every transaction a round trip.
"""

import selectors
from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

TRUSTED_S = 5
"""How long after its last use a connection whose server has said nothing since is taken to live."""
_USED_AT = "used_at"


def ping_when_in_doubt(engine: AsyncEngine) -> None:
    """Make the engine's pool ask on checkout; with a dead connection all that are older are given up."""
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def _note_use(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[_USED_AT] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        used_at = record.info.get(_USED_AT)  # none: it was just made
        if used_at is None or (monotonic() - used_at < TRUSTED_S and not _says_something(record.driver_connection)):
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _says_something(connection: Any) -> bool:
    """Whether an idle connection's server sent something, as it does when it ends the connection, or closed it."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(0))
