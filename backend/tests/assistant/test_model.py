"""The language model at its worst: slow, refusing, silent, cut off, malformed, endless."""

import json
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from app.services.assistant import limits
from tests.assistant.conversation import ask
from tests.assistant.model_server import KEY, ModelServer, Reply, calls, says
from tests.support import BACKEND, PATIENCE_S
from tests.test_todos import create, titles

pytestmark = pytest.mark.anyio

ADD_MILK = ("add", {"title": "milk"})


async def test_the_model_is_told_the_conversation_and_sees_what_came_of_its_calls(
    modelled: httpx2.AsyncClient, server: ModelServer
) -> None:
    server.script = [
        calls(ADD_MILK, ("add", {"title": "eggs"}), text="One moment."),
        says("Both are added."),
        says("Hi."),
    ]

    said = await ask(modelled, "I need milk and eggs", zone="Asia/Tokyo")
    await ask(modelled, "hello again")

    assert await titles(modelled) == ["eggs", "milk"]
    assert said.text == "One moment.\n\nBoth are added."
    first, second, third = server.requests
    assert (first["model"], first["stream"]) == ("scripted", True)
    assert "Asia/Tokyo" in first["messages"][0]["content"]
    assert first["messages"][1:] == [{"role": "user", "content": "I need milk and eggs"}]
    assert {tool["function"]["name"] for tool in first["tools"]} == {call["name"] for call in said.calls} | {
        "list", "search", "update", "complete", "delete", "undo",
    }  # fmt: skip
    asked, *results = second["messages"][2:]
    assert [call["function"]["name"] for call in asked["tool_calls"]] == ["add", "add"]
    assert [result["tool_call_id"] for result in results] == [call["id"] for call in asked["tool_calls"]]
    assert json.loads(results[0]["content"])["todos"][0]["title"] == "milk"
    roles = [message["role"] for message in third["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "tool", "assistant", "user"]
    assert server.keys == [f"bearer {KEY}"] * 3


@pytest.mark.parametrize(
    ("reply", "told", "logged"),
    [
        (Reply(status=401), "does not accept this app's key", "OPENAI_API_KEY"),
        (Reply(status=404), "does not exist", "OPENAI_MODEL"),
        (Reply(status=429), "more to do than it is allowed", "limit or credit"),
        (Reply(status=500), "a problem of its own", "an error of its own"),
        (Reply(end="hang"), "does not answer in time", "OPENAI_BASE_URL"),
        (Reply(end="cut"), "cannot be reached", "OPENAI_BASE_URL"),
        (Reply(end="garbage"), "cannot be reached", "OPENAI_BASE_URL"),
        (Reply(end="unfinished"), "cannot be reached", "OPENAI_BASE_URL"),
    ],
    ids=lambda value: f"{value.status}-{value.end}" if isinstance(value, Reply) else "",
)
async def test_without_the_model_the_built_in_assistant_answers_and_says_so(
    reply: Reply,
    told: str,
    logged: str,
    modelled: httpx2.AsyncClient,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if reply.end == "hang":
        monkeypatch.setattr(limits, "CHUNK_S", 0.5)
    server.script = [reply]

    said = await ask(modelled, "add private thing")

    assert told in said.text
    assert "The built-in assistant answers instead." in said.text
    assert (said.end["builtin"], said.end["stopped"]) == (True, False)
    assert await titles(modelled) == ["private thing"]
    assert logged in caplog.text
    assert KEY not in caplog.text + said.text
    assert "private thing" not in caplog.text


@pytest.mark.parametrize("end", ["hang", "cut", "garbage"])
async def test_a_model_that_breaks_off_after_a_change_leaves_it_with_its_undo(
    end: Any, modelled: httpx2.AsyncClient, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if end == "hang":
        monkeypatch.setattr(limits, "CHUNK_S", 2)
    server.script = [calls(ADD_MILK), says("It is ", end=end)]

    said = await ask(modelled, "add milk")

    assert (said.end["type"], said.end["status"]) == ("/problems/assistant-stopped", 502)
    assert "What was changed before stays" in said.end["detail"]
    assert await titles(modelled) == ["milk"]
    [_, answer] = (await modelled.get("/api/chat")).json()["messages"]
    assert (answer["text"], answer["stopped"]) == ("It is ", True)
    assert answer["calls"] == said.calls
    server.script = [says("Yes?")]
    assert (await ask(modelled, "are you there?")).text == "Yes?"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("add", '{"title": "milk"'),
        ("add", '{"title": 7}'),
        ("add", '{"title": "milk", "account_id": "another"}'),
        ("add", '{"title": "milk", "repeat": "daily"}'),
        ("add", '{"title": "milk", "due_date": "2026-02-30"}'),
        ("add", '"milk"'),
        ("update", '{"todo": "bread", "priority": "huge"}'),
        ("update", '{"todo": "bread"}'),
        ("complete", "{}"),
        ("list", '{"due_from": "soon"}'),
    ],
)
async def test_a_malformed_call_changes_nothing_and_the_model_learns_why(
    name: str, written: str, modelled: httpx2.AsyncClient, server: ModelServer
) -> None:
    bread = await create(modelled, "bread")
    server.script = [calls((name, written)), says("Sorry.")]

    said = await ask(modelled, "add milk")

    [call] = said.calls
    assert call["ok"] is False
    assert call["summary"]
    assert json.loads(server.requests[1]["messages"][-1]["content"])["summary"] == call["summary"]
    assert json.loads(server.requests[1]["messages"][-2]["tool_calls"][0]["function"]["arguments"]) is not None
    assert (await modelled.get("/api/todos")).json()["items"] == [bread]


def test_the_models_package_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, app.main; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=BACKEND, timeout=PATIENCE_S, check=False).returncode == 0


async def test_a_tool_that_there_is_not_is_refused(modelled: httpx2.AsyncClient, server: ModelServer) -> None:
    server.script = [calls(("drop_database", {})), says("Sorry.")]

    said = await ask(modelled, "hi there assistant")

    assert (said.calls, said.text) == ([], "Sorry.")
    assert "no such tool" in server.requests[1]["messages"][-1]["content"]


async def test_an_endless_model_is_stopped(modelled: httpx2.AsyncClient, server: ModelServer) -> None:
    server.script = [calls(("list", {})) for _ in range(limits.ROUNDS)]

    said = await ask(modelled, "go on for ever")

    assert len(said.calls) == limits.ROUNDS
    assert "more steps" in said.text
    assert said.end["stopped"] is False


async def test_the_whole_answer_has_a_time_limit(
    modelled: httpx2.AsyncClient, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ANSWER_S", 2)
    server.script = [says(*"slowly" * 20, pause_s=0.1)]

    said = await ask(modelled, "tell me a story")

    assert said.end["type"] == "/problems/assistant-stopped"
    assert "slow" in said.text
