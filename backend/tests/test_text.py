"""Equal text: one form in which it is kept, one in which it is compared, in the database as in the app."""

import unicodedata
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.db import Database
from app.text import fold, is_blank
from tests.assistant.conversation import ask
from tests.test_todos import create, patch, titles

pytestmark = pytest.mark.anyio

SAME = [
    ("Fußball spielen", "FUSSBALL spielen"),
    ("Straße fegen", "STRASSE  fegen"),
    ("Γιατρός", "ΓΙΑΤΡΌΣ"),
    ("Cafe\u0301", "café"),
    ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
    ("５ｋｍ ｒｕｎ", "5km run"),
    ("o\ufb03ce", "OFFICE"),
    ("İzmir", "i\u0307zmir"),
    ("Å", "a\u030a"),
    ("co\u00adoperate", "cooperate"),
    ("milk\u200b", "Milk"),
    ("ΐ", "Ϊ\u0301"),
    ("ᾳ", "ΑΙ"),
    ("ẞ", "ss"),
    ("և", "ԵՒ"),
    ("a\u00a0b\u3000c", "A B C"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
async def test_texts_that_are_the_same_are_found_by_each_other(
    client: httpx2.AsyncClient, one: str, other: str
) -> None:
    assert fold(one) == fold(other)
    for title, wanted in ((one, other), (other, one)):
        todo = await create(client, title)
        found = (await client.get("/api/todos", params={"q": wanted})).json()
        assert [item["title"] for item in found["items"]] == [todo["title"]]
        await client.delete(f"/api/todos/{todo['id']}")


async def test_descriptions_are_searched_by_the_same_rule_and_apart_from_titles(client: httpx2.AsyncClient) -> None:
    await create(client, "pay", description="Straße 5")

    counts = [
        (await client.get("/api/todos", params={"q": query})).json()["counts"]["total"]
        for query in ("STRASSE", "pay strasse", "pay\nstrasse")
    ]

    assert counts == [1, 0, 0]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cn"], max_codepoint=0x1FFFF)))
async def test_the_database_folds_as_the_app_does(app: FastAPI, value: str) -> None:
    database: Database = app.state.database
    async with database.transaction(reading=True) as db:
        folded = await db.scalar(text("SELECT fold_text(:value)"), {"value": value})

    assert folded == fold(value)
    assert fold(fold(value)) == fold(value)


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("Fußball spielen", "complete FUSSBALL spielen"),
        ("Fußball spielen", "complete Fußball spielen"),
        ("Γιατρός", "complete Γιατρός"),
        ("Γιατρός", "mark ΓΙΑΤΡΌΣ as done"),
        ("Straße fegen", "complete Straße fegen"),
        ("Straße fegen", "complete strasse"),
        ("Cafe\u0301 besuchen", "complete café besuchen"),
        ("दूध खरीदो", "complete दूध खरीदो"),
        ("İzmir bileti", "complete İZMİR BİLETİ"),
        ("ｍｉｌｋ", "complete milk"),
        ("לקנות חלב", "complete לקנות חלב"),
    ],
)
async def test_the_assistant_finds_a_title_by_the_same_rule(
    client: httpx2.AsyncClient, title: str, message: str
) -> None:
    await create(client, "something else")
    await create(client, title)

    said = await ask(client, message)

    assert [call["ok"] for call in said.calls] == [True], said.text
    assert (await client.get("/api/todos?status=completed")).json()["counts"]["completed"] == 1


BLANK = ["\u200b", "\u2060", "\u00ad", "\ufeff", "\u3164", "\u115f", "\uffa0", "\u2800", "\u034f", "\ufe0f", "\u202e",
         "\u2063 \u200d", "\u0007", "\U000e0020", "\u00a0\u180e"]  # fmt: skip


@pytest.mark.parametrize("blank", BLANK)
async def test_what_cannot_be_seen_is_no_title_no_tag_and_no_note(client: httpx2.AsyncClient, blank: str) -> None:
    todo = await create(client, "seen", description=blank)

    assert todo["description"] == ""
    for body in ({"title": blank}, {"title": "a", "tags": [blank]}):
        response = await client.post("/api/todos", json=body)
        assert response.status_code == 422, body
    assert (await patch(client, todo, title=blank)).status_code == 422
    assert (await client.post("/api/chat", json={"message": blank})).status_code == 422
    assert await titles(client) == ["seen"]


@pytest.mark.parametrize("title", ["👩\u200d👩\u200d👧", "می\u200cخواهم", "a\u00adb", "❤\ufe0f", "क\u094d\u200dष"])
async def test_joiners_inside_of_a_title_stay(client: httpx2.AsyncClient, title: str) -> None:
    assert (await create(client, title))["title"] == title
    assert not is_blank(title)


async def test_texts_are_kept_composed_and_measured_so(client: httpx2.AsyncClient) -> None:
    written = "e\u0301" * 200

    todo: dict[str, Any] = await create(client, written, description=written, tags=["cafe\u0301"])

    assert todo["title"] == todo["description"] == unicodedata.normalize("NFC", written)
    assert todo["tags"] == ["café"]
