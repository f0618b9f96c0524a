"""Priority, tags, due dates and repeats of a todo, and the filters and orders over them."""

from typing import Any

import httpx2
import pytest

from tests.test_todos import create, patch, titles

pytestmark = pytest.mark.anyio

BERLIN = {"date": "2026-11-25", "time": "09:00", "zone": "Europe/Berlin"}


async def test_a_todo_keeps_every_field(client: httpx2.AsyncClient) -> None:
    todo = await create(
        client, priority="high", tags=["Home", "kita_2", "home", "über-uns"], due=BERLIN, repeat="weekly"
    )

    assert todo["priority"] == "high"
    assert todo["tags"] == ["home", "kita_2", "über-uns"]
    assert todo["due"] == {**BERLIN, "at": "2026-11-25T08:00:00Z"}
    assert todo["repeat"] == "weekly"
    assert (await client.get(f"/api/todos/{todo['id']}")).json() == todo

    same = (await patch(client, todo, tags=["home", "kita_2", "über-uns"], due=BERLIN, repeat="weekly")).json()
    assert same == todo, "nothing was changed"
    changed = (await patch(client, todo, priority="low", tags=[], due={**BERLIN, "time": None})).json()
    assert (changed["priority"], changed["tags"], changed["repeat"]) == ("low", [], "weekly")
    assert changed["due"]["at"] == "2026-11-25T22:59:59Z"
    cleared = (await patch(client, changed, due=None)).json()
    assert (cleared["due"], cleared["repeat"], cleared["version"]) == (None, None, 3)


async def test_a_plain_todo_has_defaults(client: httpx2.AsyncClient) -> None:
    todo = await create(client)

    assert (todo["priority"], todo["tags"], todo["due"], todo["repeat"]) == ("normal", [], None, None)


@pytest.mark.parametrize(
    ("due", "at"),
    [
        ({"date": "2026-03-29", "time": "02:30", "zone": "Europe/Berlin"}, "2026-03-29T01:30:00Z"),  # does not exist
        ({"date": "2026-10-25", "time": "02:30", "zone": "Europe/Berlin"}, "2026-10-25T00:30:00Z"),  # comes twice
        ({"date": "2026-04-04", "time": None, "zone": "America/Santiago"}, "2026-04-05T03:59:59Z"),  # ends twice
        ({"date": "1970-01-01", "time": "00:00", "zone": "Pacific/Kiritimati"}, "1970-01-01T10:40:00Z"),
        ({"date": "9998-12-31", "zone": "Etc/GMT+12"}, "9999-01-01T11:59:59Z"),
    ],
)
async def test_a_due_date_stands_for_an_instant(client: httpx2.AsyncClient, due: dict[str, Any], at: str) -> None:
    assert (await create(client, due=due))["due"]["at"] == at


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"priority": "urgent"}, "priority"),
        ({"priority": 1}, "priority"),
        ({"tags": "home"}, "tags"),
        ({"tags": ["a b"]}, "tags.0"),
        ({"tags": ["ok", ""]}, "tags.1"),
        ({"tags": ["x" * 31]}, "tags.0"),
        ({"tags": ["\u0130" * 16]}, "tags.0"),  # longer in lower case
        ({"tags": ["#home"]}, "tags.0"),
        ({"tags": [str(number) for number in range(11)]}, "tags"),
        ({"due": {**BERLIN, "date": "2026-02-29"}}, "due.date"),
        ({"due": {**BERLIN, "date": 0}}, "due.date"),
        ({"due": {**BERLIN, "date": "1969-12-31"}}, "due.date"),
        ({"due": {**BERLIN, "date": "9999-01-01"}}, "due.date"),
        ({"due": {**BERLIN, "date": "2026-11-25T00:00:00Z"}}, "due.date"),
        ({"due": {**BERLIN, "time": "24:00"}}, "due.time"),
        ({"due": {**BERLIN, "time": "09:00:30"}}, "due.time"),
        ({"due": {**BERLIN, "zone": "Mars/Base"}}, "due.zone"),
        ({"due": {**BERLIN, "zone": "../etc/passwd"}}, "due.zone"),
        ({"due": {**BERLIN, "at": "2026-11-25T08:00:00Z"}}, "due.at"),
        ({"due": {"date": "2026-11-25"}}, "due.zone"),
        ({"due": "2026-11-25"}, "due"),
        ({"repeat": "daily"}, "repeat"),
        ({"repeat": "yearly", "due": BERLIN}, "repeat"),
    ],
)
async def test_invalid_fields_are_refused_by_name(
    client: httpx2.AsyncClient, fields: dict[str, Any], field: str
) -> None:
    todo = await create(client)

    for response in (
        await client.post("/api/todos", json={"title": "x", **fields}),
        await patch(client, todo, **fields),
    ):
        assert response.status_code == 422, response.text
        assert [error["field"] for error in response.json()["errors"]] == [field]
    assert (await client.get(f"/api/todos/{todo['id']}")).json() == todo


