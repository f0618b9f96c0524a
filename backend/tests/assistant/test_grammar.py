"""What the built-in assistant understands."""

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.assistant.arguments import Add, Arguments, Complete, Delete, Update
from app.services.assistant.grammar import NotUnderstood, Talk, read_message
from app.text import compose, is_blank
from tests.support import HANG_S

Command = tuple[str, dict[str, Any]]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Tuesday


def read(text: str, now: datetime = NOW) -> list[Command]:
    """Return each command as its tool's name and arguments."""
    return [
        (command.tool, command.model_dump(mode="json", exclude_defaults=True))
        if isinstance(command, Arguments)
        else ("", {})
        for command in read_message(text, now)
    ]


ADD_MILK: Command = ("add", {"title": "buy milk"})
LIST: Command = ("list", {})
PENDING: Command = ("list", {"status": "pending"})
REPORT_DONE: Command = ("complete", {"todo": "report"})
DELETE_MEETING: Command = ("delete", {"todo": "meeting"})
RENAME: Command = ("update", {"todo": "report", "title": "final report"})
FRIDAY: Command = ("update", {"todo": "report", "due_date": "2026-11-27"})
HIGH: Command = ("update", {"todo": "report", "priority": "high"})
UNDO: Command = ("undo", {})

PHRASINGS = (
    (ADD_MILK, "add buy milk | Add a task to buy milk. | please add “buy milk” to my list | new todo: buy milk"),
    (ADD_MILK, "put buy milk on my list | I need to buy milk | remind me to buy milk | don't forget to buy milk"),
    (ADD_MILK, "could you create a task called buy milk? | Add 'buy milk', please!"),
    (LIST, "list | list my todos | show all tasks | What's on my list? | what do I have to do? | show me everything"),
    (LIST, "my tasks | How many todos do I have? | which todos are there?"),
    (
        PENDING,
        "list pending | show me my pending tasks | what's still open? | which tasks are not done? | pending todos",
    ),
    (PENDING, "what is left to do | show unfinished todos | Show my open todos, please"),
    (REPORT_DONE, "complete the report | mark the report task as done | I finished the report | I've done the report"),
    (
        REPORT_DONE,
        "check off report | the report is done | tick the report off | finish report please | mark 'report' done",
    ),
    (DELETE_MEETING, "delete the meeting task | Delete the meeting task, please. | remove meeting from my list"),
    (DELETE_MEETING, "get rid of the meeting todo | can you delete the todo called meeting? | erase “meeting”"),
    (DELETE_MEETING, "take the meeting off my list"),
    (
        RENAME,
        "rename report to final report | rename the task “report” to “final report” | change report to final report",
    ),
    (RENAME, "change the title of the report to final report | change the report's name to final report"),
    (FRIDAY, "set the due date of the report to friday | move the report to friday | the report is due on friday"),
    (FRIDAY, "reschedule report for 2026-11-27 | set report due friday | change the report's deadline to Nov 27"),
    (FRIDAY, "postpone the report until friday | make the report due in 3 days"),
    (HIGH, "set the priority of the report to high | make report high priority | make the report urgent"),
    (HIGH, "mark the report as high priority | set report's priority to high | prioritize the report"),
    (HIGH, "raise the priority of the report | give the report high priority"),
    (HIGH, "change the priority to high for report | set report priority high | set high priority for the report"),
    (HIGH, "the priority of the report should be high | update report with high priority"),
    (FRIDAY, "set report to be due friday | the due date of the report is friday"),
    (LIST, "give me a list of my tasks"),
    (UNDO, "undo | undo that | Undo the last change! | revert | take that back | please undo it"),
)


@pytest.mark.parametrize(
    ("said", "understood"), [(said.strip(), expected) for expected, texts in PHRASINGS for said in texts.split("|")]
)
def test_each_phrasing_is_understood(said: str, understood: Command) -> None:
    assert read(said) == [understood]


WATER = {"title": "water the plants", "due_date": "2026-11-25", "due_time": "10:00:00"}
GYM = {"title": "gym", "due_date": "2026-11-30", "due_time": "07:00:00", "repeat": "weekly"}
CALL = {"title": "call mum", "priority": "high", "tags": ["family"], "due_date": "2026-11-27", "due_time": "09:00:00"}


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("add a task to call mum on Friday at 9am, high priority #Family", CALL),
        ("add call mum #family !high on friday at 09:00", CALL),
        ("remind me tomorrow at 10 to water the plants", WATER),
        ("add gym every monday at 7am", GYM),
        ("add an urgent task: fix login", {"title": "fix login", "priority": "high"}),
        ("add rent every month due 2026-12-01", {"title": "rent", "due_date": "2026-12-01", "repeat": "monthly"}),
        ("add task “call mum” with high priority and due on friday at 9:00 #family", CALL),
        ("add watch the sun", {"title": "watch the sun"}),
        ("add tomorrow", {"title": "tomorrow"}),
        ("add read 1984", {"title": "read 1984"}),
    ],
)
def test_an_addition_is_read_in_full(said: str, understood: dict[str, Any]) -> None:
    assert read(said) == [("add", understood)]


