"""Dates and times as people write them: "tomorrow at 9am", "next friday", "in 3 days", "25 Nov", "2026-11-25 14:30".

They are found at the end or at the beginning of a text and read in the zone of `now`. Weekdays are days to come,
today included; "next friday" is the one of next week.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "day after tomorrow": 2}

_LEAD = r"(?:(?:it\s+is\s+|it's\s+)?(?:due|by|on|until|till|before|for|from|starting)\s+)*"
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
# Short names of weekdays are words of their own ("sun", "sat"), so they need a word before them that tells.
_DAY = rf"""
    (?P<iso>\d{{4}}-\d{{2}}-\d{{2}})
    | (?:the\s+)?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\.?(?:,?\s+(?P<y1>\d{{4}}))?
    | (?P<m2>{_MONTH})\.?\s+(?:the\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y2>\d{{4}}))?
    | (?:the\s+)?(?P<word>day\s+after\s+tomorrow|today|tonight|tomorrow|tmrw)
    | (?P<which>next|this|coming|on|by)\s+(?P<short>mon|tues?|wed|thu(?:rs)?|fri|sat|sun)
    | (?:(?P<which2>next|this|coming)\s+)?(?P<weekday>{"|".join(WEEKDAYS)})
    | next\s+(?P<period>week|month)
    | in\s+(?P<count>\d{{1,3}}|{"|".join(_NUMBERS)})\s+(?P<unit>minute|hour|day|week|month)s?
