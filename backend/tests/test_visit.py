"""All that a page shows at first, in one call."""

import httpx2
import pytest

from app.core.security import COOKIE
from tests.accounts import register
from tests.test_problems import check_problem
from tests.test_todos import create

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("params", [{}, {"q": "milk"}, {"limit": 1, "sort": "title"}])
async def test_a_visit_is_what_the_two_calls_answer(client: httpx2.AsyncClient, params: dict[str, str | int]) -> None:
    async def check() -> None:
        me = (await client.get("/api/auth/me")).json()
        todos = (await client.get("/api/todos", params=params)).json()
        assert (await client.get("/api/visit", params=params)).json() == {"me": me, "todos": todos}

    await check()
    for title in ("Milk", "Bread"):
        await create(client, title)
    await check()
    await register(client)
    await check()


async def test_a_visit_by_a_session_that_is_over_says_so(client: httpx2.AsyncClient) -> None:
    client.cookies.set(COOKIE, "x" * 43)

    check_problem(await client.get("/api/visit"), 401, "session-ended")
