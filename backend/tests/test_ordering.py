"""The manual order: a model of a list, and the app doing the same moves."""

from uuid import uuid4

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, update

from app.core.db import Database
from app.models import Account, Todo
from app.schemas.todos import Place, TodoCreate, TodoQuery, TodoUpdate
from app.services.listing import list_todos
from app.services.todos import create_todo, update_todo
from tests.conftest import Visitor
from tests.test_todos import create, patch, titles

pytestmark = pytest.mark.anyio

SIZE = 5
moves = st.lists(st.tuples(st.integers(0, SIZE - 1), st.sampled_from(["before", "after"]), st.integers(0, SIZE - 1)))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves)
async def test_moves_do_what_they_do_to_a_list(app: FastAPI, moves: list[tuple[int, str, int]]) -> None:
    database: Database = app.state.database
    account = Account(id=uuid4())
    async with database.transaction() as db:
        db.add(account)
        await db.flush()
        todos = [await create_todo(db, account.id, TodoCreate(title=str(number))) for number in range(SIZE)]
        model = [todo.id for todo in reversed(todos)]
        for number, side, other in moves:
            moved, neighbour = todos[number], todos[other].id
            change = TodoUpdate(version=moved.version, position=Place.model_validate({side: neighbour}))
            await update_todo(db, account.id, moved.id, change)
            if moved.id != neighbour:
                model.remove(moved.id)
                model.insert(model.index(neighbour) + (side == "after"), moved.id)
        newest = await create_todo(db, account.id, TodoCreate(title="newest"))
        page = await list_todos(db, account.id, TodoQuery())
    assert [item.id for item in page.items] == [newest.id, *model]


async def test_many_moves_to_one_place_keep_keys_short_and_the_order(app: FastAPI, client: httpx2.AsyncClient) -> None:
    first, a, b, last = [await create(client, title) for title in ("first", "a", "b", "last")]
    await patch(client, last, position={"after": first["id"]})
    database: Database = app.state.database
    upper, lower = a["id"], b["id"]
    longest, shortened = 0, False
    for _ in range(14):
        async with database.transaction() as db:
            for _ in range(50):  # each goes between the other two, so that the gap halves
                moved = await db.get_one(Todo, lower)
                place = Place.model_validate({"after": first["id"]})
                await update_todo(db, moved.account_id, moved.id, TodoUpdate(version=moved.version, position=place))
                shortened = shortened or moved.position.startswith("f")
                longest = max(longest, len(moved.position))
                upper, lower = lower, upper
    assert shortened
    assert longest <= 100
    assert await titles(client) == ["first", "a" if upper == a["id"] else "b", "b" if upper == a["id"] else "a", "last"]
    await create(client, "new")
    assert (await titles(client))[0] == "new"


@pytest.mark.parametrize(
    "place", [{}, {"before": None}, {"before": "x"}, {"before": str(uuid4()), "after": str(uuid4())}]
)
async def test_a_place_is_beside_one_todo(client: httpx2.AsyncClient, place: dict[str, object]) -> None:
    response = await patch(client, await create(client), position=place)

    assert response.status_code == 422
    assert [error["field"].split(".")[0] for error in response.json()["errors"]] == ["position"]


async def test_only_an_own_living_todo_is_a_place(visitor: Visitor) -> None:
    client, other = visitor(), visitor()
    todo, deleted, foreign = await create(client), await create(client), await create(other)
    await client.delete(f"/api/todos/{deleted['id']}")

    for neighbour in (deleted["id"], foreign["id"], str(uuid4())):
        response = await patch(client, todo, position={"before": neighbour})
        assert response.status_code == 422
        assert [error["field"] for error in response.json()["errors"]] == ["position.before"]
    assert (await client.get(f"/api/todos/{todo['id']}")).json() == todo


async def test_moves_at_the_same_time_get_different_places(client: httpx2.AsyncClient) -> None:
    anchor = await create(client, "anchor")
    todos = [await create(client, str(number)) for number in range(8)]
    positions = set()

    async def move(todo: dict[str, object]) -> None:
        positions.add((await patch(client, todo, position={"after": anchor["id"]})).json()["position"])

    async with anyio.create_task_group() as group:
        for todo in todos:
            group.start_soon(move, todo)

    assert len(positions) == len(todos)
    assert (await titles(client))[0] == "anchor"


@pytest.mark.parametrize("sort", ["priority", "due", "title", "created"])
async def test_within_what_is_equal_the_manual_order_holds(app: FastAPI, client: httpx2.AsyncClient, sort: str) -> None:
    due = {"date": "2026-11-25", "time": None, "zone": "UTC"}
    todos = [await create(client, "same", description=str(number), due=due) for number in range(6)]
    database: Database = app.state.database
    async with database.transaction() as db:
        await db.execute(update(Todo).values(created_at=func.now()))
    await patch(client, todos[0], position={"before": todos[5]["id"]})
    await patch(client, todos[4], position={"after": todos[1]["id"]})
    manual = [item["id"] for item in (await client.get("/api/todos")).json()["items"]]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get("/api/todos", params={"sort": sort, "limit": "2", **cursor})).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == manual
