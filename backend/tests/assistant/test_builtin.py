"""The built-in assistant in a conversation: undo, many at once, "it", and what it says when it cannot."""

import httpx2
import pytest

from tests.assistant.conversation import ask
from tests.test_todos import titles

pytestmark = pytest.mark.anyio


async def test_undo_takes_back_the_last_change_that_can_be(client: httpx2.AsyncClient) -> None:
    first = await ask(client, "add milk")
    await ask(client, "add bread; complete milk")
    token = (await ask(client, "rename bread to rye")).calls[0]["undo"]
    assert (await client.post("/api/undo", json={"undo": token})).status_code == 200  # by its button

    said = [await ask(client, message) for message in ("undo", "undo that", "take it back", "undo")]

    assert [answer.calls[0]["ok"] for answer in said] == [True, True, True, False]
    assert said[0].calls[0]["todos"][0]["completed"] is False
    assert "nothing to undo" in said[3].text
    assert await titles(client) == []
    kept = (await client.get("/api/chat")).json()["messages"]
    assert [call["undo"] for message in kept for call in message["calls"]] == [None] * 8, (
        "nothing can be undone any more"
    )
    gone = await client.post("/api/undo", json={"undo": first.calls[0]["undo"]})
    assert gone.status_code == 404


async def test_undo_of_what_was_changed_since_changes_nothing(client: httpx2.AsyncClient) -> None:
    await ask(client, "add milk")
    [milk] = (await client.get("/api/todos")).json()["items"]
    await client.patch(f"/api/todos/{milk['id']}", json={"version": milk["version"], "title": "oat milk"})

    said = await ask(client, "undo")

    assert said.calls[0]["ok"] is False
    assert "changed since" in said.text
    assert await titles(client) == ["oat milk"]


async def test_one_command_for_many_has_one_undo(client: httpx2.AsyncClient) -> None:
    await ask(client, "add milk; add bread; add water the plants every day; add eggs")

    done = await ask(client, "complete milk, bread and the plants")
    gone = await ask(client, "delete all completed tasks")

    assert [todo["title"] for todo in done.calls[0]["todos"]] == ["milk", "bread"] + 2 * ["water the plants"]
    assert "Next: “water the plants” (due tomorrow, every day)" in done.text
    assert len(gone.calls[0]["todos"]) == 3
    assert await titles(client) == ["water the plants", "eggs"]
    await ask(client, "undo")
    await ask(client, "undo")
    assert await titles(client) == ["eggs", "water the plants", "bread", "milk"]
    assert (await client.get("/api/todos")).json()["counts"]["completed"] == 0


async def test_it_is_what_was_spoken_of(client: httpx2.AsyncClient) -> None:
    await ask(client, "add milk")
    for message in ("make it high priority", "move it to 2030-01-02", "rename it to oat milk", "complete it"):
        assert (await ask(client, message)).calls[0]["ok"] is True, message

    [todo] = (await client.get("/api/todos")).json()["items"]

    assert (todo["title"], todo["priority"], todo["completed"]) == ("oat milk", "high", True)
    assert todo["due"]["date"] == "2030-01-02"
    assert (await ask(client, "delete it")).calls[0]["ok"] is True
    assert (await ask(client, "delete it")).calls[0]["ok"] is False
    await ask(client, "add bread")
    assert [call["ok"] for call in (await ask(client, "add eggs; complete eggs and delete it")).calls] == [True] * 3
    assert await titles(client) == ["bread"]


async def test_a_number_is_of_the_list_that_was_shown(client: httpx2.AsyncClient) -> None:
    await ask(client, "add milk; add bread; add eggs")
    shown = await ask(client, "list my todos")
    assert "1. “eggs”\n2. “bread”\n3. “milk”" in shown.text

    assert (await ask(client, "delete the second one")).calls[0]["ok"] is True
    await ask(client, "list my todos")
    done = await ask(client, "complete task 2")

    assert [todo["title"] for todo in done.calls[0]["todos"]] == ["milk"]
    assert await titles(client) == ["eggs", "milk"]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("complete the dentist task", "no todo is called “dentist”"),
        ("make milk high priority; blub", "I did not understand “blub”"),
        ("hello", "I am the built-in assistant"),
        ("complete everything", "There are no pending todos"),
        ("add " + "x" * 201, "I did not understand"),
        ("\n".join(f"add thing {number}" for number in range(12)), "more than 10 commands"),
    ],
)
async def test_the_built_in_assistant_says_what_it_cannot_do(
    message: str, told: str, client: httpx2.AsyncClient
) -> None:
    said = await ask(client, message)

    assert told in said.text
    assert said.end["stopped"] is False
