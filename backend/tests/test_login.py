"""Logging in and out: whose password it is, what moves along, and how often it may be tried."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from app.core import passwords
from app.core.security import COOKIE
from app.models import Account, Session
from tests.accounts import CREDENTIALS, EMAIL, WRONG, age, cleared, count, login, me, register, together
from tests.conftest import Visitor
from tests.test_problems import check_problem
from tests.test_todos import create, titles

pytestmark = pytest.mark.anyio


@pytest.mark.usefixtures("real_hashing")
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


async def test_strangers_do_not_lock_out_who_was_there_before(app: FastAPI, visitor: Visitor) -> None:
    home, phone, new = visitor(), visitor(), visitor()
    await register(home)
    await login(phone)
    await phone.post("/api/auth/logout")
    for _ in range(11):
        last = await login(visitor(), **WRONG)
    check_problem(last, 429, "too-many-attempts")
    check_problem(await login(new), 429, "too-many-attempts")

    assert (await login(phone, **WRONG)).status_code == 401, "its own count"
    assert (await login(phone)).status_code == 200, "after a logout, too"
    assert (await login(home)).status_code == 200, "with a session, too"
    passwords = {"current_password": CREDENTIALS["password"], "new_password": "another long one"}
    assert (await home.post("/api/auth/password", json=passwords)).status_code == 204
    await home.post("/api/auth/logout")
    assert (await login(home, password="another long one")).status_code == 200
    gone = await home.request("DELETE", "/api/auth/me", json={"password": "another long one"})
    assert gone.status_code == 204


async def test_a_known_browser_and_a_session_may_not_guess_for_ever(visitor: Visitor) -> None:
    home, phone = visitor(), visitor()
    await register(home)
    await login(phone)
    await phone.post("/api/auth/logout")

    assert [(await login(phone, **WRONG)).status_code for _ in range(11)] == [401] * 10 + [429]
    wrong = {"current_password": "wrong password", "new_password": "another long one"}
    assert [(await home.post("/api/auth/password", json=wrong)).status_code for _ in range(11)] == [422] * 10 + [429]
    assert (await login(visitor())).status_code == 200, "neither locks out others"


async def test_nobody_else_is_taken_for_a_known_browser(visitor: Visitor) -> None:
    await register(visitor())
    bob = visitor()
    await register(bob, email="bob@example.com")
    await bob.post("/api/auth/logout")
    forged = visitor()
    forged.cookies.set("todo_known", "a.b", domain="todo.local", path="/api/auth")
    for _ in range(10):
        await login(visitor(), **WRONG)

    assert (await login(bob)).status_code == 429, "he knows another account"
    assert (await login(forged)).status_code == 429


@pytest.mark.parametrize(
    ("left_s", "said"), [(20, "1 minute"), (50, "1 minute"), (80, "2 minutes"), (290, "5 minutes")]
)
async def test_the_time_to_wait_is_said_in_words(app: FastAPI, visitor: Visitor, left_s: int, said: str) -> None:
    for _ in range(11):
        await login(visitor())
    await age(app, "password_attempts.since", timedelta(minutes=15) - timedelta(seconds=left_s))

    assert (await login(visitor())).json()["detail"].endswith(f"; try again in {said}.")


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
