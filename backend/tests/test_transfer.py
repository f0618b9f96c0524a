"""Export and import: what goes out comes in again, once, and whole or not at all."""

import json
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.core.middleware import MAX_IMPORT_BYTES
from app.due import FIRST_DATE, LAST_DATE
from app.models import Account, Priority, Repeat
from app.schemas.transfer import MAX_TODOS, ImportDocument
from app.services import transfer
from app.services.transfer import export_todos, import_todos
from tests.conftest import Visitor
from tests.test_problems import check_problem
from tests.test_todos import create, patch, titles

pytestmark = pytest.mark.anyio

MOMENT = "2026-11-25T08:00:00Z"


def document(*todos: dict[str, Any], **fields: object) -> dict[str, Any]:
    head = {"format": "todo-app", "format_version": 1, "exported_at": MOMENT}
    return {**head, "todos": [{"id": str(uuid4()), "created_at": MOMENT, **todo} for todo in todos], **fields}


async def export(client: httpx2.AsyncClient) -> dict[str, Any]:
    response = await client.get("/api/export")
    assert response.status_code == 200
    exported: dict[str, Any] = response.json()
    return exported


async def load(client: httpx2.AsyncClient, what: dict[str, Any], query: str = "") -> dict[str, int]:
    """Import; returns what was done, without what was done to none."""
    response = await client.post(f"/api/import{query}", json=what)
    assert response.status_code == 200, response.text
    done: dict[str, Any] = response.json()
    changed = bool(done["created"] or done["restored"])
    assert (done.pop("undo") is not None) == (changed and "dry_run" not in query)
    return {name: number for name, number in done.items() if number}


async def test_a_visitors_todos_move_to_another_visitor(visitor: Visitor) -> None:
    client, other = visitor(), visitor()
    due = {"date": "2026-01-31", "time": "09:00", "zone": "Europe/Berlin"}
    await create(client, "a", description="all of it", priority="high", tags=["home"], due=due, repeat="monthly")
    b = await create(client, "b")
    await patch(client, b, completed=True)
    await client.delete(f"/api/todos/{(await create(client, 'deleted'))['id']}")
    await patch(client, await create(client, "c"), position={"after": b["id"]})

    response = await client.get("/api/export")
    exported = response.json()

    assert response.headers["content-disposition"] == f'attachment; filename="todos-{datetime.now(UTC):%Y-%m-%d}.json"'
    assert [todo["title"] for todo in exported["todos"]] == ["b", "c", "a"]
    assert exported["todos"][2]["due"] == due
    await create(other, "mine")
    assert await load(other, exported, "?dry_run=true") == {"created": 3}
    assert await titles(other) == ["mine"]
    assert await load(other, exported) == {"created": 3}
    assert await titles(other) == ["b", "c", "a", "mine"]
    await create(other, "new")
    assert (await titles(other))[0] == "new"
    assert await load(other, exported) == {"skipped": 3}
    assert await load(client, exported, "?dry_run=true") == {"skipped": 3}, "they are its own"
    assert await load(client, await export(other)) == {"created": 5}


@pytest.mark.parametrize("way", ["one by one", "together", "by the assistant", "twice", "elsewhere"])
async def test_an_import_brings_back_what_was_deleted(visitor: Visitor, way: str) -> None:
    client = visitor()
    a, _, c = [await create(client, title, tags=["home"]) for title in "abc"]
    exported = await export(client)
    if way == "elsewhere":  # where they have other ids
        client = visitor()
        await load(client, exported)
        c, _, a = (await client.get("/api/todos")).json()["items"]
    if way == "together":
        await client.post("/api/todos/bulk", json={"action": "delete", "ids": [a["id"], c["id"]]})
    elif way == "by the assistant":
        await client.post("/api/chat", json={"message": "delete a and delete c"})
    else:
        for todo in (a, c):
            await client.delete(f"/api/todos/{todo['id']}")
    assert await titles(client) == ["b"]
    if way == "twice":
        await load(client, exported)
        for todo in (a, c):
            await client.delete(f"/api/todos/{todo['id']}")

    assert await load(client, exported, "?dry_run=true") == {"restored": 2, "skipped": 1}
    assert await titles(client) == ["b"]
    response = (await client.post("/api/import", json=exported)).json()
    assert (response["created"], response["restored"], response["skipped"]) == (0, 2, 1)

    assert await titles(client) == ["c", "b", "a"], "each is where it was"
    assert await load(client, exported) == {"skipped": 3}
    assert (await client.post("/api/undo", json={"undo": response["undo"]})).status_code == 200
    assert await titles(client) == ["b"]


