"""The program as it runs in a container: `python -m app`."""

import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx2
import pytest
from sqlalchemy import URL, NullPool, create_engine, text

from app.core.security import COOKIE
from app.migrate import is_current
from tests.support import BACKEND, PATIENCE_S, Served, dsn, environment, hold_port, run_module

SEARCH = "private-search"


def test_sigterm_lets_requests_in_flight_end_and_logs_are_json_without_secrets(database_url: URL) -> None:
    with (
        Served(database_url.set(password="hunter2")) as served,
        httpx2.Client(base_url=served.base_url, timeout=PATIENCE_S) as client,
        ThreadPoolExecutor() as pool,
    ):
        todo = client.post("/api/todos", json={"title": "private-title"}).json()
        token = client.cookies[COOKIE]
        client.get("/api/todos", params={"q": SEARCH}, headers={"x-request-id": "search-1"})

        with create_engine(database_url, poolclass=NullPool).begin() as other:
            other.execute(text("SELECT 1 FROM todos FOR UPDATE"))  # the change below waits for this transaction
            change = {"version": 1, "completed": True}
            in_flight = pool.submit(client.patch, f"/api/todos/{todo['id']}", json=change)
            waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            while other.scalar(waiting) == 0:
                time.sleep(0.02)
            output = pool.submit(served.stop)
            with suppress(httpx2.TransportError), httpx2.Client(base_url=served.base_url) as late:
                while late.get("/api/health/live", headers={"connection": "close"}):  # until it takes no more requests
                    time.sleep(0.02)
            assert served.process.poll() is None, "it waits for the request"

        answer = in_flight.result(timeout=PATIENCE_S)
        assert (answer.status_code, answer.json()["completed"]) == (200, True)
        log = output.result(timeout=PATIENCE_S)

    lines = [json.loads(line) for line in log.splitlines()]
    assert all({"message", "level", "timestamp"} <= line.keys() for line in lines)
    [search] = [line for line in lines if line.get("request_id") == "search-1"]
    assert (search["method"], search["path"], search["status"]) == ("GET", "/api/todos", 200)
    assert search["duration_ms"] > 0
    for secret in (token, "hunter2", SEARCH, "private-title"):
        assert secret not in log


def test_it_brings_an_empty_database_up_to_date_before_it_serves(empty_database: URL) -> None:
    with Served(empty_database) as served:
        assert is_current({"DATABASE_URL": dsn(empty_database)})
        log = served.stop()
    messages = [json.loads(line)["message"] for line in log.splitlines()]
    assert messages[0] == "the schema is up to date"


def test_it_does_not_serve_what_it_cannot_bring_up_to_date(empty_database: URL) -> None:
    with create_engine(empty_database, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE todos (id int)"))

    program = run_module("app", DATABASE_URL=dsn(empty_database))

    assert program.returncode == 1
    assert program.stderr == ""
    last = json.loads(program.stdout.splitlines()[-1])
    assert last["level"] == "error"
    assert 'relation "todos" already exists' in last["message"]


def test_it_ends_at_once_while_it_waits_for_the_database() -> None:
    place = f"postgresql://me@127.0.0.1:{hold_port()}/todo"
    run = [sys.executable, "-m", "app"]
    with subprocess.Popen(
        run, cwd=BACKEND, env=environment(DATABASE_URL=place), stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            assert "waiting for the database" in program.stdout.readline()
            program.terminate()
            assert program.wait(timeout=PATIENCE_S) == 143
        finally:
            program.kill()


def test_without_a_host_it_listens_at_every_address_of_ipv6_too(database_url: URL) -> None:
    with Served(database_url, host="") as served:  # which has answered at 127.0.0.1
        if not has_ipv6():
            pytest.skip("this machine has no IPv6")
        answer = httpx2.get(f"http://[::1]:{served.port}/api/health/ready", timeout=PATIENCE_S)
    assert answer.status_code == 200


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False
