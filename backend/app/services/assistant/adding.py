"""Reads what is to be added: "call mum tomorrow at 9am, high priority #home every week"."""

import re
from datetime import datetime, timedelta
from typing import Any

from app.services.assistant.arguments import Add
from app.services.assistant.clauses import Quotes
from app.services.assistant.dates import EDGES, WEEKDAYS, When, parse_when, take_when
from app.services.assistant.naming import THING, off_list

PRIORITIES = {
    "high": "high|highest|top|urgent|important|critical|asap",
    "normal": "normal|medium|regular|default|standard",
    "low": "low|lowest|minor|unimportant",
}
LEVEL = "|".join(PRIORITIES.values())

_JOINT_LAST = re.compile(r" (?:and|with)$", re.IGNORECASE)
_PRIORITY_LAST = re.compile(
    rf"(?:^|[\s,(])(?:(?:(?:with|at|as|of) )?(?:an? )?(?P<level>{LEVEL}) priority|!(?P<bang>{LEVEL})"
    rf"|(?:with )?priority ?[:=]? ?(?P<after>{LEVEL}))\)?$",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?:^|(?<=\s))#([\w-]{1,30})(?=[\s,.;]|$)")
_TAGGED_LAST = re.compile(
    r"(?:^|\s)(?:and )?(?:tagged(?: (?:as|with))?|with (?:the )?tag) #?([\w-]{1,30})$", re.IGNORECASE
)
_REPEAT_LAST = re.compile(
    rf"(?:^|[\s,])(?:(?:(?:repeat(?:s|ing|ed)? )?(?:every (?P<unit>day|weekday|week|month|{'|'.join(WEEKDAYS)})"
    r"|(?P<word>daily|weekly|monthly|on weekdays)))$)",
    re.IGNORECASE,
)
_REPEATS = {
    "day": "daily",
    "daily": "daily",
    "weekday": "weekdays",
    "on weekdays": "weekdays",
    "week": "weekly",
    "weekly": "weekly",
    "month": "monthly",
    "monthly": "monthly",
}
_REMIND = re.compile(r"(?P<when>.{1,60}?) (?:to|that|about) (?P<title>.+)", re.IGNORECASE)
_OPENING = re.compile(
    rf"(?:an? |the |another |one more |some )?(?:new )?(?:(?P<level>{LEVEL})(?: |-)(?:priority )?)?"
    rf"{THING}(?: ?: ?| (?:called|named|titled|saying|that says) ?:? ?| (?:to|for|about) | |$)",
    re.IGNORECASE,
)


def level_of(word: str) -> str:
    """Return the priority that a word means."""
    return next(level for level, words in PRIORITIES.items() if word.lower() in words.split("|"))


def read_reminder(text: str, quotes: Quotes, now: datetime) -> Add:
    """Read what follows "remind me": "tomorrow to call mum" as well as "to call mum tomorrow"."""
    found = _REMIND.fullmatch(text)
    when = parse_when(found["when"], now) if found else None
    if found and when:
        return read_add(found["title"], quotes, now, when)
    return read_add(re.sub(r"^(?:to|that|about|of) ", "", text, flags=re.IGNORECASE), quotes, now)


def read_add(text: str, quotes: Quotes, now: datetime, when: When | None = None) -> Add:
    """Read a new todo.

    Raises:
        ValidationError: No title is left, or it is too long.
    """
    fields: dict[str, Any] = {}
    text = off_list(text)
    if found := _OPENING.match(text):
        text = text[found.end() :]
        if found["level"]:
            fields["priority"] = level_of(found["level"])
    fields["tags"] = [tag.lower() for tag in _TAG.findall(text)]
    text = _TAG.sub("", text)
    before = None
    while text != before:
        before = text
        text = off_list(text)
        text = _take_last(text, fields, now)
        if when is None:
            rest, found_when = take_when(text, now)
            if rest.strip(EDGES):
                text, when = rest, found_when
        if text != before:
            text = _JOINT_LAST.sub("", text)
    if repeat := fields.get("repeat"):
        when = _first(repeat, fields.pop("weekday", ""), when, now)
    if when:
        fields |= {"due_date": when.day, "due_time": when.clock}
    mark = quotes.only_mark(text)
    return Add(title=quotes.show(mark or text.strip(EDGES)), **fields)


def _take_last(text: str, fields: dict[str, Any], now: datetime) -> str:
    """Take one attribute off the end, unless nothing would be left."""
    if found := _PRIORITY_LAST.search(text):
        fields.setdefault("priority", level_of(found["level"] or found["bang"] or found["after"]))
    elif found := _TAGGED_LAST.search(text):
        fields["tags"].append(found[1].lower())
    elif found := _REPEAT_LAST.search(text):
        unit = " ".join((found["unit"] or found["word"]).lower().split())
        fields.setdefault("repeat", _REPEATS.get(unit, "weekly"))
        if unit in WEEKDAYS:
            fields["weekday"] = unit
    else:
        return text
    return text[: found.start()]


def _first(repeat: str, weekday: str, when: When | None, now: datetime) -> When:
    """Return when what repeats is due first: on that weekday, else when it was said, else today."""
    day = when.day if when else now.date()
    if named := parse_when(weekday, now):
        day = named.day
    while repeat == "weekdays" and day.weekday() > 4:
        day += timedelta(days=1)
    return When(day, when.clock if when else None)
