"""What servers of language models differ in: how calls are numbered, and whether thoughts are told."""

import json
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from app.services.assistant.model import Turn
from app.services.assistant.thoughts import Thoughts
from tests.assistant.conversation import ask
from tests.assistant.model_server import ModelServer, Reply, says
from tests.test_todos import titles

Piece = tuple[int | None, str | None, str | None, str]
MILK, EGGS = json.dumps({"title": "milk"}), json.dumps({"title": "eggs"})


def in_pieces(index: int | None, ident: str | None, arguments: str, *, again: bool = False) -> list[Piece]:
    """One call, its arguments in three pieces; some servers tell id and name `again` with each."""
    parts = [arguments[:4], arguments[4:9], arguments[9:]]
    rest = (ident, "add") if again else (None, None)
    return [(index, ident, "add", ""), *((index, *rest, part) for part in parts)]


NUMBERINGS: dict[str, list[Piece]] = {
    "from 0": [*in_pieces(0, "a", MILK), *in_pieces(1, "b", EGGS)],
    "from 1": [*in_pieces(1, "a", MILK), *in_pieces(2, "b", EGGS)],
    "with gaps": [*in_pieces(3, "a", MILK), *in_pieces(7, "b", EGGS)],
    "downwards": [*in_pieces(1, "a", MILK), *in_pieces(0, "b", EGGS)],
    "interleaved": [
        piece for pair in zip(in_pieces(1, "a", MILK), in_pieces(2, "b", EGGS), strict=True) for piece in pair
    ],
    "all the same": [*in_pieces(0, "a", MILK), *in_pieces(0, "b", EGGS)],
    "all the same without ids": [*in_pieces(0, None, MILK), *in_pieces(0, None, EGGS)],
    "not at all": [*in_pieces(None, "a", MILK), *in_pieces(None, "b", EGGS)],
    "neither numbers nor ids": [*in_pieces(None, None, MILK), *in_pieces(None, None, EGGS)],
    "ids with each piece": [*in_pieces(1, "a", MILK, again=True), *in_pieces(2, "b", EGGS, again=True)],
    "negative": [*in_pieces(-1, "a", MILK), *in_pieces(-2, "b", EGGS)],
    "whole": [(5, "a", "add", MILK), (5, "b", "add", EGGS)],
    "whole, neither numbers nor ids": [(None, None, "add", MILK), (None, None, "add", EGGS)],
    "pieces of nothing": [*in_pieces(0, "a", MILK), (0, None, None, ""), *in_pieces(1, "b", EGGS), (1, "", "", "")],
    "the same id": [*in_pieces(0, "x", MILK, again=True), *in_pieces(1, "x", EGGS, again=True)],
    "ids that come late": [(0, None, "add", ""), (0, "a", None, MILK), (1, None, "add", ""), (1, "b", None, EGGS)],
    "numbers that get lost": [(0, "a", "add", ""), (None, None, None, MILK), (1, "b", "add", ""),
                              (None, None, None, EGGS)],
    "very large": [*in_pieces(10**12, "a", MILK), *in_pieces(10**12 + 1, "b", EGGS)],
}  # fmt: skip


@pytest.mark.parametrize("pieces", NUMBERINGS.values(), ids=NUMBERINGS)
def test_calls_are_put_together_however_they_are_numbered(pieces: list[Piece]) -> None:
    turn = Turn()
    for index, ident, name, arguments in pieces:
        piece: Any = SimpleNamespace(index=index, id=ident, function=SimpleNamespace(name=name, arguments=arguments))
        turn.gather(piece)

    assert [(call.name, call.arguments) for call in turn.calls] == [("add", MILK), ("add", EGGS)]


@pytest.mark.anyio
async def test_calls_that_are_numbered_from_one_are_carried_out(
    modelled: httpx2.AsyncClient, server: ModelServer
) -> None:
    deltas: list[dict[str, Any]] = [
        {"tool_calls": [{"index": index, "id": ident, "function": {"name": name, "arguments": arguments}}]}
        for index, ident, name, arguments in NUMBERINGS["from 1"]
    ]
    server.script = [Reply(deltas), says("Both are added.")]

    said = await ask(modelled, "I need milk and eggs")

    assert [call["ok"] for call in said.calls] == [True, True]
    assert await titles(modelled) == ["eggs", "milk"]


ANSWERS = [
    ("<think>Hm, a list.</think>\n\nDone.", "Done."),
    ("<think>x < y, so <b></think>Hi <b> & 1 < 2", "Hi <b> & 1 < 2"),
    ("First.<think>Hm.</think>Second.", "First.Second."),
    ("<thinking>a</thinking> b <THINK>c</THINK> d", "b d"),
    ("<think>never ends", ""),
    ("its beginning was kept</think>Done.", "its beginning was keptDone."),
    ("a < b and <i>c", "a < b and <i>c"),
    ("<", "<"),
    ("<thinker>no thought</thinker>", "<thinker>no thought</thinker>"),
    ("<think></think>Done.", "Done."),
    ("<think>a</think>\n<think>b</think>\nDone.", "Done."),
    ("<think>a < b</thinking>Done.", "Done."),
    ("<think>\n</think>\n\n", ""),
    ("1 < 2 > 0 <", "1 < 2 > 0 <"),
    ("Hm <thin", "Hm <thin"),
    ("<REASONING>é🌱</REASONING>é🌱", "é🌱"),
]


@pytest.mark.parametrize(("text", "shown"), ANSWERS)
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_thoughts_are_left_out_wherever_the_text_is_cut(text: str, shown: str, size: int) -> None:
    thoughts = Thoughts()
    said = [thoughts.leave_out(text[start : start + size]) for start in range(0, len(text), size)]

    assert "".join([*said, thoughts.rest()]) == shown


@pytest.mark.anyio
async def test_thoughts_are_neither_shown_nor_kept_nor_told_to_the_model(
    modelled: httpx2.AsyncClient, server: ModelServer
) -> None:
    server.script = [says("<thi", "nk>a secret", "</thi", "nk>\n\nDo", "ne."), says("Hi.")]

    said = await ask(modelled, "hello")
    await ask(modelled, "again")

    assert said.text == "Done."
    kept = (await modelled.get("/api/chat")).json()["messages"]
    assert kept[1]["text"] == "Done."
    assert "a secret" not in json.dumps(server.requests[1])
