"""The one reader of a line: its table of cases, lines as people write them, and what holds for any text."""

import re
import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.models import Priority, Repeat
from app.reading import Reading, When, read, read_when
from app.reading.cases import CASES, PATH
from app.schemas.reading import CasesPublic
from tests.reading.notation import NOW, ZONE, brief, table, tidy
from tests.support import HANG_S

LINES = table(Path(__file__).parent / "lines.txt")
BREAKING = table(Path(__file__).parent / "breaking.txt")


@pytest.mark.parametrize(("text", "meant"), [*table(PATH), *BREAKING], ids=lambda value: value)
def test_each_case_is_read_as_the_table_says(text: str, meant: str) -> None:
    assert brief(read(text, NOW, ZONE)) == tidy(meant)


def test_the_help_shows_every_case() -> None:
    shown = [case for section in TypeAdapter(list[CasesPublic]).validate_python(CASES) for case in section.cases]
    assert [(case.text, case.meaning or case.text) for case in shown] == table(PATH)


def test_lines_as_people_write_them_get_their_dates_and_no_wrong_value() -> None:
    assert len(LINES) == 200
    results = [(text, tidy(meant), brief(read(text, NOW, ZONE))) for text, meant in LINES]
    wrong = [result for result in results if result[2] not in {result[0], result[1]}]
    assert wrong == []
    dated = [result for result in results if re.search(r" ~ \d{4}-", result[1])]
    got = [result for result in dated if result[1] == result[2]]
    assert len(got) >= 0.9 * len(dated)


@pytest.mark.parametrize("day_first", [False, True])
@pytest.mark.parametrize(
    ("text", "month_first", "other"),
    [
        ("call 2/3/2027", "call ~ 2027-02-03", "call ~ 2027-03-02"),
        ("call on 2/3", "call ~ 2027-02-03", "call ~ 2027-03-02"),
        ("call 25/12/2026", "call 25/12/2026", "call ~ 2026-12-25"),
        ("call 2.3.2027", "call ~ 2027-03-02", "call ~ 2027-03-02"),
        ("call Dec 24", "call ~ 2026-12-24", "call ~ 2026-12-24"),
        ("call Dec 24 at 18:00", "call ~ 2026-12-24 18:00", "call ~ 2026-12-24 18:00"),
        ("call Mar 2", "call ~ 2027-03-02", "call ~ 2027-03-02"),
    ],
)
def test_the_order_of_day_and_month_is_the_visitors(text: str, month_first: str, other: str, day_first: bool) -> None:
    assert brief(read(text, NOW, ZONE, day_first=day_first)) == (other if day_first else month_first)


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        ("2027-01-31", "pay in a month", "2027-02-28"), ("2028-01-31", "pay in a month", "2028-02-29"),
        ("2026-08-31", "pay in 3 months", "2026-11-30"), ("2026-12-31", "pay in two months", "2027-02-28"),
        ("2028-02-29", "pay in a year", "2029-02-28"), ("2027-01-31", "pay next month", "2027-02-28"),
        ("2027-02-10", "pay on the 31st", "2027-03-31"), ("2026-11-28", "water every weekday", "2026-11-30"),
        ("2028-02-29", "dinner 29 feb", "2028-02-29"), ("2028-03-01", "dinner 29 feb", "2032-02-29"),
        ("2096-03-01", "dinner 29 feb", "2104-02-29"),
    ],
)  # fmt: skip
def test_a_month_that_is_too_short_ends_earlier(now: str, text: str, day: str) -> None:
    when = read(text, datetime.fromisoformat(f"{now}T10:00:00-05:00"), ZONE).when
    assert when is not None
    assert str(when.day) == day


def test_days_are_those_of_the_visitors_zone() -> None:
    late = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    assert brief(read("call today", late, ZONE)) == "call ~ 2026-11-25"
    assert brief(read("call today", late, "Asia/Tokyo")) == "call ~ 2026-11-26"


def test_a_named_zone_is_kept_and_an_offset_is_worked_out() -> None:
    when = read("call 2026-12-01 at 9:00 Europe/Berlin", NOW, ZONE).when
    assert when == When(date(2026, 12, 1), clock_time(9), "Europe/Berlin")
    berlin = datetime(2026, 11, 24, 15, tzinfo=ZoneInfo("Europe/Berlin"))
    assert brief(read("call 2026-11-25T14:30Z", berlin, "Europe/Berlin")) == "call ~ 2026-11-25 15:30"
    assert brief(read("call 2026-11-25T14:30+02:00", berlin, "Europe/Berlin")) == "call ~ 2026-11-25 13:30"


def test_every_reading_is_put_back_into_text_by_one_click() -> None:
    reading = read("tomorrow call grandma at 9am #home !high", NOW, ZONE)
    assert [(item.kind, item.words, item.tag) for item in reading.understood] == [
        ("due", "tomorrow at 9am", None), ("tag", "#home", "home"), ("priority", "!high", None)
    ]  # fmt: skip
    assert reading.understood[0].kept == r"\tomorrow call grandma \at \9am #home !high"
    assert brief(read(reading.understood[0].kept, NOW, ZONE)) == "tomorrow call grandma at 9am ~ #home !high"


