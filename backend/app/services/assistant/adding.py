"""Reads what is to be added: "call mum tomorrow at 9am, high priority #home every week"."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.reading import Reading, When, read, read_when
from app.reading.phrases import LEVEL, level_of
from app.services.assistant.arguments import Add
from app.services.assistant.clauses import Quotes
from app.services.assistant.naming import THING, off_list

_REMIND = re.compile(r"(?P<when>.{1,60}?) (?:to|that|about) (?P<title>.+)", re.IGNORECASE)
_OPENING = re.compile(
    rf"(?:an? |the |another |one more |some )?(?:new )?(?:(?P<level>{LEVEL})(?: |-)(?:priority )?)?"
    rf"{THING}(?: ?: ?| (?:called|named|titled|saying|that says) ?:? ?| (?:to|for|about) | |$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Visitor:
    """When and where something is said, and what of it stood in quotation marks."""

    now: datetime
    quotes: Quotes
    day_first: bool = False

    def read(self, text: str) -> Reading:
        """Read a todo in one line."""
        return read(text, self.now, str(self.now.tzinfo), day_first=self.day_first)

    def read_when(self, text: str) -> When | None:
        """Read what says when something is due and nothing else."""
        return read_when(text, self.now, str(self.now.tzinfo), day_first=self.day_first)

    def arguments(self, when: When) -> dict[str, Any]:
        """Return a tool's arguments for what was said of day and time."""
        if when.clock and when.zone != str(self.now.tzinfo):
            there = datetime.combine(when.day, when.clock, ZoneInfo(when.zone))
            here = there.astimezone(self.now.tzinfo)
            return {"due_date": here.date(), "due_time": here.time()}
        return {"due_date": when.day} | ({"due_time": when.clock} if when.says_clock else {})


def read_reminder(visitor: Visitor, text: str) -> Add:
    """Read what follows "remind me": "tomorrow to call mum" as well as "to call mum tomorrow"."""
    found = _REMIND.fullmatch(text)
    if found and visitor.read_when(found["when"]):
        return read_add(visitor, f"{found['when']} {found['title']}")
    return read_add(visitor, re.sub(r"^(?:to|that|about|of) ", "", text, flags=re.IGNORECASE))


def read_add(visitor: Visitor, text: str) -> Add:
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
    reading = visitor.read(text)
    fields |= {"tags": reading.tags, "repeat": reading.repeat}
    if reading.priority:
        fields["priority"] = reading.priority
    if reading.when:
        fields |= visitor.arguments(reading.when)
    return Add(title=visitor.quotes.title(off_list(reading.title)), **fields)