WEEK = {"due_from": "2026-11-23", "due_to": "2026-11-29"}


@pytest.mark.parametrize(
    ("said", "filters"),
    [
        ("what's due today?", {"due_from": "2026-11-24", "due_to": "2026-11-24"}),
        (
            "show high priority tasks due this week",
            {"priority": "high", **WEEK},
        ),
        ("show todos due before friday", {"due_to": "2026-11-26"}),
        ("what is overdue", {"status": "pending", "overdue": True}),
        ("show my overdue high priority tasks", {"status": "pending", "overdue": True, "priority": "high"}),
        ("overdue", {"status": "pending", "overdue": True}),
        ("show completed todos tagged #home", {"status": "completed", "tag": "home"}),
    ],
)
def test_a_list_is_narrowed(said: str, filters: dict[str, str]) -> None:
    assert read(said) == [("list", filters)]


@pytest.mark.parametrize(
    "said", ["find milk", "search for milk", "show me the todos about milk", "where is the milk task?"]
)
def test_a_search_is_for_its_words(said: str) -> None:
    assert read(said) == [("search", {"query": "milk"})]


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("add milk and add eggs", [("add", {"title": "milk"}), ("add", {"title": "eggs"})]),
        ("complete the report, then delete the meeting task; undo", [REPORT_DONE, DELETE_MEETING, UNDO]),
        ("Add buy milk. Rename report to final report\nlist pending", [ADD_MILK, RENAME, PENDING]),
        ("delete the meeting task and complete report", [DELETE_MEETING, REPORT_DONE]),
        ("add buy milk and mark the report as done", [ADD_MILK, REPORT_DONE]),
        ("add clean up and delete old photos", [("add", {"title": "clean up and delete old photos"})]),
        ("add 'milk; and delete the meeting task'", [("add", {"title": "milk; and delete the meeting task"})]),
        ("add:\n- milk\n- eggs", [("add", {"title": "milk"}), ("add", {"title": "eggs"})]),
    ],
)
def test_several_commands_are_one_each(said: str, understood: list[Command]) -> None:
    assert read(said) == understood


@pytest.mark.parametrize(
    ("said", "every"),
    [
        ("delete all completed tasks", "completed"),
        ("clear my completed todos", "completed"),
        ("delete everything", "all"),
    ],
)
def test_all_of_a_kind(said: str, every: str) -> None:
    assert read(said) == [("delete", {"every": every})]


@pytest.mark.parametrize(
    "said", ["don't delete the meeting task", "never complete it", "what is the weather", "delete", "add", "blub"]
)
def test_what_is_no_command_is_not_understood(said: str) -> None:
    assert read_message(said, NOW) == [NotUnderstood(said)]


def test_greetings_are_answered() -> None:
    assert read_message("Hello!", NOW) == [Talk("help")]
    assert read_message("thank you", NOW) == [Talk("thanks")]


TITLE = st.text(
    st.characters(categories=["L", "N", "S", "Zs"], include_characters=",;:-#!"), min_size=1, max_size=60
).filter(lambda text: not is_blank(text) and "`" not in text)


@given(title=TITLE)
def test_what_is_quoted_is_taken_as_it_is(title: str) -> None:
    stripped = compose(title.strip())
    [add] = read_message(f'add "{title}"', NOW)
    [done] = read_message(f'mark "{title}" as done', NOW)
    [gone] = read_message(f'delete "{title}"', NOW)
    [renamed] = read_message(f'rename "{title}" to "{title}"', NOW)
    assert isinstance(add, Add)
    assert isinstance(done, Complete)
    assert isinstance(gone, Delete)
    assert isinstance(renamed, Update)
    assert {add.title, done.todo, gone.todo, renamed.todo, renamed.title} == {stripped}


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    assert isinstance(read_message(text, NOW), list)


WORDS = [
    "add",
    "and",
    "then",
    ",",
    ";",
    ".",
    "set",
    "to",
    "the",
    "priority",
    "of",
    "high",
    "due",
    "date",
    "mark",
    "as",
    "done",
    "delete",
    "is",
    "all",
    "every",
    "my",
    "list",
    "show",
    "what",
    "about",
    "#",
    "tomorrow",
    "at",
    "9",
    "please",
    "hey",
    "'",
    '"',
    "remind",
    "me",
    "rename",
    "it",
    "next",
    "week",
    "1:1",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.booleans())
@settings(max_examples=300)
def test_no_message_hangs(words: list[str], spaced: bool) -> None:
    piece = " ".join(words) + " " * spaced
    start = time.process_time()
    read_message((piece * 2000)[:2000], NOW)
    assert time.process_time() - start < HANG_S
