"""The todo endpoints, as a browser uses them."""

from typing import Any

import httpx2
import pytest

from tests.conftest import Visitor

pytestmark = pytest.mark.anyio


async def create(client: httpx2.AsyncClient, title: str = "buy milk", **fields: object) -> dict[str, Any]:
    response = await client.post("/api/todos", json={"title": title, **fields})
    assert response.status_code == 201, response.text
    todo: dict[str, Any] = response.json()
    return todo


async def patch(client: httpx2.AsyncClient, todo: dict[str, Any], **change: object) -> httpx2.Response:
    return await client.patch(f"/api/todos/{todo['id']}", json={"version": todo["version"], **change})


async def titles(client: httpx2.AsyncClient, **params: str) -> list[str]:
    page = (await client.get("/api/todos", params=params)).json()
    return [item["title"] for item in page["items"]]


async def test_a_new_todo_is_trimmed_and_complete(client: httpx2.AsyncClient) -> None:
    todo = await create(client, "  buy milk \n", description=" two bottles ")

    assert todo["title"] == "buy milk"
    assert todo["description"] == "two bottles"
    assert (todo["completed"], todo["completed_at"], todo["version"]) == (False, None, 1)
    assert todo["created_at"] == todo["updated_at"]
    assert todo["created_at"].endswith("Z")
    assert (await client.get(f"/api/todos/{todo['id']}")).json() == todo


async def test_a_visitor_without_a_session_has_an_empty_list(client: httpx2.AsyncClient) -> None:
    response = await client.get("/api/todos")

    assert response.json() == {
        "items": [],
        "next_cursor": None,
        "counts": {"total": 0, "pending": 0, "completed": 0},
    }
    assert "set-cookie" not in response.headers


async def test_completing_and_reopening(client: httpx2.AsyncClient) -> None:
    todo = await create(client)

    done = (await patch(client, todo, completed=True)).json()
    assert (done["completed"], done["version"]) == (True, 2)
    assert done["completed_at"] >= todo["created_at"]
    assert done["updated_at"] > todo["updated_at"]

    reopened = (await patch(client, done, completed=False)).json()
    assert (reopened["completed"], reopened["completed_at"], reopened["version"]) == (False, None, 3)


async def test_a_change_to_what_already_is_changes_nothing(client: httpx2.AsyncClient) -> None:
    todo = await create(client)

    response = await patch(client, todo, title="buy milk", description="", completed=False)

    assert response.status_code == 200
    assert response.json() == todo


async def test_a_stale_change_is_refused_with_the_current_todo(client: httpx2.AsyncClient) -> None:
    todo = await create(client)
    renamed = (await patch(client, todo, title="buy oat milk")).json()

    response = await patch(client, todo, title="buy soy milk")

    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "/problems/stale-version"
    assert problem["current"] == renamed
    assert await titles(client) == ["buy oat milk"]


async def test_deleting_and_restoring(client: httpx2.AsyncClient) -> None:
    await create(client, "other")
    todo = await create(client)
    address = f"/api/todos/{todo['id']}"

    assert (await client.delete(address)).status_code == 204
    for response in (await client.delete(address), await client.get(address), await patch(client, todo, title="x")):
        assert response.status_code == 404
    assert await titles(client) == ["other"]
    assert (await client.get("/api/todos")).json()["counts"]["total"] == 1

    restored = (await client.post(f"{address}/restore")).json()
    assert {**restored, "version": 1, "updated_at": todo["updated_at"]} == todo
    assert await titles(client) == ["buy milk", "other"]
    again = await client.post(f"{address}/restore")
    assert (again.status_code, again.json()) == (200, restored)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/restore")])
@pytest.mark.parametrize("has_session", [True, False])
async def test_another_visitors_todo_is_not_found(visitor: Visitor, method: str, path: str, has_session: bool) -> None:
    owner, other = visitor(), visitor()
    todo = await create(owner, "secret")
    if has_session:
        await create(other, "mine")
    body = {"version": 1, "title": "taken"} if method == "PATCH" else None

    response = await other.request(method, f"/api/todos/{todo['id']}{path}", json=body)

    assert response.status_code == 404
    assert response.json()["type"] == "/problems/not-found"
    assert await titles(other) == (["mine"] if has_session else [])
    assert await titles(owner) == ["secret"]


async def test_filters_and_counts(client: httpx2.AsyncClient) -> None:
    for title, description, done in [
        ("Buy milk", "", True),
        ("Buy bread", "100% rye", False),
        ("Call Anna", "about the MILK", False),
    ]:
        todo = await create(client, title, description=description)
        if done:
            await patch(client, todo, completed=True)

    assert await titles(client) == ["Call Anna", "Buy bread", "Buy milk"]
    assert await titles(client, status="pending") == ["Call Anna", "Buy bread"]
    assert await titles(client, status="completed") == ["Buy milk"]
    assert await titles(client, q=" milk ") == ["Call Anna", "Buy milk"]
    assert await titles(client, q="%") == ["Buy bread"]
    assert await titles(client, q="_") == []
    page = (await client.get("/api/todos", params={"q": "milk", "status": "pending"})).json()
    assert page["counts"] == {"total": 2, "pending": 1, "completed": 1}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": " \t\n"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": 5}, "title"),
        ({"title": None}, "title"),
        ({"title": "x", "description": "y" * 1001}, "description"),
        ({"title": "x", "description": None}, "description"),
        ({"title": "x", "titel": "y"}, "titel"),
        ([], "body"),
    ],
)
async def test_invalid_todos_are_refused_by_field(client: httpx2.AsyncClient, body: object, field: str) -> None:
    response = await client.post("/api/todos", json=body)

    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/problems/validation"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["errors"][0]["message"]
    assert "set-cookie" not in response.headers, "an invalid write makes no guest"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "x"}, "version"),
        ({"version": 1}, "body"),
        ({"version": "1", "title": "x"}, "version"),
        ({"version": 10**30, "title": "x"}, "version"),
        ({"version": 1, "completed": "yes"}, "completed"),
        ({"version": 1, "title": None}, "title"),
    ],
)
async def test_invalid_changes_are_refused_by_field(
    client: httpx2.AsyncClient, change: dict[str, object], field: str
) -> None:
    todo = await create(client)

    response = await client.patch(f"/api/todos/{todo['id']}", json=change)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=201", "limit"), ("status=done", "status"), ("q=%00", "q"), ("cursor=x", "cursor")],
)
async def test_invalid_queries_are_refused_by_field(client: httpx2.AsyncClient, query: str, field: str) -> None:
    await create(client)

    response = await client.get(f"/api/todos?{query}")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_the_longest_texts_fit(client: httpx2.AsyncClient) -> None:
    todo = await create(client, "\U0001f600" * 200, description="\U0001f600" * 1000)

    assert (len(todo["title"]), len(todo["description"])) == (200, 1000)
