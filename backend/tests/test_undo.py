"""Changes of several todos, and taking a change back."""

from typing import Any
from uuid import UUID, uuid4

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.core.db import Database
from app.models import Account, Repeat, Todo
from app.schemas.todos import DueInput, Place, TodoCreate, TodoUpdate
from app.services import undo
from app.services.todos import create_todo, delete_todo, restore_todo, update_todo
from tests.conftest import Visitor
from tests.test_todos import create, patch, titles

pytestmark = pytest.mark.anyio

DUE = {"date": "2026-01-31", "time": None, "zone": "Europe/Berlin"}


async def bulk(client: httpx2.AsyncClient, action: str, *todos: dict[str, Any], **more: object) -> httpx2.Response:
    return await client.post("/api/todos/bulk", json={"action": action, "ids": [todo["id"] for todo in todos], **more})


async def take_back(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post("/api/undo", json={"undo": token})


async def items(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in item.items() if name not in {"version", "updated_at"}}
        for item in (await client.get("/api/todos")).json()["items"]
    ]


async def test_completing_several_and_taking_it_back(client: httpx2.AsyncClient) -> None:
    done = (await patch(client, await create(client, "done"), completed=True)).json()
    once, weekly = await create(client, "once"), await create(client, "weekly", due=DUE, repeat="weekly")
    before = await items(client)

    answer = (await bulk(client, "complete", weekly, once, done)).json()

    assert [item["title"] for item in answer["items"]] == ["weekly", "once", "done", "weekly"]
    assert [item["completed"] for item in answer["items"]] == [True, True, True, False]
    assert answer["items"][2] == done, "it was completed already"
    assert len(await titles(client)) == 4
    undone = await take_back(client, answer["undo"])
    assert sorted(item["title"] for item in undone.json()["items"]) == ["once", "weekly"]
    assert await items(client) == before


async def test_deleting_several_and_taking_it_back(client: httpx2.AsyncClient) -> None:
    a, b, _ = [await create(client, title) for title in "abc"]
    before = await items(client)

    answer = (await bulk(client, "delete", a, b)).json()

    assert answer["items"] == []
    assert await titles(client) == ["c"]
    undone = (await take_back(client, answer["undo"])).json()
    assert [item["title"] for item in undone["items"]] == ["b", "a"]
    assert await items(client) == before


async def test_tagging_several_and_taking_it_back(client: httpx2.AsyncClient) -> None:
    a, b = await create(client, "a", tags=["x"]), await create(client, "b", tags=["home"])

    answer = (await bulk(client, "tag", a, b, tag="Home")).json()

    assert [item["tags"] for item in answer["items"]] == [["x", "home"], ["home"]]
    assert answer["items"][1] == b
    undone = (await take_back(client, answer["undo"])).json()
    assert [(item["title"], item["tags"]) for item in undone["items"]] == [("a", ["x"])]
    again = (await bulk(client, "tag", b, tag="home")).json()
    assert (again["items"], again["undo"]) == ([b], None), "there is nothing to take back"


async def test_all_or_none(client: httpx2.AsyncClient) -> None:
    full = await create(client, "full", tags=[str(number) for number in range(10)])
    todo = await create(client, "todo")

    for response in (
        await bulk(client, "delete", todo, {"id": str(uuid4())}),
        await bulk(client, "complete", todo, {"id": str(uuid4())}),
        await bulk(client, "tag", todo, {"id": str(uuid4())}, tag="x"),
    ):
        assert response.status_code == 404
    response = await bulk(client, "tag", todo, full, tag="x")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "tag"
    assert (await client.get("/api/todos")).json()["items"] == [todo, full]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "explode", "ids": [str(uuid4())]}, "action"),
        ({"action": "delete", "ids": []}, "ids"),
        ({"action": "delete", "ids": [str(UUID(int=7))] * 2}, "ids"),
        ({"action": "delete", "ids": [str(uuid4()) for _ in range(201)]}, "ids"),
        ({"action": "delete", "ids": ["x"]}, "ids.0"),
        ({"action": "tag", "ids": [str(uuid4())]}, "body"),
        ({"action": "delete", "ids": [str(uuid4())], "tag": "home"}, "body"),
        ({"action": "tag", "ids": [str(uuid4())], "tag": "a b"}, "tag"),
    ],
)
async def test_invalid_changes_of_several_are_refused(
    client: httpx2.AsyncClient, body: dict[str, object], field: str
) -> None:
    response = await client.post("/api/todos/bulk", json=body)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_a_token_works_once_for_its_owner_and_for_an_hour(app: FastAPI, visitor: Visitor) -> None:
    client, other = visitor(), visitor()
    todo = await create(client)
    await create(other)
    token = (await bulk(client, "complete", todo)).json()["undo"]

    for stranger, wrong in ((other, token), (visitor(), token), (client, str(uuid4())), (client, "no token")):
        response = await take_back(stranger, wrong)
        assert (response.status_code, response.json()["type"]) == (404, "/problems/undo-gone")
    assert (await take_back(client, token)).status_code == 200
    assert (await take_back(client, token)).status_code == 404

    token = (await bulk(client, "delete", todo)).json()["undo"]
    database: Database = app.state.database
    async with database.transaction() as db:
        await db.execute(text("UPDATE undos SET created_at = created_at - CAST('1 hour' AS interval)"))
    assert (await take_back(client, token)).status_code == 404


