"""An account that is there: a new password for it, and its end with everything of it."""

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text

from app.core.security import COOKIE
from app.models import Account, Base
from tests.accounts import EMAIL, PASSWORD, WRONG, cleared, count, login, me, register
from tests.conftest import Visitor
from tests.test_problems import check_problem
from tests.test_todos import create

pytestmark = pytest.mark.anyio


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
    await here.post("/api/chat", json={"message": "list"})

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