async def test_an_import_can_be_taken_back(client: httpx2.AsyncClient) -> None:
    await create(client, "mine")
    what = document({"title": "a"}, {"title": "b"})
    token = (await client.post("/api/import", json=what)).json()["undo"]

    assert (await client.post("/api/undo", json={"undo": token})).status_code == 200

    assert await titles(client) == ["mine"]
    assert await load(client, what) == {"created": 2}, "they were not deleted, they were never there"


async def test_a_document_is_json_in_utf_8(client: httpx2.AsyncClient) -> None:
    text = json.dumps(document({"title": "Größe 🌱"}), ensure_ascii=False)
    as_json = {"content-type": "application/json"}

    marked = await client.post("/api/import", content=text.encode("utf-8-sig"), headers=as_json)
    assert marked.json()["created"] == 1, "some editors mark it as such"
    assert await titles(client) == ["Größe 🌱"]
    for body in (text.encode("utf-16"), text.encode()[:-1], b'{"todos": NaN}', b"\xff", b""):
        response = await client.post("/api/import", content=body, headers=as_json)
        check_problem(response, 422, "validation")
        assert response.json()["errors"][0]["field"] in {"body", "format"}, body
    plain = await client.post("/api/import", content=text.encode(), headers={"content-type": "text/plain"})
    assert plain.status_code == 422


async def test_what_an_earlier_release_exported(client: httpx2.AsyncClient) -> None:
    due = {"date": "2126-02-28", "time": None, "zone": "UTC"}
    assert await load(client, document({"title": "a", "due": due, "repeat": "monthly"})) == {"created": 1}


async def test_a_visitor_without_a_session(visitor: Visitor) -> None:
    client = visitor()

    assert (await export(client))["todos"] == []
    assert await load(client, document({"title": "a"}), "?dry_run=true") == {"created": 1}
    assert not client.cookies
    assert await load(client, document({"title": "a"})) == {"created": 1}
    assert await titles(client) == ["a"]


SAME = str(uuid4())
DUE = {"date": "2126-02-28", "time": None, "zone": "UTC"}


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (document(format="other-app"), "format"),
        (document(format_version=3), "format_version"),
        (document(exported_at=None), "exported_at"),
        (document(more=1), "more"),
        (document(todos={}), "todos"),
        (document({"title": "a"}, {"title": ""}), "todos.1.title"),
        (document({"title": "a", "version": 1}), "todos.0.version"),
        (document({"title": "a", "repeat": "daily"}), "todos.0.repeat"),
        (document({"title": "a", "repeat_day": 31}), "todos.0"),
        (document({"title": "a", "due": DUE, "repeat": "monthly", "repeat_day": 32}), "todos.0.repeat_day"),
        (document({"title": "a", "id": "7"}), "todos.0.id"),
        (document({"title": "a", "created_at": 0}), "todos.0.created_at"),
        (document({"title": "a", "created_at": "2026-11-25T08:00:00"}), "todos.0.created_at"),
        (document({"title": "a", "completed_at": "0001-01-01T00:00:00+14:00"}), "todos.0.completed_at"),
        (document({"title": "a", "id": SAME}, {"title": "b", "id": SAME}), "todos"),
        (document({"title": "a", "id": SAME}, {"title": "b", "id": SAME.upper()}), "todos"),
        (document({"title": "a", "id": SAME, "repeated_from": SAME}), "todos.0"),
        (document({"title": "a", "due": {**DUE, "date": "9999-01-01"}}), "todos.0.due.date"),
        (document({"title": "a", "due": {**DUE, "zone": "Mars/Base"}}), "todos.0.due.zone"),
        (document({"title": "a"}, {"title": "\u200b"}), "todos.1.title"),
        (document({"title": "a", "tags": [f"t{number}" for number in range(11)]}), "todos.0.tags"),
    ],
)
async def test_an_invalid_document_changes_nothing(client: httpx2.AsyncClient, what: object, field: str) -> None:
    response = await client.post("/api/import", json=what)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert (await export(client))["todos"] == []


