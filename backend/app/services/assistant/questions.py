"""Reads questions for todos: "what's due this week?", "show my pending tasks", "find milk"."""

import re
from datetime import timedelta
from typing import Any

from dateutil.relativedelta import MO, relativedelta

from app.reading.phrases import LEVEL, level_of
from app.services.assistant.arguments import Find, List
from app.services.assistant.naming import DONE, OPEN, THING, name_of
from app.services.assistant.visitor import Visitor

_SEARCH = re.compile(
    rf"(?:search(?: for)?|find|look(?: up| for)|where is|where's) (?:me )?(?:(?:for )?(?:all|any|my|the) )*"
    rf"(?:{THING} (?:(?:about|with|containing|named|called|for|matching|mentioning|that mention) )?)?(?P<query>.+)",
    re.IGNORECASE,
)
_SHOW = re.compile(
    r"(?:(?P<order>list|show|display|see|view|get|give me|read|open|tell me)(?: me)?(?: (?:a|the) list of)?"
    r"(?: what(?:'s| is| are)?)?"
    r"|what do i (?:still )?(?:have|need)(?: (?:to do|left|got))?|what (?:should|must) i do|what have i got"
    rf"|what(?:'s| is| are| {THING} (?:are|do i have)| {THING}|)|which(?: {THING})?(?: (?:are|of my))?"
    rf"|how many|is there|anything|everything|do i have|have i got|are there|my|all|any|{THING})(?: |$)(?P<rest>.*)"
    rf"|(?P<bare>(?:{OPEN}|{DONE} {THING}|overdue)\b.*)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:^|.*\s)(?:about|containing|mentioning|matching|named|called|with (?:the )?words?) (?P<query>.+)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"\b(?:all|every|any|each|of|my|the|our|me|i|have|has|do|there|are|is|that|which|were|be|still|got|to do|to|on|in"
    rf"|for|with|list|{THING}|priority|due|left|currently|now|right|agenda|plate|up|next|todo|coming|was|been|and|please|ones"
    r"|anything|everything)\b",
    re.IGNORECASE,
)
_STATUS = (
    (re.compile(rf"\b{OPEN}\b|\bleft\b", re.IGNORECASE), "pending"),
    (re.compile(rf"\b{DONE}\b", re.IGNORECASE), "completed"),
)
_LEVEL_WORD = re.compile(rf"\b({LEVEL})\b", re.IGNORECASE)
_TAG = re.compile(r"(?:tagged (?:as |with )?#?|#|with (?:the )?tag #?)([\w-]{1,30})", re.IGNORECASE)
_OVERDUE = re.compile(r"\b(?:overdue|late|past due)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:due )?(?P<word>before|by|until|till|within) (?P<when>.+)$", re.IGNORECASE)
_SPAN = re.compile(
    r"\b(?:due )?(?:in )?"
    r"(?:(?P<which>this|next) (?P<unit>week|month|year)|(?:the )?next (?P<days>\d{1,2}|seven) days)\b",
    re.IGNORECASE,
)


def read_list(visitor: Visitor, text: str) -> List | Find | None:
    """Read a question for todos; None if it is something else."""
    if found := _SEARCH.fullmatch(text):
        return Find(query=name_of(found["query"], visitor))
    found = _SHOW.fullmatch(text)
    if found is None:
        return None
    rest = found["rest"] or found["bare"] or ""
    if about := _ABOUT.fullmatch(rest):
        return Find(query=name_of(about["query"], visitor))
    fields: dict[str, Any] = {}
    rest = _take_filters(rest, fields, visitor)
    if unknown := _WORDS.sub("", rest).strip(" ,.?"):
        return Find(query=name_of(rest, visitor)) if found["order"] and len(unknown) > 1 else None
    return List(**fields)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _take_filters(text: str, fields: dict[str, Any], visitor: Visitor) -> str:
    """Take everything that narrows the list out of the text; returns what is left."""
    today = visitor.now.date()

    def take(pattern: re.Pattern[str], before: str) -> tuple[str, re.Match[str] | None]:
        found = pattern.search(before)
        return (_tidy(f"{before[: found.start()]} {before[found.end() :]}"), found) if found else (before, None)

    text, tag = take(_TAG, text)
    if tag:
        fields["tag"] = tag[1].lower()
    text, overdue = take(_OVERDUE, text)
    if overdue:
        fields |= {"status": "pending", "overdue": True}
    text, span = take(_SPAN, text)
    if span and span["unit"]:
        unit = span["unit"].lower()
        now = {"week": {"weekday": MO(-1)}, "month": {"day": 1}, "year": {"month": 1, "day": 1}}[unit]
        one = relativedelta(**{f"{unit}s": 1})  # type: ignore[arg-type]
        first = today + relativedelta(**now) + one * (span["which"].lower() == "next")  # type: ignore[arg-type]
        fields |= {"due_from": first, "due_to": first + one - timedelta(days=1)}
    elif span:
        days = 7 if span["days"].lower() == "seven" else int(span["days"])
        fields |= {"due_from": today, "due_to": today + timedelta(days=days - 1)}
    elif found := _UNTIL.search(text):
        within = found["word"].lower() == "within"
        if when := visitor.read_when(f"in {found['when']}" if within else found["when"]):
            text = text[: found.start()]
            fields["due_to"] = when.day - timedelta(days=found["word"].lower() == "before")
    else:
        reading = visitor.read(text)
        if when := visitor.read_when(text) or reading.when:
            text = "" if visitor.read_when(text) else reading.title
            fields |= {"due_from": when.day, "due_to": when.day}
            fields |= {"priority": reading.priority} if reading.priority else {}
    for pattern, status in _STATUS:
        if "status" not in fields:
            text, found = take(pattern, text)
            if found:
                fields["status"] = status
    text, level = take(_LEVEL_WORD, text)
    if level:
        fields["priority"] = level_of(level[1])
    return text
