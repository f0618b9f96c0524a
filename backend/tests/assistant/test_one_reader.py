"""The assistant reads what is to be added as quick add does, and takes nothing half."""

from typing import Any

import httpx2
import pytest

from tests.assistant.conversation import ask
from tests.assistant.test_grammar import Command, read
from tests.test_todos import create, titles


def add(title: str, **fields: Any) -> Command:
    return "add", {"title": title, **fields}


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        # Quotation marks inside of a title stay; around all of it they only say where it ends.
        ('add read "Dune" by Frank Herbert', add('read "Dune" by Frank Herbert')),
        ("add buy rock 'n' roll tickets", add("buy rock 'n' roll tickets")),
        ("add read “Dune” tomorrow", add("read “Dune”", due_date="2026-11-25")),
        ("add “Dune” tomorrow", add("Dune", due_date="2026-11-25")),
        ("add 'read every day' !high", add("read every day", priority="high")),
        ("add buy mum’s cake", add("buy mum’s cake")),  # noqa: RUF001 - what phones write
        ('rename report to read "Dune" again', ("update", {"todo": "report", "title": 'read "Dune" again'})),
        # A full stop is not always the end.
        ("add call Dr. Smith tomorrow", add("call Dr. Smith", due_date="2026-11-25")),
        ("add meet at St. Mary's church", add("meet at St. Mary's church")),
        ("add compare v1.2 vs. v2", add("compare v1.2 vs. v2")),
        ("add buy milk. It is for the cake", add("buy milk. It is for the cake")),
        ("add ask Mr. Jones about vol. 2 tomorrow", add("ask Mr. Jones about vol. 2", due_date="2026-11-25")),
        ("add buy e.g. apples", add("buy e.g. apples")),
        ("mark call Dr. Smith as done", ("complete", {"todo": "call Dr. Smith"})),
        ("add fix issue #12", add("fix issue #12")),
        ("add clean room #7 tomorrow #home", add("clean room #7", tags=["home"], due_date="2026-11-25")),
        # am and pm
        ("add film tonight at 8", add("film", due_date="2026-11-24", due_time="20:00:00")),
        ("add call mum at 5", add("call mum", due_date="2026-11-24", due_time="17:00:00")),
        ("add run tomorrow morning at 6", add("run", due_date="2026-11-25", due_time="06:00:00")),
        ("remind me at 5 to call mum", add("call mum", due_date="2026-11-24", due_time="17:00:00")),
        ("remind me to call mum tonight", add("call mum", due_date="2026-11-24", due_time="22:00:00")),
        # Courtesy is only what is not part of the title.
        ("add write a card to say thank you", add("write a card to say thank you")),
        ("add buy a present for me", add("buy a present for me")),
        ("please add buy milk, thanks!", add("buy milk")),
        ("add buy milk please", add("buy milk")),
        ("add hello kitty stickers", add("hello kitty stickers")),
        # An offset is worked out: this is asked from Berlin.
        ("add call 2026-11-25T14:30Z", add("call", due_date="2026-11-25", due_time="15:30:00")),
        ("add call 2026-11-25T14:30+02:00", add("call", due_date="2026-11-25", due_time="13:30:00")),
        ("add call tomorrow 9am America/New_York", add("call", due_date="2026-11-25", due_time="15:00:00")),
        # Nothing half
        ("add gym every monday and thursday", add("gym every monday and thursday")),
        ("add pay rent every month on the 1st", add("pay rent", due_date="2026-12-01", repeat="monthly")),
        ("add read chapter 12 tomorrow", add("read chapter 12", due_date="2026-11-25")),
        # What was not asked for
        ("change the time of the report to 17:00", ("update", {"todo": "report", "due_time": "17:00:00"})),
        ("set the time of the report to 5pm", ("update", {"todo": "report", "due_time": "17:00:00"})),
        ("change the due time of report to 8:15", ("update", {"todo": "report", "due_time": "08:15:00"})),
        ("the time of the report should be noon", ("update", {"todo": "report", "due_time": "12:00:00"})),
        ("move report to 14:00", ("update", {"todo": "report", "due_time": "14:00:00"})),
        (
            "change the time of the report to tomorrow 17:00",
            ("update", {"todo": "report", "due_date": "2026-11-25", "due_time": "17:00:00"}),
        ),
        ("move report to 2026-12-04", ("update", {"todo": "report", "due_date": "2026-12-04"})),
        ("what's due in the next 7 days", ("list", {"due_from": "2026-11-24", "due_to": "2026-11-30"})),
        ("what's due in the next seven days", ("list", {"due_from": "2026-11-24", "due_to": "2026-11-30"})),
        ("show todos due in the next 14 days", ("list", {"due_from": "2026-11-24", "due_to": "2026-12-07"})),
        ("what is due in the next 1 days", ("list", {"due_from": "2026-11-24", "due_to": "2026-11-24"})),
        ("my tasks for the next 30 days", ("list", {"due_from": "2026-11-24", "due_to": "2026-12-23"})),
        ("what's due in the next 2 days", ("list", {"due_from": "2026-11-24", "due_to": "2026-11-25"})),
        ("what is due within 7 days", ("list", {"due_to": "2026-12-01"})),
        ("what's due next month", ("list", {"due_from": "2026-12-01", "due_to": "2026-12-31"})),
        ("show todos due this month", ("list", {"due_from": "2026-11-01", "due_to": "2026-11-30"})),
        ("what is due next year", ("list", {"due_from": "2027-01-01", "due_to": "2027-12-31"})),
        ("what is due next week", ("list", {"due_from": "2026-11-30", "due_to": "2026-12-06"})),
        # A word that says the opposite
        ("make milk less important", ("update", {"todo": "milk", "priority": "low"})),
        ("milk is not important", ("update", {"todo": "milk", "priority": "low"})),
        ("lower the priority of milk to normal", ("update", {"todo": "milk", "priority": "normal"})),
        ("lower the priority of milk", ("update", {"todo": "milk", "priority": "low"})),
        ("I have finished milk", ("complete", {"todo": "milk"})),
        ("mark milk as not yet done", ("update", {"todo": "milk", "completed": False})),
        ("reopen milk", ("update", {"todo": "milk", "completed": False})),
        # Letters that look like others
        ("make report loweſt priority", ("update", {"todo": "report", "priority": "low"})),  # noqa: RUF001
        ("set the priority of report to hİgh", ("update", {"todo": "report", "priority": "high"})),
        ("add İstanbul trip tomorrow", add("İstanbul trip", due_date="2026-11-25")),
        ("add hİgh priority task: pay", add("pay", priority="high")),
        ("ADD ΣΊΣΥΦΟΣ TOMORROW AT 9", add("ΣΊΣΥΦΟΣ", due_date="2026-11-25", due_time="09:00:00")),
        # Reminders that come again, and those that only look like one
        ("remind me every day at 9 to drink water",
         add("drink water", due_date="2026-11-25", due_time="09:00:00", repeat="daily")),
        ("remind me on friday to call mum at 8pm", add("call mum", due_date="2026-11-27", due_time="20:00:00")),
        ("remind me when I get home to call", add("when I get home to call")),
        ("remind me about friday's meeting", add("friday's meeting")),
        ("remind me of mum's birthday on 5 may", add("mum's birthday", due_date="2027-05-05")),
        # Abbreviations and quotation marks
        ("add meet J. R. R. Tolkien tomorrow", add("meet J. R. R. Tolkien", due_date="2026-11-25")),
        ("add go to U.S. embassy friday", add("go to U.S. embassy", due_date="2026-11-27")),
        ("add read “Dune” by Frank, “Emma” by Jane", add("read “Dune” by Frank, “Emma” by Jane")),
        ("add 'tis the season cards", add("'tis the season cards")),
        ("add buy 5' ladder and 6' rope", add("buy 5' ladder and 6' rope")),
        # Which of two words it is
        ("set the due date of call mum on friday to saturday",
         ("update", {"todo": "call mum on friday", "due_date": "2026-11-28"})),
        ("set due date for pay for car to friday", ("update", {"todo": "pay for car", "due_date": "2026-11-27"})),
        ("change report to friday report", ("update", {"todo": "report", "title": "friday report"})),
        ("rename “a to b” to “c to d”", ("update", {"todo": "a to b", "title": "c to d"})),
        ("change the tyres to winter tyres", ("update", {"todo": "tyres", "title": "winter tyres"})),
    ],
)  # fmt: skip
def test_one_command(said: str, understood: Command) -> None:
    assert read(said) == [understood]


