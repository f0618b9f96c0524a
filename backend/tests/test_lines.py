"""Todos in one line: the preview, and adding one."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from app.services import lines

pytestmark = pytest.mark.anyio

LINE = {
    "text": "buy milk tomorrow 9am #home !high every week",
    "at": "2026-11-25T15:30:00Z",
    "zone": "America/New_York",
    "day_first": False,
}
MILK = {
    "title": "buy milk",
    "due": {"date": "2026-11-26", "time": "09:00", "zone": "America/New_York"},
    "repeat": "weekly",
    "priority": "high",
    "tags": ["home"],
}


async def test_a_line_is_previewed_without_making_a_guest(client: httpx2.AsyncClient) -> None:
    response = await client.post("/api/todos/read", json=LINE)

    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    reading = response.json()
    assert {name: reading[name] for name in MILK} == MILK
    assert [(item["kind"], item["words"]) for item in reading["understood"]] == [
        ("due", "tomorrow 9am"), ("tag", "#home"), ("priority", "!high"), ("repeat", "every week")
    ]  # fmt: skip
    assert reading["understood"][0]["kept"] == r"buy milk \tomorrow \9am #home !high every week"


async def test_a_line_is_added_as_at_the_moment_of_enter_however_often_it_is_sent(client: httpx2.AsyncClient) -> None:
    for _ in range(2):
        response = await client.post("/api/todos", json=LINE)
        assert response.status_code == 201
        todo = response.json()
        due = {name: todo["due"][name] for name in ("date", "time", "zone")}
        assert {**{name: todo[name] for name in MILK}, "due": due} == MILK


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "a\0"}, "text"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-25T15:30:00"}, "at"),
        ({"at": "9999-12-31T23:59:59Z"}, "at"),
        ({"at": 5}, "at"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"title": "milk"}, "title"),
    ],
)
async def test_a_line_that_cannot_be_added_is_refused(
    client: httpx2.AsyncClient, change: dict[str, Any], field: str
) -> None:
    response = await client.post("/api/todos", json={**LINE, **change})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_a_todo_is_made_of_its_fields_as_before(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/api/todos", json={"title": "buy milk tomorrow"})).json()["due"] is None
    refused = await client.post("/api/todos", json={"title": ""})
    assert [error["field"] for error in refused.json()["errors"]] == ["title"]


async def test_previews_have_a_limit_of_their_own(
    app: FastAPI, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state, "reads", lines.Pace(per_s=0.5))
    response = await client.post("/api/todos/read", json=LINE)
    assert response.status_code == 429
    assert response.headers["retry-after"] == "1"
    assert (await client.post("/api/todos", json=LINE)).status_code == 201


def test_a_pace_lets_a_second_s_worth_through_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("app.services.lines.time.monotonic", lambda: clock[0])
    pace = lines.Pace(per_s=3)
    assert [pace.take() for _ in range(4)] == [True, True, True, False]
    clock[0] = 0.4
    assert [pace.take() for _ in range(2)] == [True, False]
    clock[0] = 100
    assert [pace.take() for _ in range(4)] == [True, True, True, False]


async def test_the_table_of_cases_is_there_for_the_help(client: httpx2.AsyncClient) -> None:
    sections = (await client.get("/api/todos/read")).json()
    assert {"text": "buy milk today", "meaning": "buy milk ~ 2026-11-25"} in sections[0]["cases"]
