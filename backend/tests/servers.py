"""A Postgres as Neon offers one, TLS and a password and nothing less, and a pooler in front of it.

The wheel that the other tests run has no TLS, so these are the machine's own programs.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.support import PATIENCE_S, dsn, hold_port

PASSWORD = "p@ss/w:rd%"
POOL_SIZE = 2
"""How many connections to Postgres the pooler shares among all its clients."""

KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key"
INITDB = "--pgdata=data --username=todo --pwfile=password --auth=scram-sha-256 --encoding=UTF8 --no-locale --no-sync"
TLS_ONLY = "hostssl all all 127.0.0.1/32 scram-sha-256\n"
POOLER = """\
[databases]
* = host=127.0.0.1 port={postgres_port}
[pgbouncer]
pool_mode = transaction
default_pool_size = {pool_size}
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
client_tls_sslmode = require
client_tls_cert_file = {folder}/certificate
client_tls_key_file = {folder}/key
server_tls_sslmode = require
"""


@dataclass(frozen=True)
class Server:
    """A server that runs: how to reach it, and where it logs."""

    url: URL
    log_file: Path

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


def program(name: str) -> str:
    """Find a program where Debian keeps it, which for servers is not PATH, else in PATH; skip the test without it."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        pytest.skip(f"{name} is not on this machine; install it (Debian: sudo apt-get install postgresql pgbouncer)")
    return found


def server_user() -> pwd.struct_passwd | None:
    """Whom the servers run as: neither of them starts as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def give(path: Path, content: str | None = None) -> None:
    """Make a folder, or a file with that content, the servers' own."""
    if content is not None:
        path.write_text(content, encoding="utf-8")
    if user := server_user():
        os.chown(path, user.pw_uid, user.pw_gid)


def start(command: list[str], log_file: Path) -> subprocess.Popen[bytes]:
    """Start a program in the folder of its log file."""
    user = server_user()
    with log_file.open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=log_file.parent,
            stdout=log,
            stderr=log,
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=user and [],
        )


def wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started takes connections."""
    reason = ""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(dsn(server.url)).close()
        except psycopg.OperationalError as error:
            reason = str(error)
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{process.args!r} does not answer: {reason}\n{server.log()}")


@contextmanager
def serving(command: list[str], server: Server) -> Iterator[Server]:
    """Run a server, which answers when the context is entered."""
    with start(command, server.log_file) as process:
        try:
            wait_for(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # Postgres would let its clients finish on SIGTERM


@contextmanager
def folder_with_certificate() -> Iterator[Path]:
    """Make a folder that the servers may read, with a self-made certificate and its key."""
    with tempfile.TemporaryDirectory(prefix="todo-") as name:  # pytest's own folders are closed to other users
        folder = Path(name)
        give(folder)
        run(
            [program("openssl"), *f"req -x509 {KEY} -days 1 -subj /CN=127.0.0.1 -out certificate".split()],
            folder / "openssl.log",
        )
        yield folder


def run(command: list[str], log_file: Path) -> None:
    """Run a program to its end."""
    assert start(command, log_file).wait(timeout=PATIENCE_S) == 0, log_file.read_text()


@contextmanager
def tls_postgres() -> Iterator[Server]:
    """Run a Postgres that takes TLS and a password only; like Neon's, its URL insists on channel binding."""
    with folder_with_certificate() as folder:
        give(folder / "password", PASSWORD)
        give(folder / "pg_hba.conf", TLS_ONLY)
        run([program("initdb"), *INITDB.split()], folder / "initdb.log")
        port = hold_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "hba_file": str(folder / "pg_hba.conf"),
            "ssl": "on",
            "ssl_cert_file": str(folder / "certificate"),
            "ssl_key_file": str(folder / "key"),
            "fsync": "off",
        }
        command = [program("postgres"), "-D", str(folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        query = {"sslmode": "require", "channel_binding": "require"}
        url = URL.create("postgresql+psycopg", "todo", PASSWORD, "127.0.0.1", port, "postgres", query)
        with serving(command, Server(url, folder / "postgres.log")) as server:
            yield server


@contextmanager
def pooler(postgres: Server) -> Iterator[Server]:
    """Run a pooler that hands out connections for the length of a transaction, as Neon's pooled host does.

    Its clients need TLS; of channel binding it knows nothing.
    """
    with folder_with_certificate() as folder:
        port = hold_port()
        give(folder / "users", f'"todo" "{PASSWORD}"\n')
        give(
            folder / "pooler.ini",
            POOLER.format(folder=folder, port=port, postgres_port=postgres.url.port, pool_size=POOL_SIZE),
        )
        url = postgres.url.set(port=port, query={"sslmode": "require"})
        command = [program("pgbouncer"), str(folder / "pooler.ini")]
        with serving(command, Server(url, folder / "pooler.log")) as server:
            yield server
