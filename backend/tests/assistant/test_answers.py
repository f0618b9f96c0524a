"""An answer from its beginning to its end: one at a time, stopped when the visitor goes, never lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import fastapi.routing
import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import URL, NullPool, create_engine, text

from app.main import create_app
from app.services import attempts
from app.services.assistant import messages
from tests.accounts import age
from tests.assistant.conversation import ask, events_of
from tests.assistant.model_server import ModelServer, calls, says
from tests.conftest import Visitor
from tests.support import PATIENCE_S, hold_port
from tests.support import until as wait_until
from tests.test_problems import check_problem
from tests.test_todos import create, titles

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve the application over HTTP, so that an answer can be watched while it comes."""
    config = uvicorn.Config(app, port=hold_port(), log_config=None, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    await wait_until(lambda: server.started, "the application to serve")
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{config.port}", timeout=PATIENCE_S) as client:
            yield client
    finally:
        server.should_exit = True
        await running


async def until(lines: AsyncIterator[str], start: str) -> str:
    async for line in lines:
        if line.startswith(start):
            return line
    raise AssertionError(f"the stream ended before {start!r}")


async def last_answer(client: httpx2.AsyncClient) -> dict[str, object]:
    """Wait until the answer that was stopped is kept."""
    kept: list[dict[str, object]] = []

    async def answered() -> bool:
        kept[:] = (await client.get("/api/chat")).json()["messages"]
        return bool(kept) and kept[-1]["role"] == "assistant"

    await wait_until(answered, "the answer to be kept")
    return kept[-1]


async def test_a_visitor_who_goes_away_stops_the_answer_and_what_was_said_is_kept(
    modelled_app: FastAPI, server: ModelServer
) -> None:
    server.script = [calls(("add", {"title": "milk"})), says("So far", " so good", end="hang")]
    async with served(modelled_app) as client:
        await create(client, "bread")
        async with client.stream("POST", "/api/chat", json={"message": "add milk"}) as answer:
            lines = answer.aiter_lines()
            await until(lines, 'data: {"delta":" so good"')
            busy = await client.post("/api/chat", json={"message": "hello?"})
            assert (busy.status_code, busy.json()["type"]) == (409, "/problems/busy")
            assert busy.headers["retry-after"] == "5"

        kept = await last_answer(client)
        assert (kept["text"], kept["stopped"]) == ("So far so good", True)
        assert await titles(client) == ["milk", "bread"]
        await asyncio.wait_for(server.gone.wait(), PATIENCE_S)  # the model is not left talking
        server.script = [says("Back again.")]
        assert (await ask(client, "hello?")).text == "Back again."


async def test_a_server_that_ends_keeps_what_was_said(
    database_url: URL, modelled_app: FastAPI, server: ModelServer
) -> None:
    server.script = [says("So far", *"..." * 20, pause_s=0.2)]
    app = create_app(modelled_app.state.settings)
    config = uvicorn.Config(app, port=hold_port(), log_config=None, ws="none", timeout_graceful_shutdown=1)
    backend = uvicorn.Server(config)
    running = asyncio.create_task(asyncio.to_thread(backend.run))  # its loop ends with it, as a process does
    await wait_until(lambda: backend.started, "the application to serve")
    with suppress(httpx2.RemoteProtocolError):  # the answer is cut off
        async with (
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{config.port}", timeout=PATIENCE_S) as client,
            client.stream("POST", "/api/chat", json={"message": "hello?"}) as answer,
        ):
            async for line in answer.aiter_lines():
                backend.should_exit = backend.should_exit or "So far" in line
    await running

    with create_engine(database_url, poolclass=NullPool).begin() as db:
        [kept] = db.execute(text("SELECT * FROM chat_messages WHERE role = 'assistant'")).all()
    assert kept.text.startswith("So far")
    assert (kept.stopped, kept.answering_until) == (True, None)


async def test_a_silent_answer_is_kept_alive(
    modelled_app: FastAPI, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fastapi.routing._PING_INTERVAL == 15  # type: ignore[attr-defined]
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.1)
    server.script = [says("a", "b", pause_s=0.5)]
    async with served(modelled_app) as client:
        response = await client.post("/api/chat", json={"message": "hm"})

    assert ": ping\n\n" in response.text
    assert [name for name, _ in events_of(response.text)] == ["text", "text", "done"]
    assert response.headers["x-accel-buffering"] == "no"


async def test_clearing_the_conversation_ends_an_answer_before_it_does_more(
    modelled_app: FastAPI, server: ModelServer
) -> None:
    server.script = [calls(("add", {"title": "milk"}), text="Wait", pause_s=0.2)]
    async with served(modelled_app) as client:
        await create(client, "bread")
        async with client.stream("POST", "/api/chat", json={"message": "add milk"}) as answer:
            lines = answer.aiter_lines()
            await until(lines, "data: ")
            assert (await client.delete("/api/chat")).status_code == 204
            assert "/problems/answer-ended" in await until(lines, 'data: {"problem"')

        assert await titles(client) == ["bread"]
        assert (await client.get("/api/chat")).json()["messages"] == []


async def test_the_death_of_the_process_frees_the_account_when_the_time_is_up(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    await ask(client, "add milk")
    async with app.state.database.transaction() as db:  # as a process leaves it that was killed
        leave = "UPDATE chat_messages SET stopped = true, answering_until = :until WHERE role = 'assistant'"
        await db.execute(text(leave), {"until": datetime.now(UTC) + messages.LEASE})
    assert (await client.post("/api/chat", json={"message": "list"})).status_code == 409

    await age(app, "chat_messages.answering_until", messages.LEASE + timedelta(seconds=1))

    assert "milk" in (await ask(client, "list")).text
    kept = (await client.get("/api/chat")).json()["messages"]
    assert [message["stopped"] for message in kept] == [False, True, False, False]


async def test_an_answer_that_goes_on_is_not_taken_for_dead(
    modelled_app: FastAPI, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(messages, "RENEWAL_S", 0.1)
    server.script = [says("a", "b", pause_s=1.5)]  # longer than the lease
    async with served(modelled_app) as client:
        await create(client, "bread")
        async with client.stream("POST", "/api/chat", json={"message": "hm"}) as answer:
            lines = answer.aiter_lines()
            await until(lines, 'data: {"delta":"b"')
            assert (await client.post("/api/chat", json={"message": "hello?"})).status_code == 409
            await until(lines, "event: done")


async def test_an_account_asks_so_often_and_no_more(
    app: FastAPI, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "QUESTIONS", 2)
    keen, other = visitor(), visitor()
    for number in range(2):
        await ask(keen, f"add thing {number}")

    refused = await keen.post("/api/chat", json={"message": "add one more"})

    check_problem(refused, 429, "too-many-questions")
    assert 890 < int(refused.headers["retry-after"]) <= 901
    assert len((await keen.get("/api/chat")).json()["messages"]) == 4, "what was refused is not kept"
    await ask(other, "add thing")
    await age(app, "password_attempts.since", attempts.WINDOW)
    await ask(keen, "add one more")
    assert await titles(keen) == ["one more", "thing 1", "thing 0"]


async def test_one_of_many_questions_at_once_is_answered_first(client: httpx2.AsyncClient) -> None:
    await create(client, "bread")

    answers = await asyncio.gather(
        *(client.post("/api/chat", json={"message": f"add thing {number}"}, timeout=PATIENCE_S) for number in range(8))
    )

    assert {answer.status_code for answer in answers} <= {200, 409}
    done = [answer for answer in answers if answer.status_code == 200]
    assert len(await titles(client)) == 1 + len(done) >= 2
    kept = (await client.get("/api/chat")).json()["messages"]
    assert [message["role"] for message in kept] == ["user", "assistant"] * len(done), "what was refused is not kept"


async def test_only_the_latest_messages_are_kept(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "KEPT", 4)
    for number in range(4):
        await ask(client, f"add thing {number}")

    kept = (await client.get("/api/chat")).json()["messages"]

    assert [message["text"] for message in kept if message["role"] == "user"] == ["add thing 2", "add thing 3"]
    assert (await client.delete("/api/chat")).status_code == 204
    assert (await client.get("/api/chat")).json() == {"messages": [], "builtin": True}
    assert len(await titles(client)) == 4


async def test_a_visitor_without_a_session_becomes_a_guest(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/chat")).json() == {"messages": [], "builtin": True}
    assert not client.cookies

    await ask(client, "add milk")

    assert await titles(client) == ["milk"]


@pytest.mark.parametrize(
    "body", [{}, {"message": " "}, {"message": "x" * 2001}, {"message": "a\0"}, {"message": "x", "zone": "Mars/Base"}]
)
async def test_a_message_is_checked(body: dict[str, str], client: httpx2.AsyncClient) -> None:
    response = await client.post("/api/chat", json=body)

    assert (response.status_code, response.json()["type"]) == (422, "/problems/validation")
    assert not client.cookies
