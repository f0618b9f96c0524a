"""Every change has its undo, which leaves nothing of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from tests.test_todos import create, patch, titles
from tests.test_undo import DUE, items, take_back

pytestmark = pytest.mark.anyio

FIELD_CHANGES: dict[str, dict[str, Any]] = {
    "title": {"title": "b"},
    "description": {"description": "more"},
    "priority": {"priority": "high"},
    "tags": {"tags": []},
    "due": {"due": {**DUE, "date": "2126-05-15"}},
    "no due": {"due": None},
    "repeat": {"repeat": "daily"},
    "completed": {"completed": True},
    "several": {"title": "b", "tags": ["x"], "due": None, "completed": True},
}


@pytest.mark.parametrize("change", FIELD_CHANGES.values(), ids=FIELD_CHANGES)
async def test_every_change_of_a_todo_can_be_taken_back(client: httpx2.AsyncClient, change: dict[str, Any]) -> None:
    due = {**DUE, "date": "2126-01-31"}
    todo = await create(client, "a", description="note", tags=["home"], due=due, repeat="monthly")
    await patch(client, todo, completed=True)
    [todo] = (await client.get("/api/todos?status=pending")).json()[
        "items"
    ]  # it is due on 28 February, and keeps to 31
    before = await items(client)

    response = await patch(client, todo, **change)
    assert await items(client) != before
    assert (await take_back(client, response.headers["undo-token"])).status_code == 200

    assert await items(client) == before
    [todo] = (await client.get("/api/todos?status=pending")).json()["items"]
    await patch(client, todo, completed=True)
    [following] = (await client.get("/api/todos?status=pending")).json()["items"]
    assert following["due"]["date"] == "2126-03-31"


async def test_adding_moving_deleting_and_restoring_can_be_taken_back(client: httpx2.AsyncClient) -> None:
    a, b = await create(client, "a"), await create(client, "b")
    before = await items(client)
    ways: tuple[Callable[[], Awaitable[httpx2.Response]], ...] = (
        lambda: client.post("/api/todos", json={"title": "c"}),
        lambda: patch(client, b, position={"after": a["id"]}),
        lambda: client.delete(f"/api/todos/{a['id']}"),
    )
    for make in ways:
        response = await make()
        assert await items(client) != before
        undone = await take_back(client, response.headers["undo-token"])
        assert undone.status_code == 200
        assert await items(client) == before
    await client.delete(f"/api/todos/{a['id']}")
    response = await client.post(f"/api/todos/{a['id']}/restore")
    await take_back(client, response.headers["undo-token"])
    assert await titles(client) == ["b"]


async def test_changes_are_taken_back_one_after_the_other(client: httpx2.AsyncClient) -> None:
    tokens = []
    response = await client.post("/api/todos", json={"title": "a"})
    tokens.append(response.headers["undo-token"])
    for name in ("title", "due", "repeat", "completed", "several", "tags"):
        change = FIELD_CHANGES[name]
        response = await patch(client, response.json(), **change)
        tokens += [response.headers["undo-token"]] if "undo-token" in response.headers else []

    for token in reversed(tokens):
        assert (await take_back(client, token)).status_code == 200
    assert await titles(client) == []


async def test_what_changes_nothing_has_nothing_to_take_back(client: httpx2.AsyncClient) -> None:
    todo = await create(client, "a")

    assert "undo-token" not in (await patch(client, todo, title="a")).headers
    assert "undo-token" not in (await client.post(f"/api/todos/{todo['id']}/restore")).headers