async def test_at_the_same_time_it_is_taken_back_once(client: httpx2.AsyncClient) -> None:
    token = (await bulk(client, "complete", await create(client))).json()["undo"]
    statuses = []

    async def undo_it() -> None:
        statuses.append((await take_back(client, token)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(undo_it)
    assert sorted(statuses) == [200] + [404] * 9


@pytest.mark.parametrize("touched", ["todo", "successor"])
async def test_what_was_changed_since_is_not_taken_back(client: httpx2.AsyncClient, touched: str) -> None:
    todo, other = await create(client, "todo", due=DUE, repeat="daily"), await create(client, "other")
    done = (await bulk(client, "complete", todo, other)).json()
    await patch(client, done["items"][0 if touched == "todo" else 2], title="renamed")
    before = await items(client)

    response = await take_back(client, done["undo"])

    assert (response.status_code, response.json()["type"]) == (409, "/problems/undo-stale")
    assert await items(client) == before


async def test_old_deleted_todos_and_tokens_go_when_others_come(app: FastAPI, visitor: Visitor) -> None:
    client = visitor()
    old, recent = await create(client, "old"), await create(client, "recent")
    await bulk(client, "delete", old, recent)
    database: Database = app.state.database
    async with database.transaction() as db:
        aged = "UPDATE todos SET deleted_at = deleted_at - CAST('30 days' AS interval) WHERE id = :id"
        await db.execute(text(aged), {"id": UUID(old["id"])})
        await db.execute(text("UPDATE undos SET created_at = created_at - CAST('1 hour' AS interval)"))

    await create(visitor(), "someone else's")

    assert (await client.post(f"/api/todos/{old['id']}/restore")).status_code == 404
    assert (await client.post(f"/api/todos/{recent['id']}/restore")).status_code == 200
    async with database.transaction() as db:
        assert await db.scalar(text("SELECT count(*) FROM undos WHERE created_at < now() - interval '1 hour'")) == 0


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["create", "title", "due", "clear", "complete", "reopen", "delete", "restore", "move"]),
        st.integers(0, 2),
    ),
    max_size=6,
)


async def change(db: Any, account_id: UUID, todo_id: UUID, kind: str) -> None:
    """Do one thing to a todo, if it can be done."""
    if kind == "create":
        due = DueInput.model_validate(DUE)
        await create_todo(db, account_id, TodoCreate(title="new", due=due, repeat=Repeat.WEEKLY))
        return
    todo = await db.get(Todo, todo_id)
    if todo is None or (todo.deleted_at is not None) != (kind == "restore"):
        return
    if kind == "delete":
        await delete_todo(db, account_id, todo_id)
    elif kind == "restore":
        await restore_todo(db, account_id, todo_id)
    else:
        fields: Any = {
            "title": {"title": f"{todo.title}!"},
            "due": {"due": DueInput.model_validate({**DUE, "date": "2026-02-15"}), "repeat": Repeat.MONTHLY},
            "clear": {"due": None},
            "complete": {"completed": True},
            "reopen": {"completed": False},
            "move": {"position": Place(before=todo_id)},
        }[kind]
        await update_todo(db, account_id, todo_id, TodoUpdate(version=todo.version, **fields))


async def rows(db: Any, account_id: UUID) -> list[tuple[Any, ...]]:
    columns = [column for column in Todo.__table__.columns if column.name not in {"version", "updated_at"}]
    found = await db.execute(select(*columns).where(Todo.account_id == account_id).order_by(Todo.id))
    return [tuple(row) for row in found]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(earlier=CHANGES, recorded=st.lists(CHANGES, min_size=1, max_size=3))
async def test_whatever_was_recorded_is_put_back_last_first(
    app: FastAPI, earlier: list[tuple[str, int]], recorded: list[list[tuple[str, int]]]
) -> None:
    database: Database = app.state.database
    account = Account(id=uuid4())
    async with database.transaction() as db:
        db.add(account)
        await db.flush()
        due = DueInput.model_validate(DUE)
        ids = [
            (await create_todo(db, account.id, TodoCreate(title=str(number), due=due, repeat=Repeat.DAILY))).id
            for number in range(3)
        ]
        for kind, number in earlier:
            await change(db, account.id, ids[number], kind)
    states: list[tuple[list[tuple[Any, ...]], str | None]] = []
    for changes in recorded:
        async with database.transaction() as db:
            ids = list(await db.scalars(select(Todo.id).where(Todo.account_id == account.id).order_by(Todo.id)))
            before = await rows(db, account.id)
            async with undo.recording(db, account.id) as record:
                for kind, number in changes:
                    await change(db, account.id, ids[number], kind)
            states.append((before, record.token))
            if record.token is None:
                assert [row for row in await rows(db, account.id) if row not in before] == []
    for before, token in reversed(states):
        async with database.transaction() as db:
            if token is not None:
                await undo.take_back(db, account.id, token)
        async with database.transaction() as db:
            assert await rows(db, account.id) == before
