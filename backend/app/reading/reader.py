"""Finds the phrases of a text: `#tag` and `!priority` anywhere, all others in a run at its start or at its end.

A phrase is taken whole or not at all. A run stays text when a word beside it says that there is more to it, as in
"every monday and friday". A word behind a backslash, and what stands in quotation marks, is never read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from app.models import Priority, Repeat
from app.reading.phrases import MONTH, NTH, PART, PHRASES, SHORT, UNIT, WEEKDAY, Phrase, Said, Today
from app.reading.when import Contradiction, When, work_out
from app.schemas.todos import MAX_TAGS, Tag

_LONGEST = 12
"""How many words the longest phrase has."""
_TAG = TypeAdapter[str](Tag)
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_WORD = re.compile(r"(\S+)\s*")
_MARK = re.compile(rf"(?:#(?P<tag>[^\s#!,;.]+)|!(?P<level>{'|'.join(Priority)}))[,;.]?", re.IGNORECASE)
_ESCAPED = re.compile(r"(?<!\S)\\(?=[^\\\s])")
_JOINT = re.compile(r"[,;:]\s*$")
_EDGES = " \t\n,;:-–—"  # noqa: RUF001
_DASH = re.compile(r"^[-–—] | [-–—]$")  # noqa: RUF001 - what phones write
_HIDDEN = "\ufffc"
_HOUR = re.compile(r"^\s*(noon|midday|midnight)", re.IGNORECASE)

_UNREAD = (
    rf"(?:{WEEKDAY})s?|{SHORT}|today|tomorrow|tonight|{MONTH}|{NTH}"
    r"|[0-9:.]+ ?[ap][.]?m|[0-9]+(?:[:/-][0-9]+)+(?:[ap]m)?"
    rf"|(?:every|each|other|next|last|this|past|in|within) (?:\S+ )?(?:{UNIT}|{PART}|weekends?)|(?:at|by) [0-9]+"
)
_BELONGS_BEFORE = re.compile(
    r"(?:^|.* )(?:and|or|to|till|until|from|between|before|after|since|than|of|every|each|other|except|but|not|last"
    rf"|past|with|per|first|second|third|the|a|an|my|our|your|his|her|their|this|next|is|about"
    rf"|around|re|regarding|during|like|via|&|\+|\S+['’]s|{_UNREAD})",  # noqa: RUF001
    re.IGNORECASE,
)
_BELONGS_BEHIND = re.compile(
    rf"(?:and|or|to|till|until|through|except|before|after|is|was|are|will|&|\+|{_UNREAD})(?: .*|$)", re.IGNORECASE
)


Kind = Literal["due", "repeat", "priority", "tag"]
_KINDS: dict[str, Kind] = {"day": "due", "time": "due", "repeat": "repeat", "priority": "priority", "tag": "tag"}


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
class Understood:
    """One thing that was understood: the words that said it, and the text with them kept as text."""

    kind: Kind
    words: str
    kept: str
    tag: str | None = None


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
    marks: set[str] = {word.says[0] for word in words if word.says}
    first, last = _runs([word for word in words if not word.says], today, marks)
    try:
        when = work_out((part.said for part in [*first, *last]), today, zone)
    except Contradiction:
        first, last, when = [], [], None
    for phrase, said, piece in [*first, *last]:
        for word in piece:
            word.says = (_KINDS[phrase.kind], said.tag or said.priority)
    joined = words[words.index(last[0].words[0]) - 1] if last else None
    left = "".join(_JOINT.sub("", word.text) if word is joined else word.text for word in words if not word.says)
    title = _ESCAPED.sub("", left).strip()
    if not title:
        return Reading(_ESCAPED.sub("", text).strip())
    says = dict.fromkeys(word.says for word in words if word.says)
    return Reading(
        title,
        when,
        next((part.said.repeat for part in [*first, *last] if part.said.repeat), None),
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
    level: _Word | None = None
    for found in _WORD.finditer(hidden):
        word = _Word(text[found.start() : found.end()], _plain(found[1]))
        words.append(word)
        mark = _MARK.fullmatch(found[1])
        if mark and mark["level"]:
            if level:
                level.says = None
            level = word
            word.says = ("priority", mark["level"].lower())
        elif mark and (tag := _tag(mark["tag"])) and len(tags | {tag}) <= MAX_TAGS:
            tags.add(tag)
            word.says = ("tag", tag)
    return words


def _plain(word: str) -> str:
    if word.startswith("\\"):
        return _HIDDEN
    return word.strip("(),;:!?.") or word


def _tag(word: str) -> str | None:
    """Return the tag; a number alone is rather that of something."""
    try:
        return _TAG.validate_python(word) if any(char.isalpha() for char in word) else None
    except ValidationError:
        return None


def _runs(words: list[_Word], today: Today, taken: set[str]) -> tuple[list[_Part], list[_Part]]:
    """Return the longest run of phrases at the start, and the longest at the end."""
    last, before = min(_runs_at(words, today, taken, at_end=True), key=_words_left)
    if _BELONGS_BEFORE.fullmatch(_said(before[-4:])):
        last, before = [], words
    taken = taken | {part.phrase.kind for part in last}
    first, behind = min(_runs_at(before, today, taken, at_end=False), key=_words_left)
    if not behind or _BELONGS_BEHIND.match(_said(behind[:4])):
        first = []
    return first, last


def _runs_at(
    words: list[_Word], today: Today, taken: set[str], *, at_end: bool, run: list[_Part] | None = None
) -> Iterator[tuple[list[_Part], list[_Word]]]:
    """Tell each run of phrases at the start or at the end, with the words that it leaves."""
    run = run or []
    beside = run[0].phrase.only if run else ""
    if len(run) != 1 or beside not in {"beside", "behind"}:
        yield run, words
    for size in range(1, min(_LONGEST, len(words)) + 1):
        piece, rest = (words[-size:], words[:-size]) if at_end else (words[:size], words[size:])
        said = _DASH.sub("", _said(piece))
        for phrase in PHRASES:
            if (
                (phrase.kind in taken and phrase.kind != "tag")
                or (phrase.only in {"end", "behind"} and not at_end)
                or (phrase.only == "behind" and run)
                or (beside == "behind" and phrase.kind != "day")
                or (found := phrase.match(said, today)) is None
            ):
                continue
            part = _Part(phrase, found, piece)
            longer = [part, *run] if at_end else [*run, part]
            yield from _runs_at(rest, today, taken | {phrase.kind}, at_end=at_end, run=longer)


def _words_left(found: tuple[list[_Part], list[_Word]]) -> int:
    return len(found[1])


def _said(words: list[_Word]) -> str:
    return " ".join(word.plain for word in words)


def _understood(words: list[_Word], says: tuple[Kind, str | None]) -> Understood:
    """Tell which words say one thing; with a backslash before each of them, they are text."""
    said = " ".join(word.text.strip() for word in words if word.says == says).strip(_EDGES)
    kept = "".join("\\" * (word.says == says) + word.text for word in words)
    return Understood(says[0], said, kept, says[1] if says[0] == "tag" else None)
