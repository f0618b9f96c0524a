"""Registering: a guest, or a visitor from nothing, gets an account."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.core.security import COOKIE
from app.models import Account, Session
from app.services import accounts
from tests.accounts import EMAIL, age, count, login, me, register, together
from tests.conftest import Visitor
from tests.test_problems import check_problem
from tests.test_todos import create, titles

pytestmark = pytest.mark.anyio


async def test_a_visitor_becomes_a_guest_and_a_guest_an_account(app: FastAPI, client: httpx2.AsyncClient) -> None:
    assert await me(client) == {"email": None, "guest": True, "created_at": None}
    await create(client, "buy milk")
    guest = await me(client)
    assert (guest["email"], guest["guest"]) == (None, True)
    token = client.cookies[COOKIE]

    response = await register(client, email="  Ada@EXAMPLE.com ")

    assert response.status_code == 201
    assert response.json() == {"email": EMAIL, "guest": False, "created_at": guest["created_at"]}
    assert await me(client) == response.json()
    assert await titles(client) == ["buy milk"]
    assert client.cookies[COOKIE] != token
    assert (await count(app, Account), await count(app, Session)) == (1, 1)
    check_problem(await register(client, email="other@example.com"), 409, "already-registered")


@pytest.mark.usefixtures("real_hashing")
async def test_a_password_is_kept_as_an_argon2id_hash_and_works_however_it_is_typed(
    app: FastAPI, visitor: Visitor
) -> None:
    assert (await register(visitor(), password="cafe\u0301 au lait")).status_code == 201

    async with app.state.database.transaction() as db:
        stored = await db.scalar(select(Account.password_hash)) or ""
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await login(visitor(), password="caf\u00e9 au lait")).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a@"),
        ("email", "no-at.example.com"),
        ("email", "a b@example.com"),
        ("email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.com"),
        ("email", "a\0@example.com"),
        ("password", "seven77"),
        ("password", "x" * 129),
    ],
)
async def test_what_cannot_be_registered(client: httpx2.AsyncClient, field: str, value: str) -> None:
    problem = check_problem(await register(client, **{field: value}), 422, "validation")

    assert [error["field"] for error in problem["errors"]] == [field]  # type: ignore[attr-defined]
    assert value not in str(problem)


@pytest.mark.parametrize("email", ["me@todo.local", "me@localhost", "grüße@example.com", "a+b@example.co.uk"])
async def test_addresses_of_all_networks_are_accepted(client: httpx2.AsyncClient, email: str) -> None:
    assert (await register(client, email=email)).json()["email"] == email


async def test_an_email_belongs_to_one_account_under_concurrency_too(app: FastAPI, visitor: Visitor) -> None:
    answers = await together(*(register(visitor(), email=email) for email in (EMAIL, EMAIL.upper(), EMAIL.title())))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    check_problem(await register(visitor()), 409, "email-taken")
    assert await count(app, Account) == 1


async def test_a_flood_of_visitors_ends(app: FastAPI, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "GUESTS_PER_MINUTE", 3)
    known = visitor()
    await create(known)
    for _ in range(2):
        await create(visitor())

    response = await visitor().post("/api/todos", json={"title": "one too many"})

    check_problem(response, 429, "too-many-guests")
    assert response.headers["retry-after"] == "60"
    check_problem(await register(visitor()), 429, "too-many-guests")
    await create(known)
    assert (await register(known)).status_code == 201
    assert (await visitor().get("/api/todos")).status_code == 200
    await age(app, "accounts.created_at", timedelta(minutes=1))
    await create(visitor())
