"""What several tests use."""

import asyncio
import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import httpx2
from sqlalchemy import URL

from app.core.config import Settings

BACKEND = Path(__file__).parent.parent
VARIABLES = [name.upper() for name in Settings.model_fields]
PATIENCE_S = 300
"""How long anything may take on a machine that does much else, in seconds; only a hang takes longer."""
HANG_S = 10
"""How much CPU time the reading of a long text takes at least where it hangs, in seconds; else it is a tenth of one."""
FIRST_PORT, LAST_PORT = 20000, 29999
held: list[IO[str]] = []
"""The locks of this process's ports, until it ends."""


def hold_port() -> int:
    """Take a port that nobody else is given until this process ends: magefiles/internal/ports has the same locks."""
    folder = Path(tempfile.gettempdir()) / "todo-app-ports"
    folder.mkdir(exist_ok=True)
    with suppress(PermissionError):
        folder.chmod(0o1777)
    for port in range(FIRST_PORT, LAST_PORT + 1):
        with suppress(OSError), ExitStack() as on_failure:
            lock = on_failure.enter_context((folder / str(port)).open("a", encoding="utf-8"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            socket.create_server(("127.0.0.1", port)).close()
            on_failure.pop_all()
            held.append(lock)
            return port
    raise AssertionError(f"every port from {FIRST_PORT} to {LAST_PORT} is taken")


async def until(condition: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """Wait until the condition holds; fails with `what` was waited for."""
    end = time.monotonic() + PATIENCE_S
    while not (await holds if isinstance(holds := condition(), Awaitable) else holds):
        assert time.monotonic() < end, f"waited {PATIENCE_S} s for this: {what}"
        await asyncio.sleep(0.02)


class SlowClock:
    """Counts the seconds of a machine that does nothing else: where others run, too, it goes slower."""

    TICK_S = 0.02

    def __init__(self) -> None:
        self.now = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.TICK_S)
            self.now += self.TICK_S


class Gate:
    """A way to the database that can be closed, as if the database were gone, and opened again."""

    def __init__(self, database: URL) -> None:
        self._database = database
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = hold_port()
        self.url = database.set(host="127.0.0.1", port=self.port, query={})
        self.accepted = 0
        self.forwarded = 0
        """Bytes in either direction."""
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._wake_s = 0.0
        self._awake_at: float | None = None

    async def open(self, wake_s: float = 0) -> None:
        """Let connections in; the first one wakes the database, which takes `wake_s` seconds, and all wait for it."""
        self._wake_s, self._awake_at = wake_s, None
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()

    def stall(self) -> None:
        """Hold everything back, as if the database had stopped in the middle of its work."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let everything through again."""
        self._flowing.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        now = time.monotonic()
        self._awake_at = self._awake_at or now + self._wake_s
        await asyncio.sleep(self._awake_at - now)
        url = self._database
        folder = url.query.get("host")
        if isinstance(folder, str):
            far_reader, far_writer = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{url.port or 5432}")
        else:
            far_reader, far_writer = await asyncio.open_connection(url.host, url.port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._flowing.wait()
                self.forwarded += len(data)
                target.write(data)
                await target.drain()
        target.close()
        with suppress(OSError):
            await target.wait_closed()


def environment(**variables: str) -> dict[str, str]:
    """This process's environment with `variables`, and none of the app's that happen to be set."""
    return {**{name: value for name, value in os.environ.items() if name not in VARIABLES}, **variables}


def dsn(url: URL) -> str:
    """The URL as a user would write it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def run_module(module: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m MODULE` to its end."""
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=BACKEND,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


PATIENT = f"""
import sys
from app import __main__ as program
from app.core import db
db.STATEMENT_TIMEOUT_MS, db.TRANSACTION_TIMEOUT_S = {PATIENCE_S * 1000}, {PATIENCE_S}
sys.exit(program.main())
"""


class Served:
    """`python -m app` as a process of its own on a port of its own, ready when the context is entered.

    As elsewhere in these tests, only what hangs meets the limits of transactions.
    """

    def __init__(self, database: URL, host: str = "127.0.0.1", **settings: str) -> None:
        self.port = hold_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._environment = environment(DATABASE_URL=dsn(database), HOST=host, PORT=str(self.port), **settings)

    def __enter__(self) -> "Served":
        self.process = subprocess.Popen(
            [sys.executable, "-c", PATIENT],
            cwd=BACKEND,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + PATIENCE_S
        with httpx2.Client(base_url=self.base_url) as client:
            while time.monotonic() < deadline:
                with suppress(httpx2.TransportError):
                    if client.get("/api/health/ready").status_code == 200:
                        return self
                time.sleep(0.05)
        self.process.kill()
        raise AssertionError(f"not ready in {PATIENCE_S} s: {self.process.communicate()[0]}")

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self) -> str:
        """Send SIGTERM, wait for the end and return what was logged."""
        self.process.terminate()
        return self.process.communicate(timeout=PATIENCE_S)[0]