async def test_what_repeats_stays_due(client: httpx2.AsyncClient) -> None:
    todo = await create(client, due=BERLIN, repeat="daily")

    response = await patch(client, todo, due=None, repeat="daily")
    assert [error["field"] for error in response.json()["errors"]] == ["repeat"]
    kept = (await patch(client, todo, repeat=None)).json()
    assert (kept["due"]["date"], kept["repeat"]) == (BERLIN["date"], None)


async def test_filters_by_field_and_their_counts(client: httpx2.AsyncClient) -> None:
    await create(client, "a", priority="high", tags=["home", "garden"], due=BERLIN)
    await create(client, "b", priority="high", tags=["Home"], due={**BERLIN, "date": "2026-11-26"})
    await patch(
        client, await create(client, "c", tags=["garden"], due={**BERLIN, "date": "2026-11-27"}), completed=True
    )
    await create(client, "d")

    assert await titles(client, priority="high") == ["b", "a"]
    assert await titles(client, tag="HOME") == ["b", "a"]
    assert await titles(client, tag="garden", status="pending") == ["a"]
    assert await titles(client, tag="hom") == []
    assert await titles(client, due_from="2026-11-26") == ["c", "b"]
    assert await titles(client, due_to="2026-11-26") == ["b", "a"]
    assert await titles(client, due_from="2026-11-26", due_to="2026-11-26", priority="high", q="B") == ["b"]
    page = (await client.get("/api/todos", params={"tag": "garden", "status": "pending"})).json()
    assert page["counts"] == {"total": 2, "pending": 1, "completed": 1}


async def test_orders(client: httpx2.AsyncClient) -> None:
    await create(client, "banana", priority="low", due=BERLIN)
    await create(client, "Äpfel")
    await create(client, "cherry", priority="high", due={**BERLIN, "time": None})
    await create(client, "apple", priority="high", due={**BERLIN, "zone": "Asia/Tokyo"})

    for sort, expected in {
        "manual": ["apple", "cherry", "Äpfel", "banana"],
        "created": ["apple", "cherry", "Äpfel", "banana"],
        "due": ["apple", "banana", "cherry", "Äpfel"],
        "title": ["apple", "Äpfel", "banana", "cherry"],
    }.items():
        assert await titles(client, sort=sort) == expected, sort
    assert [title in {"apple", "cherry"} for title in await titles(client, sort="priority")] == [
        True,
        True,
        False,
        False,
    ]
    assert (await titles(client, sort="priority"))[2:] == ["Äpfel", "banana"]


@pytest.mark.parametrize(
    "query",
    ["sort=age", "priority=urgent", "tag=a%20b", "due_from=0", "due_to=2026-02-30", "due_from=2026-11-25T00:00:00Z"],
)
async def test_invalid_filters_are_refused_by_name(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get(f"/api/todos?{query}")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [query.partition("=")[0]]


async def test_a_cursor_of_another_order_is_refused(client: httpx2.AsyncClient) -> None:
    await create(client, "a")
    await create(client, "b")
    cursor = (await client.get("/api/todos?limit=1&sort=title")).json()["next_cursor"]

    assert (await client.get("/api/todos", params={"sort": "title", "cursor": cursor})).json()["items"][0][
        "title"
    ] == "b"
    response = await client.get("/api/todos", params={"sort": "due", "cursor": cursor})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["cursor"]
