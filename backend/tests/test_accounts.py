"""Accounts: registered from a guest or from nothing, logged in to, and deleted with everything of theirs."""

from collections.abc import Awaitable
from datetime import timedelta
from http.cookies import SimpleCookie

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text

from app.core import passwords
from app.core.security import COOKIE
from app.models import Account, Base, Session
from app.services import accounts
from tests.conftest import Visitor
from tests.test_problems import check_problem
from tests.test_todos import create, titles

pytestmark = pytest.mark.anyio

EMAIL = "ada@example.com"
PASSWORD = "correct horse"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
WRONG = {"email": EMAIL, "password": "battery staple"}


async def register(client: httpx2.AsyncClient, **fields: str) -> httpx2.Response:
    return await client.post("/api/auth/register", json={**CREDENTIALS, **fields})


async def login(client: httpx2.AsyncClient, **fields: str) -> httpx2.Response:
    return await client.post("/api/auth/login", json={**CREDENTIALS, **fields})


async def me(client: httpx2.AsyncClient) -> dict[str, object]:
    response = await client.get("/api/auth/me")
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


async def together(*calls: Awaitable[httpx2.Response]) -> list[httpx2.Response]:
    """Make calls at the same time; their answers in the order of the calls."""
    answers: dict[int, httpx2.Response] = {}

    async def make(number: int, call: Awaitable[httpx2.Response]) -> None:
        answers[number] = await call

    async with anyio.create_task_group() as group:
        for number, call in enumerate(calls):
            group.start_soon(make, number, call)
    return [answers[number] for number in range(len(calls))]


async def age(app: FastAPI, column: str, by: timedelta) -> None:
    table, name = column.split(".")
    async with app.state.database.transaction() as db:
        await db.execute(text(f"UPDATE {table} SET {name} = {name} - CAST(:by AS interval)"), {"by": by})  # noqa: S608


async def count(app: FastAPI, table: type[Base]) -> int:
    async with app.state.database.transaction() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