"""
_TIME = r"""
    (?:at\s+|@\s*)?(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<min12>[0-5]\d))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)
    | (?:at\s+|@\s*)?(?P<h24>[01]?\d|2[0-3]):(?P<min24>[0-5]\d)(?::00)?
    | (?:at\s+|@\s*)(?P<hour>[01]?\d|2[0-3])(?:\s*o'?clock)?
    | (?:at\s+)?(?P<name>noon|midday|midnight)
"""
_FLAGS = re.IGNORECASE | re.VERBOSE
_DAY_LAST = re.compile(rf"(?<![\w-])(?<!every\s){_LEAD}(?:{_DAY})$", _FLAGS)
_TIME_LAST = re.compile(rf"(?<![\w:-]){_LEAD}(?:{_TIME})$", _FLAGS)
_ISO_TIME_LAST = re.compile(r"(?<=\d{4}-\d{2}-\d{2})T(?P<h24>[01]\d|2[0-3]):(?P<min24>[0-5]\d)(?::00)?Z?$", _FLAGS)
_DAY_FIRST = re.compile(rf"{_LEAD}(?:{_DAY})(?![\w-])", _FLAGS)
_TIME_FIRST = re.compile(rf"(?:{_TIME})(?![\w:-])", _FLAGS)
EDGES = " \t\n,;:-–"  # noqa: RUF001 - a dash
"""What may be left beside words when others were taken away."""
_LONGEST = 60
"""No date is written in more characters; looking further back would only cost time."""


@dataclass(frozen=True)
class When:
    """A day, and a time on it or the whole of it."""

    day: date
    clock: time | None = None


def take_when(text: str, now: datetime) -> tuple[str, When | None]:
    """Take a date, a time or both off the end of `text`, else off its beginning; return the rest and what they say."""
    rest, day, clock = _take(text, now, last=True)
    if day is None and clock is None:
        rest, day, clock = _take(text, now, last=False)
    if isinstance(day, datetime):  # in 2 hours
        return rest, When(day.date(), day.time())
    if day is None and clock is None:
        return text, None
    if day is None and clock is not None:
        day = now.date() if clock > now.time() else now.date() + timedelta(days=1)
    assert day is not None  # noqa: S101 - one of the two is there
    return rest, When(day, clock)


def parse_when(text: str, now: datetime) -> When | None:
    """Read a text that is a date and nothing else; None if it is something else."""
    rest, when = take_when(text.strip(), now)
    return None if rest.strip(EDGES) else when


def _take(text: str, now: datetime, *, last: bool) -> tuple[str, date | None, time | None]:
    patterns = (_ISO_TIME_LAST, _TIME_LAST, _DAY_LAST) if last else (_TIME_FIRST, _DAY_FIRST)
    day: date | None = None
    clock: time | None = None
    for _ in range(2):
        for pattern in patterns:
            text = text.rstrip(EDGES) if last else text.lstrip(EDGES)
            found = pattern.search(text, max(0, len(text) - _LONGEST)) if last else pattern.match(text)
            if found is None:
                continue
            if "iso" in pattern.groupindex:
                new = day is None and (day := _day(found, now)) is not None
            else:
                new = clock is None and (clock := _clock(found)) is not None
            if new:
                text = text[: found.start()] if last else text[found.end() :]
    return text.strip(EDGES) if day or clock else text, day, clock


def _clock(found: re.Match[str]) -> time | None:
    parts = found.groupdict()
    if parts.get("half"):
        afternoon = parts["half"].lower().startswith("p")
        return time(int(parts["h12"]) % 12 + 12 * afternoon, int(parts["min12"] or 0))
    if parts.get("h24"):
        return time(int(parts["h24"]), int(parts["min24"]))
    if parts.get("hour"):
        return time(int(parts["hour"]))
    return time(0 if parts["name"].lower() == "midnight" else 12)


def _day(found: re.Match[str], now: datetime) -> date | None:
    """Return the day, a datetime when it was given in hours or minutes, None for one that no calendar has."""
    parts = {name: value.lower() for name, value in found.groupdict().items() if value}
    today = now.date()
    readers: dict[str, Callable[[], date]] = {
        "iso": lambda: date.fromisoformat(parts["iso"]),
        "m1": lambda: _of_month(parts, today),
        "m2": lambda: _of_month(parts, today),
        "word": lambda: today + timedelta(days=_DAYS[" ".join(parts["word"].split())]),
        "weekday": lambda: _weekday(parts["weekday"], parts.get("which2"), today),
        "short": lambda: _weekday(parts["short"], parts["which"], today),
        "period": lambda: today + timedelta(weeks=1) if parts["period"] == "week" else _add_months(today, 1),
        "count": lambda: _in(parts["count"], parts["unit"], now),
    }
    try:
        return next(read for name, read in readers.items() if name in parts)()
    except (ValueError, OverflowError):
        return None


def _of_month(parts: dict[str, str], today: date) -> date:
    """A day and a month; without a year the next such day."""
    month = 1 + _MONTHS.index((parts.get("m1") or parts["m2"])[:3])
    day = int(parts.get("d1") or parts["d2"])
    if year := parts.get("y1") or parts.get("y2"):
        return date(int(year), month, day)
    candidate = date(today.year, month, day)
    return candidate if candidate >= today else date(today.year + 1, month, day)


def _weekday(name: str, which: str | None, today: date) -> date:
    number = next(index for index, full in enumerate(WEEKDAYS) if full.startswith(name[:3]))
    if which == "next":
        return today + timedelta(days=7 - today.weekday() + number)
    return today + timedelta(days=(number - today.weekday()) % 7)


def _in(count: str, unit: str, now: datetime) -> date:
    number = int(count) if count.isdecimal() else _NUMBERS[count]
    match unit:
        case "minute" | "hour":
            later = now.astimezone(UTC) + timedelta(**{f"{unit}s": number})
            return later.astimezone(now.tzinfo).replace(second=0, microsecond=0)
        case "month":
            return _add_months(now.date(), number)
        case _:
            return now.date() + timedelta(**{f"{unit}s": number})


def _add_months(day: date, number: int) -> date:
    """The same day some months later, or the last one of that month if it is shorter."""
    years, month = divmod(day.month - 1 + number, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    return date(day.year + years, month + 1, day.day)