async def test_many_statements_of_an_import_are_one(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "BATCH", 7)
    client, other = visitor(), visitor()
    everything = document(*({"title": f"todo {number}", "description": "é" * 1000} for number in range(40)))

    assert await load(client, everything) == {"created": 40}
    assert await load(other, await export(client)) == {"created": 40}
    assert [todo["title"] for todo in (await export(other))["todos"]] == [f"todo {number}" for number in range(40)]


@pytest.mark.long
@pytest.mark.parametrize(("number", "note"), [(24_000, ""), (9_000, "x" * 1000), (6_000, "é" * 1000)])
async def test_what_is_exported_can_be_imported(visitor: Visitor, number: int, note: str) -> None:
    client, other = visitor(), visitor()
    for part in range(0, number, 3_000):
        titles = (f"todo {part + index}" for index in range(3_000))
        await load(client, document(*({"title": title, "description": note} for title in titles)))

    assert await load(other, await export(client)) == {"created": number}


@pytest.mark.long
async def test_the_largest_import(client: httpx2.AsyncClient) -> None:
    everything = document(*({"title": f"todo {number}", "description": "x" * 100} for number in range(MAX_TODOS)))
    body = json.dumps(everything)
    assert len(body) < MAX_IMPORT_BYTES

    assert await load(client, everything) == {"created": MAX_TODOS}
    assert (await client.get("/api/todos?limit=1")).json()["counts"]["total"] == MAX_TODOS
    assert (await export(client))["todos"][-1]["title"] == f"todo {MAX_TODOS - 1}"
    everything["todos"].append({**everything["todos"][0], "id": str(uuid4())})
    assert (await client.post("/api/import", json=everything)).status_code == 422
    response = await client.post("/api/import", content=body + " " * MAX_IMPORT_BYTES)
    assert (response.status_code, response.json()["type"]) == (413, "/problems/body-too-large")


def text(limit: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=least, max_size=limit)


moments = st.builds(datetime.combine, st.dates(FIRST_DATE, date(9998, 12, 30)), st.times(), st.just(UTC)).map(
    datetime.isoformat
)
dues = st.fixed_dictionaries(
    {
        "date": st.dates(FIRST_DATE, LAST_DATE).map(date.isoformat),
        "time": st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at:%H:%M}"),
        "zone": st.sampled_from(["UTC", "Europe/Berlin", "America/Santiago", "Pacific/Kiritimati", "Asia/Kathmandu"]),
    }
)
todos = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "title": text(50, 1).filter(str.strip).map(lambda title: title.strip() or "x"),
        "description": text(50).map(str.strip),
        "completed_at": st.none() | moments,
        "priority": st.sampled_from([*Priority]).map(str),
        "tags": st.lists(text(30, 1), max_size=10),
        "due": st.none() | dues,
        "repeat": st.none() | st.sampled_from([*Repeat]).map(str),
        "created_at": moments,
    }
)


def is_valid(todo: dict[str, Any]) -> bool:
    try:
        ImportDocument.model_validate(document(todo))
    except ValueError:
        return False
    return True


def without_ids(exported: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in todo.items() if name != "id"} for todo in exported]


@settings(max_examples=40, suppress_health_check=[*HealthCheck])
@given(st.lists(todos.filter(is_valid), max_size=5, unique_by=lambda todo: str(todo["id"])))
async def test_what_goes_out_comes_in_again(app: FastAPI, what: list[dict[str, Any]]) -> None:
    database: Database = app.state.database
    first, second = Account(id=uuid4()), Account(id=uuid4())
    async with database.transaction() as db:
        db.add_all([first, second])
        await db.flush()
        assert (await import_todos(db, first.id, ImportDocument.model_validate(document(*what)))).created == len(what)
        out = json.loads(await export_todos(db, first.id))
        assert (await import_todos(db, second.id, ImportDocument.model_validate(out))).created == len(what)
        again = json.loads(await export_todos(db, second.id))
        assert (await import_todos(db, second.id, ImportDocument.model_validate(out))).created == 0
        assert (await import_todos(db, second.id, ImportDocument.model_validate(again))).created == 0

    assert without_ids(again["todos"]) == without_ids(out["todos"])
    parsed = [todo.unpack().model_dump(mode="json") for todo in ImportDocument.model_validate(document(*what)).todos]
    for todo, exported in zip(parsed, out["todos"], strict=True):
        monthly = todo["due"] and todo["repeat"] == "monthly"
        todo |= {"repeat_day": int(todo["due"]["date"][8:]) if monthly else None, "updated_at": exported["updated_at"]}
    assert without_ids(out["todos"]) == without_ids(parsed)
