"""Overdue: one definition, for the list, its counts and the assistant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from app import due
from tests.assistant.conversation import ask
from tests.test_todos import create, patch

pytestmark = pytest.mark.anyio

ZONES = ["Pacific/Kiritimati", "UTC", "America/New_York", "Etc/GMT+12"]


def at(zone: str, **ago: int) -> dict[str, Any]:
    moment = datetime.now(ZoneInfo(zone)) - timedelta(**ago)
    return {"date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M}", "zone": zone}


@pytest.mark.parametrize("zone", ZONES)
async def test_what_was_due_before_this_minute_is_overdue_today_too(client: httpx2.AsyncClient, zone: str) -> None:
    yesterday = datetime.now(ZoneInfo(zone)) - timedelta(days=1)
    await create(client, "an hour", due=at(zone, hours=1))
    await create(client, "a minute", due=at(zone, minutes=1))
    await create(client, "yesterday", due={"date": f"{yesterday:%Y-%m-%d}", "time": None, "zone": zone})
    await create(client, "in an hour", due=at(zone, hours=-1))
    await create(client, "the whole day", due={**at(zone), "time": None})
    await create(client, "never")
    done = await create(client, "done", due=at(zone, hours=2))
    await patch(client, done, completed=True)

    page = (await client.get("/api/todos?overdue=true&sort=due")).json()
    said = await ask(client, "what is overdue?", zone="America/Los_Angeles")

    found = [item["title"] for item in page["items"]]
    assert set(found) == {"an hour", "a minute", "yesterday"}
    assert page["counts"] == {"total": 3, "pending": 3, "completed": 0}
    assert [todo["title"] for todo in said.calls[0]["todos"]] == found
    assert said.text.startswith("3 pending todos overdue:")


async def test_what_is_due_in_this_minute_is_not_late(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    monkeypatch.setattr("app.services.listing.this_minute", lambda: minute)
    for clock in ("10:29", "10:30", "10:31"):
        await create(client, clock, due={"date": "2026-11-25", "time": clock, "zone": "UTC"})

    page = (await client.get("/api/todos?overdue=true")).json()

    assert [item["title"] for item in page["items"]] == ["10:29"]
    assert (due.this_minute().second, due.this_minute().microsecond) == (0, 0)


async def test_it_goes_with_the_other_filters(client: httpx2.AsyncClient) -> None:
    await create(client, "late home", due=at("UTC", hours=1), tags=["home"])
    await create(client, "late", due=at("UTC", hours=1))

    page = (await client.get("/api/todos?overdue=true&tag=home&status=pending")).json()

    assert [item["title"] for item in page["items"]] == ["late home"]
    assert (await client.get("/api/todos?overdue=true&status=completed")).json()["items"] == []
    assert (await client.get("/api/todos?overdue=false")).json()["counts"]["total"] == 2
