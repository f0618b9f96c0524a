"""Reads questions for todos: "what's due this week?", "show my pending tasks", "find milk"."""

import re
from datetime import timedelta
from typing import Any

from app.reading.phrases import LEVEL, level_of
from app.services.assistant.adding import Visitor
from app.services.assistant.arguments import Find, List
from app.services.assistant.clauses import Quotes
from app.services.assistant.naming import DONE, OPEN, THING, name_of

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
_UNTIL = re.compile(r"\b(?:due )?(?P<word>before|by|until|till) (?P<when>.+)$", re.IGNORECASE)
_SPAN = re.compile(
    r"\b(?:due )?(?:in )?(this|next) week\b|\b(?:in )?(?:the )?next (\d{1,2}|seven) days\b", re.IGNORECASE
)


def read_list(visitor: Visitor, text: str) -> List | Find | None:
    """Read a question for todos; None if it is something else."""
    if found := _SEARCH.fullmatch(text):
        return _find(found["query"], visitor.quotes)
    found = _SHOW.fullmatch(text)
    if found is None:
        return None
    rest = found["rest"] or found["bare"] or ""
    if about := _ABOUT.fullmatch(rest):
        return _find(about["query"], visitor.quotes)
    fields: dict[str, Any] = {}
    rest = _take_filters(rest, fields, visitor)
    if unknown := _WORDS.sub("", rest).strip(" ,.?"):
        return _find(rest, visitor.quotes) if found["order"] and len(unknown) > 1 else None
    return List(**fields)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _find(words: str, quotes: Quotes) -> Find:
    return Find(query=name_of(words, quotes))


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
    if span and span[1]:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=span[1].lower() == "next")
        fields |= {"due_from": monday, "due_to": monday + timedelta(days=6)}
    elif span:
        fields |= {"due_from": today, "due_to": today + timedelta(days=6 if span[2] == "seven" else int(span[2]) - 1)}
    elif found := _UNTIL.search(text):
        if when := visitor.read_when(found["when"]):
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
