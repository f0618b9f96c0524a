"""Finds the phrases of a text: `#tag` and `!priority` anywhere, all others in a run at its start or at its end.

A phrase is taken whole or not at all. A run stays text when a word beside it says that there is more to it, as in
"every monday and friday". A word behind a backslash, and what stands in quotation marks, is never read.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from app.models import Priority, Repeat
from app.reading.phrases import MONTH, NTH, PART, PHRASES, SHORT, UNIT, WEEKDAY, Phrase, Said, Today
from app.reading.when import Contradiction, When, work_out
from app.schemas.reading import Kind, Understood
from app.schemas.todos import MAX_TAGS, Tag
from app.text import fold

_LONGEST = 12
"""How many words the longest phrase has."""
_TAG = TypeAdapter[str](Tag)
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_WORD = re.compile(r"(\S+)\s*")
_MARK = re.compile(rf"(?:#(?P<tag>[^\s#!,;.]+)|!(?P<level>{'|'.join(Priority)}))[,;.]?")
_ESCAPED = re.compile(r"(?<!\S)\\(?=[^\\\s])")
_JOINTS = " ,;:"
_EDGES = " \t\n,;:-–—"  # noqa: RUF001
_DASH = re.compile(r"^[-–—] | [-–—]$")  # noqa: RUF001 - what phones write
_HIDDEN = "\ufffc"
_HOUR = re.compile(r"^\s*(noon|midday|midnight)", re.IGNORECASE)

_UNREAD = (
    rf"(?:{WEEKDAY})s?|{SHORT}|{MONTH}|{NTH}|[0-9:.]+ ?[ap][.]?m|[0-9]+(?:[:/-][0-9]+)+(?:[ap]m)?"
    rf"|(?:every|each|other|next|last|this|past|in|within) (?:\S+ )?(?:{UNIT}|{PART}|weekends?)|(?:at|by) [0-9]+"
)
# What stands before a run at the end, and the run: it is no run if the two belong together.
_BELONGS_BEFORE = re.compile(
    r"(?:|.* )(?:and|or|to|till|until|from|between|before|after|since|than|of|every|each|other|except|but|not|last"
    r"|past|with|per|first|second|third|the|a|an|my|our|your|his|her|their|this|next|is|are|about|around|re|regarding"
    rf"|during|like|via|starting|um|am|à|le|ab|bis|vor|nach|gegen|&|\+|\S+'s|{_UNREAD}) \|.*"
    rf"|(?:|.* )(?:(?:a|\S+) weeks? \| on|(?:black|cyber|good|ash|palm|easter|holy|shrove|whit) \| (?:{WEEKDAY})"
    rf"|[0-9]+ \| {MONTH})\b.*"
)
_BELONGS_BEHIND = re.compile(
    rf"(?:and|or|to|till|until|through|except|before|after|that|is|was|are|will|&|\+|{_UNREAD})(?: .*|$)"
)


@dataclass(eq=False)
class _Word:
    text: str
    """With the space behind it."""
    plain: str
    """As it is compared: without punctuation around it."""
    says: tuple[Kind, str | None] | None = None
    """What it was understood as, and which tag or priority; None while it is text."""


class _Part(NamedTuple):
    """A phrase that was found, with its words."""

    phrase: Phrase
    said: Said
    words: list[_Word]


@dataclass(frozen=True)
class Reading:
    """What a text means, and what of it said so, in the order of the text."""

    title: str
    when: When | None = None
    repeat: Repeat | None = None
    priority: Priority | None = None
    tags: list[str] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)


def read(text: str, moment: datetime, zone: str, *, day_first: bool = False) -> Reading:
    """Read a todo; a text of which no title would be left is all title."""
    today = Today(moment.astimezone(ZoneInfo(zone)), day_first)
    words = _words(text)
    parts = _runs([word for word in words if not word.says], today)
    try:
        when = work_out((part.said for part in parts), today, zone)
    except Contradiction:
        parts, when = [], None
    for phrase, said, piece in parts:
        for word in piece:
            word.says = (phrase.kind, said.tag or said.priority)
    left = [word for word in words if not word.says]
    title = _ESCAPED.sub("", "".join(word.text for word in left)).strip()
    if words and words[-1].says and left and left[-1].plain != _HIDDEN:
        title = title.rstrip(_JOINTS)
    if not title:
        return Reading(_ESCAPED.sub("", text).strip())
    says = dict.fromkeys(word.says for word in words if word.says)
    return Reading(
        title,
        when,
        next((part.said.repeat for part in parts if part.said.repeat), None),
        next((Priority(value) for kind, value in says if kind == "priority" and value), None),
        [value for kind, value in says if kind == "tag" and value][:MAX_TAGS],
        [_understood(words, one) for one in says],
    )


def read_when(text: str, moment: datetime, zone: str, *, day_first: bool = False) -> When | None:
    """Read a text that says when something is due and nothing else; None if it is something else."""
    reading = read(_HIDDEN + " " + _HOUR.sub(r"at \1", text), moment, zone, day_first=day_first)
    return reading.when if reading.title == _HIDDEN and all(item.kind == "due" for item in reading.understood) else None


def _words(text: str) -> list[_Word]:
    """Cut a text into words; tags and priorities are found at once, of several priorities the last one."""
    hidden = _QUOTED.sub(lambda quoted: re.sub(r"\S", _HIDDEN, quoted[0]), text)
    words: list[_Word] = []
    tags: set[str] = set()
    for found in _WORD.finditer(hidden):
        folded = fold(found[1]).replace("’", "'")  # noqa: RUF001 - what phones write
        word = _Word(text[found.start() : found.end()], folded.strip("(),;:!?.…") or folded)
        words.append(word)
        if found[1].startswith("\\"):
            word.plain = _HIDDEN
        elif (mark := _MARK.fullmatch(folded)) and mark["level"]:
            for other in words:
                other.says = None if other.says and other.says[0] == "priority" else other.says
            word.says = ("priority", mark["level"])
        elif (mark := _MARK.fullmatch(found[1])) and (tag := _tag(mark["tag"])) and len(tags | {tag}) <= MAX_TAGS:
            tags.add(tag)
            word.says = ("tag", tag)
    return words


def _tag(word: str) -> str | None:
    """Return the tag; a number alone is rather that of something."""
    try:
        return _TAG.validate_python(word) if any(char.isalpha() for char in word) else None
    except ValidationError:
        return None


def _runs(words: list[_Word], today: Today) -> list[_Part]:
    """Return the phrases of the run at the start, and of the one at the end."""
    last, before = _run(words, today, at_end=True)
    if _BELONGS_BEFORE.fullmatch(f"{_said(before[-4:])} | {_said(words[len(before) :])}"):
        last, before = [], words
    first, behind = _run(before, today, at_end=False)
    return last if not behind or _BELONGS_BEHIND.match(_said(behind[:4])) else [*first, *last]


def _run(words: list[_Word], today: Today, *, at_end: bool) -> tuple[list[_Part], list[_Word]]:
    """Take phrases off the start or the end of words, each time the longest; returns also the words that are left."""
    run: list[_Part] = []
    left = words
    while part := _longest(left, today, "end" if at_end else "start", last=at_end and not run):
        left = left[: -len(part.words)] if at_end else left[len(part.words) :]
        run.append(part)
    return ([], words) if len(run) == 1 and run[0].phrase.only == "beside" else (run, left)


def _longest(words: list[_Word], today: Today, edge: str, *, last: bool) -> _Part | None:
    for size in range(min(_LONGEST, len(words)), 0, -1):
        piece = words[-size:] if edge == "end" else words[:size]
        said = _DASH.sub("", _said(piece)) + "\n" * last
        for phrase in PHRASES:
            if phrase.only in {"", "beside", edge} and (found := phrase.match(said, today)):
                return _Part(phrase, found, piece)
    return None


def _said(words: list[_Word]) -> str:
    return " ".join(word.plain for word in words)


def _understood(words: list[_Word], says: tuple[Kind, str | None]) -> Understood:
    """Tell which words say one thing, and the text with a backslash before each of them."""
    said = " ".join(word.text.strip() for word in words if word.says == says).strip(_EDGES)
    kept = "".join("\\" * (word.says == says) + word.text for word in words)
    return Understood(kind=says[0], words=said, kept=kept, tag=says[1] if says[0] == "tag" else None)