@pytest.mark.parametrize(
    "said",
    [
        "I have not finished milk", "I don't want milk", "please never add milk", "is milk done?",
        "what is due yesterday",
        "what's due between monday and friday", "set the time of the report to 25:00", "I have milk",
        "what is due after friday", "move report by one day",
    ],
)  # fmt: skip
def test_what_is_not_understood_whole_is_no_command(said: str) -> None:
    assert read(said) == [("", {})]


def test_items_of_a_list_are_added_as_they_are() -> None:
    said = "add:\n- hello kitty stickers\n- a card to say thank you\n- now or never"
    assert read(said) == [add("hello kitty stickers"), add("a card to say thank you"), add("now or never")]


def test_sentences_are_commands_where_one_begins() -> None:
    said = "Add call Dr. Smith. Then mark the report as done. Please delete the meeting task!"
    assert read(said) == [
        add("call Dr. Smith"), ("complete", {"todo": "report"}), ("delete", {"todo": "meeting"})
    ]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("todos", "said", "after"),
    [
        (["go to bank"], "rename go to bank to go to shop", ["go to shop"]),
        (["go", "go to bank"], "rename go to bank to go to shop", ["go to shop", "go"]),
        (["go"], "rename go to bank to go to shop", ["bank to go to shop"]),
        (["go to bank"], "change go to bank to go to shop", ["go to shop"]),
        (["save as draft"], "rename Save As Draft to save as pdf", ["save as pdf"]),
    ],
)
async def test_a_rename_is_of_the_longest_title_that_exists(
    client: httpx2.AsyncClient, todos: list[str], said: str, after: list[str]
) -> None:
    for title in todos:
        await create(client, title)
    await ask(client, said)
    assert sorted(await titles(client)) == sorted(after)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("said", "zone", "due"),
    [
        ("change the time of the report to 17:00", "Europe/Berlin", ("2126-12-01", "17:00", "Europe/Berlin")),
        ("move report to 2126-12-04", "America/New_York", ("2126-12-04", "09:00", "Europe/Berlin")),
        ("move report to 2126-12-04 at 10:00", "America/New_York", ("2126-12-04", "10:00", "America/New_York")),
        ("set the time of report to 8am", "Pacific/Auckland", ("2126-12-01", "08:00", "Pacific/Auckland")),
    ],
)
async def test_what_was_not_asked_for_stays(
    client: httpx2.AsyncClient, said: str, zone: str, due: tuple[str, str, str]
) -> None:
    await create(client, "report", due={"date": "2126-12-01", "time": "09:00", "zone": "Europe/Berlin"})
    await ask(client, said, zone)
    [report] = (await client.get("/api/todos")).json()["items"]
    assert (report["due"]["date"], report["due"]["time"], report["due"]["zone"]) == due
