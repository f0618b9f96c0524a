"""What was exported behaves elsewhere as it did here."""

from typing import Any

import httpx2
import pytest

from tests.conftest import Visitor
from tests.test_todos import create, patch, titles
from tests.test_transfer import export, load

pytestmark = pytest.mark.anyio


async def completed(client: httpx2.AsyncClient, todo: dict[str, Any]) -> dict[str, Any]:
    """Complete a todo; returns its next occurrence."""
    await patch(client, todo, completed=True)
    page = (await client.get("/api/todos?status=pending")).json()
    following: dict[str, Any] = page["items"][0]
    return following


async def test_a_monthly_rhythm_keeps_its_day_elsewhere(visitor: Visitor) -> None:
    client, other = visitor(), visitor()
    due = {"date": "2126-01-31", "time": None, "zone": "UTC"}
    february = await completed(client, await create(client, "rent", due=due, repeat="monthly"))
    assert february["due"]["date"] == "2126-02-28"

    await load(other, await export(client))

    [there] = (await other.get("/api/todos?status=pending")).json()["items"]
    assert (await completed(other, there))["due"]["date"] == "2126-03-31"


@pytest.mark.parametrize("touched", [False, True])
async def test_a_completion_can_be_taken_back_elsewhere(visitor: Visitor, touched: bool) -> None:
    client, other = visitor(), visitor()
    due = {"date": "2126-01-30", "time": "09:00", "zone": "UTC"}
    following = await completed(client, await create(client, "water", due=due, repeat="daily"))
    if touched:
        await patch(client, following, description="a lot")

    await load(other, await export(client))

    [done] = (await other.get("/api/todos?status=completed")).json()["items"]
    reopened = (await patch(other, done, completed=False)).json()
    assert reopened["repeat"] == (None if touched else "daily")
    assert await titles(other) == ["water"] * (2 if touched else 1)


async def test_when_a_todo_was_changed_last_is_known_elsewhere(visitor: Visitor) -> None:
    client, other = visitor(), visitor()
    todo = (await patch(client, await create(client, "a"), title="b")).json()

    await load(other, await export(client))

    [there] = (await other.get("/api/todos")).json()["items"]
    assert (there["updated_at"], there["created_at"]) == (todo["updated_at"], todo["created_at"])