def test_at_most_ten_tags_are_taken() -> None:
    reading = read("a " + " ".join(f"#t{number}" for number in range(11)), NOW, ZONE)
    assert (reading.title, len(reading.tags)) == ("a #t10", 10)


def test_what_says_only_when_is_read_alone() -> None:
    friday = read_when("on friday", NOW, ZONE)
    assert friday == When(date(2026, 11, 27), None, ZONE)
    clock = read_when("17:00", NOW, ZONE)
    assert clock == When(date(2026, 11, 25), clock_time(17), ZONE, says_day=False)
    assert read_when("the shop", NOW, ZONE) is None
    assert read_when("every day", NOW, ZONE) is None


SOUP = re.findall(
    r"\S+",
    r"""buy tomorrow 9am at \ \# #a #b, ! !high !low every week day monday " “ ” “x” in 2 days by İ #İ 🌱 5 - , .
    friday's next 1/2 \tomorrow "every day" the of and 31 dec on sat noon tonight (today) 2026-12-01, daily high
    priority; UTC""",
)
SOUPS = st.lists(st.sampled_from([*SOUP, "  ", "\t"]), min_size=1, max_size=12).map(" ".join)
TEXTS = SOUPS | st.text(max_size=60)


_ESCAPED = re.compile(r"(?<!\S)\\(?=[^\\\s])")
_JOINTS = ",;:-–—"  # noqa: RUF001 - what joins a phrase to the title goes with the phrase


def _words(text: str) -> list[str]:
    return [word for word in (word.strip(_JOINTS) for word in _ESCAPED.sub("", text).split()) if word]


def _unclicked(text: str) -> str:
    """Put everything that is understood back into text, one click after the other."""
    while understood := read(text, NOW, ZONE).understood:
        assert understood[0].kept != text
        text = understood[0].kept
    return text


@given(TEXTS)
@settings(max_examples=400)
def test_what_is_not_understood_is_never_changed(text: str) -> None:
    reading = read(text, NOW, ZONE)
    assert (reading.title == "") == (text.strip() == "")
    said = " ".join(item.words for item in reading.understood)
    assert sorted(_words(f"{reading.title} {said}")) == sorted(_words(text)), "no word is lost"
    rest = iter(_words(text))
    assert all(word in rest for word in _words(reading.title)), "the others keep their order"
    assert reading.repeat is None or reading.when is not None


@given(TEXTS)
@settings(max_examples=200)
def test_every_reading_of_any_text_can_be_put_back(text: str) -> None:
    assert read(_unclicked(text), NOW, ZONE) == Reading(_ESCAPED.sub("", text).strip())


TITLES = st.lists(
    st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="\\"), min_size=1, max_size=8)
    | st.sampled_from([word for word in SOUP if "\\" not in word and word]),
    min_size=1,
    max_size=6,
).map(" ".join)
TAGS = st.lists(
    st.text("abcäß日-_0", min_size=1, max_size=8).filter(lambda tag: any(map(str.isalpha, tag))), unique=True
)


def _write(reading: Reading) -> str:
    """Make a text out of a todo: every word of its title is kept as text."""
    when = reading.when
    due = f"on {when.day}" + (f" at {when.clock:%H:%M} {when.zone}" if when.clock else "") if when else ""
    repeat = {Repeat.MONTHLY: "every month", Repeat.WEEKLY: "every week", Repeat.DAILY: "every day", None: ""}[
        reading.repeat
    ]
    title = " ".join(f"\\{word}" for word in reading.title.split())
    return " ".join(
        [title, *(f"#{tag}" for tag in reading.tags), f"!{reading.priority}", "- " * bool(due) + due, repeat]
    ).strip()


@given(
    title=TITLES,
    tags=TAGS.map(lambda tags: tags[:10]),
    priority=st.sampled_from(Priority),
    day=st.none() | st.dates(date(1970, 1, 1), date(9998, 12, 31)),
    clock=st.none() | st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/New_York"]),
    repeat=st.none() | st.sampled_from([Repeat.DAILY, Repeat.WEEKLY, Repeat.MONTHLY]),
)
@settings(max_examples=300)
def test_a_text_that_was_made_from_a_todo_gives_that_todo(
    title: str,
    tags: list[str],
    priority: Priority,
    day: date | None,
    clock: clock_time | None,
    zone: str,
    repeat: Repeat | None,
) -> None:
    tags = list(dict.fromkeys(tag.lower() for tag in tags))
    when = When(day, clock, zone if clock else ZONE) if day else None
    todo = Reading(title, when, repeat if day else None, priority, tags)
    again = read(_write(todo), NOW, ZONE)
    assert (again.title, again.when, again.repeat, again.priority, again.tags) == (
        todo.title, todo.when, todo.repeat, todo.priority, todo.tags
    )  # fmt: skip


@given(st.lists(st.sampled_from(SOUP), min_size=1, max_size=4), st.booleans())
@settings(max_examples=200)
def test_no_line_hangs(words: list[str], spaced: bool) -> None:
    start = time.process_time()
    read((" ".join(words) + " " * spaced) * 200, NOW, ZONE)
    assert time.process_time() - start < HANG_S
