"""What a visitor may say to the assistant, with a language model and without one: the same happens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.assistant.conversation import ask
from tests.assistant.model_server import ModelServer, calls, says
from tests.test_todos import create

pytestmark = pytest.mark.anyio

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()

SAID = {
    "add": ("add buy milk tomorrow at 9am", "add", {"title": "buy milk", "due_date": TOMORROW, "due_time": "09:00"}),
    "list": ("show all my todos", "list", {}),
    "list pending": ("what is still open?", "list", {"status": "pending"}),
    "complete": ("mark the report as done", "complete", {"todo": "report"}),
    "delete": ("Delete the meeting task", "delete", {"todo": "meeting"}),
    "rename": ("rename the report to final report", "update", {"todo": "report", "title": "final report"}),
    "due": ("move the report to tomorrow", "update", {"todo": "report", "due_date": TOMORROW}),
    "priority": ("make the report high priority", "update", {"todo": "report", "priority": "high"}),
}


async def state(client: httpx2.AsyncClient) -> dict[str, dict[str, Any]]:
    """Return what the account has, by title."""
    return {todo["title"]: todo for todo in (await client.get("/api/todos")).json()["items"]}


def check(intent: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> None:
    match intent:
        case "add":
            due = after["buy milk"]["due"]
            assert (due["date"], due["time"], due["zone"]) == (TOMORROW, "09:00", "UTC")
            assert after.keys() - before.keys() == {"buy milk"}
        case "complete":
            assert after["weekly report"]["completed"]
        case "delete":
            assert before.keys() - after.keys() == {"team meeting"}
        case "rename":
            assert after["final report"]["id"] == before["weekly report"]["id"]
        case "due":
            assert after["weekly report"]["due"]["date"] == TOMORROW
        case "priority":
            assert after["weekly report"]["priority"] == "high"
        case _:
            assert after == before


@pytest.mark.parametrize("path", ["built-in", "model"])
@pytest.mark.parametrize("intent", SAID)
async def test_each_intent_is_carried_out_and_can_be_undone(
    intent: str, path: str, client: httpx2.AsyncClient, modelled: httpx2.AsyncClient, server: ModelServer
) -> None:
    message, tool, arguments = SAID[intent]
    visitor = modelled if path == "model" else client
    if path == "model":
        server.script = [calls((tool, arguments)), says("All", " done.")]
    done = await create(visitor, "call mum")
    await visitor.patch(f"/api/todos/{done['id']}", json={"version": 1, "completed": True})
    await create(visitor, "weekly report")
    await create(visitor, "team meeting")
    before = await state(visitor)

    said = await ask(visitor, message)

    [call] = said.calls
    assert (call["name"], call["ok"]) == (tool, True), call
    assert said.end["builtin"] is (path == "built-in")
    assert said.end["text"] == said.text
    assert said.text == ("All done." if path == "model" else said.text)
    check(intent, before, await state(visitor))
    if intent == "list pending":
        assert [todo["title"] for todo in call["todos"]] == ["team meeting", "weekly report"]
    kept = (await visitor.get("/api/chat")).json()["messages"]
    assert [(message["role"], message["text"]) for message in kept] == [("user", message), ("assistant", said.text)]
    assert kept[-1] == said.end

    if intent in {"list", "list pending"}:
        assert call["undo"] is None
        return
    undone = await visitor.post("/api/undo", json={"undo": call["undo"]})
    assert undone.status_code == 200, undone.text
    now = await state(visitor)
    assert now.keys() == before.keys()
    for title, todo in now.items():
        stays = todo.keys() - {"version", "updated_at"}
        assert {name: todo[name] for name in stays} == {name: before[title][name] for name in stays}
