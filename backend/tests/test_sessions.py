"""Guest sessions: made by the first write, kept as a hash, over after 30 idle days."""

from datetime import timedelta
from http.cookies import SimpleCookie

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from app.core.db import Database
from app.core.security import COOKIE, hash_token
from app.models import Account, Session
from tests.accounts import age, cleared, count, login, register
from tests.conftest import Visitor
from tests.test_problems import check_problem
from tests.test_todos import titles

pytestmark = pytest.mark.anyio


async def write(client: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    return await client.post("/api/todos", json={"title": "buy milk"}, headers=headers)


@pytest.mark.parametrize(("proto", "secure"), [("", False), ("http", False), ("https", True), ("https, http", True)])
async def test_the_cookie_is_for_the_server_alone(client: httpx2.AsyncClient, proto: str, secure: bool) -> None:
    response = await write(client, **({"x-forwarded-proto": proto} if proto else {}))

    cookie = SimpleCookie(response.headers["set-cookie"])[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert bool(cookie["secure"]) is secure


async def test_one_visitor_has_one_session(app: FastAPI, client: httpx2.AsyncClient) -> None:
    first, second = await write(client), await write(client)

    assert "set-cookie" in first.headers
    assert "set-cookie" not in second.headers
    assert await count(app, Account) == 1


async def test_only_a_hash_of_the_token_is_stored(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await write(client)
    token = client.cookies[COOKIE]
    assert len(token) >= 43, "256 bits"

    database: Database = app.state.database
    async with database.transaction() as db:
        assert await db.scalar(select(Session.token_hash)) == hash_token(token)
        assert token not in str((await db.execute(text("SELECT s::text FROM sessions s"))).all())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["unknown", "x" * 3000, "caf\xe9", '"\\0"'])
async def test_an_unknown_token_is_a_session_that_ended(client: httpx2.AsyncClient, method: str, token: str) -> None:
    cookie = f"{COOKIE}={token}".encode("latin-1")

    response = await client.request(method, "/api/todos", json={"title": "x"}, headers={b"cookie": cookie})

    check_problem(response, 401, "session-ended")
    assert cleared(response)


async def test_an_empty_cookie_is_none(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/todos", headers={"cookie": f"{COOKIE}="})).json()["items"] == []


async def test_a_session_in_use_lives_on(app: FastAPI, client: httpx2.AsyncClient) -> None:
    await write(client)
    for _ in range(2):
        await age(app, "sessions.last_seen_at", timedelta(days=29))
        response = await client.get("/api/todos")
        assert response.json()["counts"]["total"] == 1
        assert COOKIE in response.headers["set-cookie"], "the browser's copy is extended, too"
    assert "set-cookie" not in (await client.get("/api/todos")).headers


async def test_an_idle_session_is_over_and_its_guest_goes_but_no_account(app: FastAPI, visitor: Visitor) -> None:
    idle, other, account = visitor(), visitor(), visitor()
    await write(idle)
    await write(account)
    await register(account)
    await age(app, "sessions.last_seen_at", timedelta(days=30, seconds=1))

    check_problem(await idle.get("/api/todos"), 401, "session-ended")
    check_problem(await account.get("/api/todos"), 401, "session-ended")
    await write(other)
    assert (await count(app, Account), await count(app, Session)) == (2, 1)
    await login(account)
    assert await titles(account) == ["buy milk"]


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "todo.local", True),
        ("http://todo.local", "todo.local", True),
        ("http://todo.local:80", "todo.local", True),
        ("https://todo.local", "todo.local:443", True),
        ("http://TODO.local:8080", "todo.LOCAL:8080", True),
        ("http://localhost:3000", "localhost:8000", True),
        ("http://todo.local:8080", "todo.local", False),
        ("http://evil.example", "todo.local", False),
        ("http://todo.local.evil.example", "todo.local", False),
        ("null", "todo.local", False),
        ("", "todo.local", False),
        ("file://todo.local", "todo.local", False),
    ],
)
async def test_only_allowed_origins_write(
    client: httpx2.AsyncClient, origin: str | None, host: str, allowed: bool
) -> None:
    response = await write(client, host=host, **({} if origin is None else {"origin": origin}))

    assert response.status_code == (201 if allowed else 403)
    if not allowed:
        assert response.json()["type"] == "/problems/origin"
        assert (await client.get("/api/todos", headers={"origin": origin or ""})).status_code == 200
