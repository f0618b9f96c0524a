"""The database: one engine, transactions, and what is known about its health."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import structlog
from psycopg import AsyncConnection
from psycopg.errors import UndefinedTable
from sqlalchemy import URL, Connection, QueuePool, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from tenacity import AsyncRetrying, retry_if_not_result, wait_exponential_jitter

from app.core.errors import DatabaseUnavailable
from app.core.pinging import ping_when_in_doubt

logger = structlog.get_logger(__name__)

CONNECT_ARGS = {
    "application_name": "todo-backend",
    "connect_timeout": 10,
    # Prepared statements belong to a server connection, which a pooler may swap between transactions: see _set_up.
    "prepare_threshold": None,
    # A peer that vanished without a word (a lost node) is noticed in seconds, not in hours.
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's parameters for every connection; times in seconds, tcp_user_timeout in milliseconds."""

PREPARE_AFTER = 5
"""How often a connection sends a statement before it has the server keep what it has parsed and planned."""
STATEMENT_TIMEOUT_MS = 5_000
TRANSACTION_TIMEOUT_S = 12
"""What a transaction may take in all, waiting for a connection included; longer than connecting may take."""
ABORT_S = 1
"""How long a connection that was given up may take to say so to its server, which may not listen any more.

psycopg alone would wait longer: https://github.com/psycopg/psycopg/issues/1371
"""
PROBE_TIMEOUT_S = 3
CONNECTIONS = 10
"""The most that one process opens."""
RETRY = wait_exponential_jitter(multiplier=0.2, max=1, jitter=0.2)
"""How long to wait, in seconds, between attempts to reach a database that does not answer."""


def failure_reason(error: BaseException) -> str:
    """Say in one line why the database failed, with no parameters and no password in it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, UndefinedTable):
        return "the schema is missing; run: python -m app.migrate"
    return " ".join(str(cause).split()) or type(cause).__name__


def _set_up(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.autocommit = True  # the driver would send BEGIN alone, in a round trip of its own
    # Clients read UTC, whatever zone the server is set to. Poolers know this setting as each client's own.
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid(), set_config('TimeZone', 'UTC', false)")
    ((process, _),) = cursor.fetchall()
    cursor.close()
    driver = cast("AsyncConnection", record.driver_connection)
    if process == driver.info.backend_pid:  # poolers give their clients process ids of their own
        driver.prepare_threshold = PREPARE_AFTER


def _begin(connection: Connection) -> None:
    # LOCAL, as a pooler hands the server connection to others after the transaction.
    connection.exec_driver_sql(f"BEGIN; SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}")


@asynccontextmanager
async def _limit() -> AsyncIterator[None]:
    """End what takes too long, and then what its end waits for.

    The second interruption is set only once the first is there: on a busy machine both may be due at once, and two
    interruptions of a task before it runs are one.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as last:
        first = loop.call_later(TRANSACTION_TIMEOUT_S, lambda: last.reschedule(loop.time() + ABORT_S))
        try:
            async with asyncio.timeout(TRANSACTION_TIMEOUT_S):
                yield
        finally:
            first.cancel()


class Database:
    """Hands out transactions and remembers how the last one went."""

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url,
            connect_args=CONNECT_ARGS,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=TRANSACTION_TIMEOUT_S,  # so that nobody gives up behind who wakes the database
            pool_recycle=240,  # below the five minutes after which serverless databases suspend
            pool_use_lifo=True,  # lets connections that a burst opened grow old and go
            hide_parameters=True,  # users' texts stay out of the log
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        # The same connections, without BEGIN.
        self._readers = async_sessionmaker(create_async_engine(url, pool=self._engine.pool, hide_parameters=True))
        # The pool lets who comes now overtake who waits, so that under load some wait for ten seconds.
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._probing = asyncio.Lock()
        self._healthy: bool | None = None
        event.listen(self._engine.sync_engine, "connect", _set_up)
        event.listen(self._engine.sync_engine, "begin", _begin)
        ping_when_in_doubt(self._engine)

    @asynccontextmanager
    async def transaction(self, *, reading: bool = False) -> AsyncIterator[AsyncSession]:
        """Open a transaction; it commits at the end, or rolls back on an error. Connects on first use.

        When only `reading`, each statement is a transaction of its own: BEGIN and COMMIT would double the round trips.
        No statement then has a limit of its own; the one of all together ends it on the server, too.

        Raises:
            DatabaseUnavailable: The database cannot be reached, is too slow, or has no schema.
        """
        try:
            async with (
                _limit(),
                self._turns,
                self._readers() if reading else self._sessions.begin() as session,
            ):
                yield session
        except TimeoutError as error:
            self._failed(TimeoutError(f"no answer within {TRANSACTION_TIMEOUT_S} s"))
            raise DatabaseUnavailable from error
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            self._failed(error)
            raise DatabaseUnavailable from error
        except DBAPIError as error:
            if not isinstance(error.orig, UndefinedTable):
                raise
            self._failed(error)
            raise DatabaseUnavailable from error
        self._succeeded()

    def connections(self) -> tuple[int, int]:
        """Count the pool's connections: those in use, and those that are idle."""
        pool = cast("QueuePool", self._engine.pool)  # the base class counts nothing
        return pool.checkedout(), pool.checkedin()

    async def ready(self) -> bool:
        """Whether the database works, by the last real outcome.

        Only after a failure, or before the first success, the database is asked: an idle one may sleep.
        """
        return self._healthy or await self._probe()

    async def wait_until_ready(self) -> None:
        """Ask with back-off until the database answers."""
        await AsyncRetrying(retry=retry_if_not_result(bool), wait=RETRY)(self.ready)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def _probe(self) -> bool:
        async with self._probing:  # many may ask at once; one question is enough
            if self._healthy:
                return True
            try:
                async with asyncio.timeout(PROBE_TIMEOUT_S), self.transaction() as session:
                    await session.execute(text("SELECT 1 FROM alembic_version"))
            except (DatabaseUnavailable, TimeoutError) as error:
                if isinstance(error, TimeoutError):
                    self._failed(TimeoutError(f"no answer within {PROBE_TIMEOUT_S} s"))
                return False
            return True

    def _succeeded(self) -> None:
        if not self._healthy:
            logger.info("the database answers")
        self._healthy = True

    def _failed(self, error: BaseException) -> None:
        if self._healthy is not False:
            logger.warning("the database does not answer", reason=failure_reason(error))
        self._healthy = False