def cleared(response: httpx2.Response) -> bool:
    cookie = SimpleCookie(response.headers.get("set-cookie", "")).get(COOKIE)
    return cookie is not None and (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/")


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


async def test_wrong_credentials_do_not_tell_whether_there_is_an_account(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(visitor())
    verified: list[str] = []
    verify = passwords._verify

    def watched(password_hash: str, password: str) -> bool:
        verified.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "_verify", watched)

    known = check_problem(await login(visitor(), **WRONG), 401, "wrong-credentials")
    unknown = check_problem(await login(visitor(), email="nobody@example.com"), 401, "wrong-credentials")

    assert {**known, "request_id": ""} == {**unknown, "request_id": ""}
    parameters = [hashed.rsplit("$", 2)[0] for hashed in verified]
    assert len(parameters) == 2
    assert parameters[0] == parameters[1], "the same work takes the same time"
    check_problem(await login(visitor(), email="nobody@example.com", password=""), 401, "wrong-credentials")


async def test_a_login_takes_the_guests_todos_along(app: FastAPI, visitor: Visitor) -> None:
    home, phone = visitor(), visitor()
    await create(home, "at home")
    await register(home)
    todo = await create(phone, "on the way")

    assert (await login(phone)).json() == await me(home)

    assert sorted(await titles(phone)) == sorted(await titles(home)) == ["at home", "on the way"]
    assert (await phone.get(f"/api/todos/{todo['id']}")).json() == todo, "moved as it was"
    assert (await count(app, Account), await count(app, Session)) == (1, 2)
    assert (await login(phone)).status_code == 200, "an account's own todos stay where they are"
    assert len(await titles(home)) == 2


async def test_guests_todos_move_once_and_none_is_lost_under_concurrency(app: FastAPI, visitor: Visitor) -> None:
    for email in (EMAIL, "bob@example.com"):
        await register(visitor(), email=email)
    guest = visitor()
    await create(guest, "first")

    def browser() -> httpx2.AsyncClient:
        """Another request of the guest's browser: one cookie, sent at the same time."""
        made = visitor()
        made.cookies.set(COOKIE, guest.cookies[COOKIE], domain="todo.local", path="/")
        return made

    logins = [browser() for _ in range(4)]
    answers = await together(
        *(browser().post("/api/todos", json={"title": f"todo {number}"}) for number in range(4)),
        *(login(each, email=email) for each, email in zip(logins, [EMAIL, "bob@example.com"] * 2, strict=True)),
        *(browser().post("/api/todos", json={"title": f"late {number}"}) for number in range(4)),
    )

    written = [answer for answer in answers if answer.request.url.path == "/api/todos"]
    assert {answer.status_code for answer in written} <= {201, 401}
    assert not any("set-cookie" in answer.headers for answer in written), "the new session's cookie stays"
    assert [answer.status_code for answer in answers if answer not in written] == [200] * 4
    kept = sorted(await titles(logins[0]) + await titles(logins[1]))
    assert kept == sorted(["first", *(answer.json()["title"] for answer in written if answer.status_code == 201)])
    assert await count(app, Account) == 2


async def test_a_token_that_was_replaced_is_over(app: FastAPI, visitor: Visitor) -> None:
    planted, victim = visitor(), visitor()
    await create(planted)
    victim.cookies.set(COOKIE, planted.cookies[COOKIE], domain="todo.local", path="/")
    await register(victim)

    overtaken = await planted.get("/api/todos")
    check_problem(overtaken, 401, "session-ended")
    assert "set-cookie" not in overtaken.headers, "it could take away the cookie that the browser just got"
    await age(app, "replaced_tokens.replaced_at", timedelta(minutes=1))
    late = await planted.get("/api/todos")
    check_problem(late, 401, "session-ended")
    assert cleared(late)


async def test_ten_attempts_in_fifteen_minutes_however_many_at_once(app: FastAPI, visitor: Visitor) -> None:
    await register(visitor())
    for _ in range(9):
        assert (await login(visitor(), **WRONG)).status_code == 401
    assert (await login(visitor())).status_code == 200, "the right password clears the count"

    answers = await together(*(login(visitor(), **WRONG) for _ in range(14)))

    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 4
    limited = await login(visitor())
    check_problem(limited, 429, "too-many-attempts")
    assert 890 < int(limited.headers["retry-after"]) <= 901
    check_problem(await login(visitor(), email="nobody@example.com"), 401, "wrong-credentials")
    await age(app, "password_attempts.since", timedelta(minutes=15))
    assert (await login(visitor())).status_code == 200


async def test_attempts_at_an_unknown_email_are_limited_too(visitor: Visitor) -> None:
    statuses = [(await login(visitor())).status_code for _ in range(11)]

    assert statuses == [401] * 10 + [429]


async def test_logout_ends_this_session_alone(visitor: Visitor) -> None:
    here, there = visitor(), visitor()
    await register(here)
    await login(there)
    token = here.cookies[COOKIE]

    response = await here.post("/api/auth/logout")

    assert response.status_code == 204
    assert cleared(response)
    assert COOKIE not in here.cookies
    assert (await me(here))["guest"]
    assert not (await me(there))["guest"]
    old = await here.get("/api/auth/me", headers={"cookie": f"{COOKIE}={token}"})
    check_problem(old, 401, "session-ended")
    assert cleared(old)
    assert (await here.post("/api/auth/logout")).status_code == 204, "without a session, too"


@pytest.mark.parametrize("path", ["register", "login", "logout"])
async def test_a_session_that_is_over_does_not_keep_one_out(visitor: Visitor, path: str) -> None:
    await register(visitor(), email="bob@example.com")
    body = {"register": CREDENTIALS, "login": {**CREDENTIALS, "email": "bob@example.com"}}.get(path)

    response = await visitor().post(f"/api/auth/{path}", json=body, headers={"cookie": f"{COOKIE}=over"})

    assert response.status_code in {200, 201, 204}


async def test_a_new_password_ends_every_other_session(visitor: Visitor) -> None:
    here, there = visitor(), visitor()
    await register(here)
    await login(there)
    token = here.cookies[COOKIE]
    change = {"current_password": PASSWORD, "new_password": "battery staple"}

    wrong = await here.post("/api/auth/password", json={**change, "current_password": "wrong"})
    problem = check_problem(wrong, 422, "validation")
    assert problem["errors"] == [{"field": "current_password", "message": "is not the password of your account"}]
    assert (await here.post("/api/auth/password", json=change)).status_code == 204

    assert here.cookies[COOKIE] != token
    assert (await me(here))["email"] == EMAIL
    check_problem(await there.get("/api/auth/me"), 401, "session-ended")
    check_problem(await login(visitor()), 401, "wrong-credentials")
    assert (await login(visitor(), **WRONG)).status_code == 200
    for _ in range(10):
        await here.post("/api/auth/password", json=change)
    check_problem(await here.post("/api/auth/password", json=change), 429, "too-many-attempts")


async def test_a_guest_has_no_password_to_change(client: httpx2.AsyncClient) -> None:
    change = {"current_password": "x", "new_password": PASSWORD}
    check_problem(await client.post("/api/auth/password", json=change), 409, "guest")
    await create(client)
    check_problem(await client.post("/api/auth/password", json=change), 409, "guest")


async def test_an_account_goes_with_everything_of_it(app: FastAPI, visitor: Visitor) -> None:
    here, there = visitor(), visitor()
    await create(here)
    await register(here)
    await login(there, **WRONG)
    await login(there)

    for body in (None, {}, {"password": "wrong"}):
        problem = check_problem(await here.request("DELETE", "/api/auth/me", json=body), 422, "validation")
        assert problem["errors"] == [{"field": "password", "message": "is not the password of your account"}]
    response = await here.request("DELETE", "/api/auth/me", json={"password": PASSWORD})

    assert response.status_code == 204
    assert cleared(response)
    check_problem(await there.get("/api/todos"), 401, "session-ended")
    async with app.state.database.transaction() as db:
        await db.execute(text("DELETE FROM replaced_tokens"))  # they are nobody's
    for table in Base.metadata.sorted_tables:
        async with app.state.database.transaction() as db:
            assert await db.scalar(select(func.count()).select_from(table)) == 0, table.name
    assert (await register(visitor())).status_code == 201


async def test_a_guest_deletes_itself_without_a_password(app: FastAPI, client: httpx2.AsyncClient) -> None:
    assert (await client.delete("/api/auth/me")).status_code == 204, "nobody has nothing to delete"
    await create(client)
    response = await client.delete("/api/auth/me")

    assert response.status_code == 204
    assert cleared(response)
    assert await count(app, Account) == 0


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
