"""Finds the phrases of a text: `#tag` and `!priority` anywhere, all others in a run at its start or at its end.

A phrase is taken whole or not at all. A run stays text when a word beside it says that there is more to it, as in
"every monday and friday". A word behind a backslash, and what stands in quotation marks, is never read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from app.models import Priority, Repeat
from app.reading.phrases import MONTH, NTH, PART, PHRASES, SHORT, UNIT, WEEKDAY, Said, Today
from app.reading.when import Contradiction, When, work_out
from app.schemas.todos import MAX_TAGS, Tag

_LONGEST = 12
"""How many words the longest phrase has."""
_TAG = TypeAdapter[str](Tag)
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_WORD = re.compile(r"\S+")
_MARK = re.compile(rf"(?:#(?P<tag>[^\s#!,;.]+)|!(?P<level>{'|'.join(Priority)}))[,;.]?", re.IGNORECASE)
_ESCAPED = re.compile(r"(?<!\S)\\(?=[^\\\s])")
_JOINT_BEFORE = re.compile(r"(?:(?<=\S)[,;:]|(?<=\s)[-–—])\s*$")  # noqa: RUF001
_JOINT_BEHIND = re.compile(r"\s+[-–—](?=\s)")  # noqa: RUF001
_EDGES = " \t\n,;:-–—"  # noqa: RUF001
_TO_ESCAPE = re.compile(r"(?<!\S)(?=[^\s\\])")
_DASHES = {"-", "–", "—"}  # noqa: RUF001 - what phones write
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


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    plain: str
    """As it is compared: without punctuation around it."""


@dataclass(frozen=True)
class _Part:
    """A phrase that was found, with its words."""

    kind: str
    said: Said
    words: tuple[_Word, ...]
    only: str = ""


Kind = Literal["due", "repeat", "priority", "tag"]
_KINDS: dict[str, Kind] = {"day": "due", "time": "due", "repeat": "repeat", "priority": "priority", "tag": "tag"}


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
    words, marks = _marks(text)
    runs = _runs(words, today, {part.kind for part in marks if part.kind == "priority"})
    try:
        when = work_out((part.said for part in runs), today, zone)
    except Contradiction:
        runs, when = [], None
    found = [(part, _spans(text, part)) for part in marks] + [
        (part, _with_joints(text, _spans(text, part))) for part in runs
    ]
    title = _without(text, (span for _, spans in found for span in spans))
    if not title:
        return Reading(_ESCAPED.sub("", text).strip())
    said = Said()
    for part, _ in found:
        said.repeat = said.repeat or part.said.repeat
        said.priority = said.priority or part.said.priority
    tags = list(dict.fromkeys(part.said.tag for part, _ in found if part.said.tag))[:MAX_TAGS]
    return Reading(title, when, said.repeat, said.priority, tags, _understood(text, found))


def read_when(text: str, moment: datetime, zone: str, *, day_first: bool = False) -> When | None:
    """Read a text that says when something is due and nothing else; None if it is something else."""
    reading = read(_HIDDEN + " " + _HOUR.sub(r"at \1", text), moment, zone, day_first=day_first)
    return reading.when if reading.title == _HIDDEN and all(item.kind == "due" for item in reading.understood) else None


def _marks(text: str) -> tuple[list[_Word], list[_Part]]:
    """Cut a text into words; tags and priorities are found at once, of several priorities the last one."""
    hidden = _QUOTED.sub(lambda quoted: re.sub(r"\S", _HIDDEN, quoted[0]), text)
    words: list[_Word] = []
    tags: list[_Part] = []
    levels: list[_Part] = []
    for found in _WORD.finditer(hidden):
        word = _Word(*found.span(), _plain(found[0]))
        mark = _MARK.fullmatch(found[0])
        if mark and mark["level"]:
            levels.append(_Part("priority", Said(priority=Priority(mark["level"].lower())), (word,)))
        elif mark and (tag := _tag(mark["tag"])) and (len({part.said.tag for part in tags} | {tag}) <= MAX_TAGS):
            tags.append(_Part("tag", Said(tag=tag), (word,)))
        else:
            words.append(word)
            continue
    taken = [*tags, *levels[-1:]]
    words += [part.words[0] for part in levels[:-1]]
    return sorted(words, key=lambda word: word.start), taken


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


def _runs(words: list[_Word], today: Today, taken: set[str]) -> list[_Part]:
    last = _longest(words, today, taken, at_end=True)
    before = words[: len(words) - sum(len(part.words) for part in last)]
    if _BELONGS_BEFORE.fullmatch(" ".join(word.plain for word in before[-4:])):
        last, before = [], words
    first = _longest(before, today, taken | {part.kind for part in last}, at_end=False)
    behind = before[sum(len(part.words) for part in first) :]
    if not behind or _BELONGS_BEHIND.match(" ".join(word.plain for word in behind[:4])):
        first = []
    return [*first, *last]


def _longest(words: list[_Word], today: Today, taken: set[str], *, at_end: bool, alone: bool = False) -> list[_Part]:
    """Return the run of phrases that takes the most words, from the start or from the end."""
    best: list[_Part] = []

    def extend(rest: list[_Word], run: list[_Part], kinds: set[str]) -> None:
        nonlocal best
        if sum(len(part.words) for part in run) > sum(len(part.words) for part in best) and _holds(run):
            best = run
        dash = (rest[-1:] if at_end else rest[:1]) if rest and run else []
        if dash and dash[0].plain in _DASHES:
            rest = rest[:-1] if at_end else rest[1:]
        else:
            dash = []
        for size in range(1, min(_LONGEST, len(rest)) + 1):
            piece = rest[-size:] if at_end else rest[:size]
            said = " ".join(word.plain for word in piece)
            for phrase in PHRASES:
                if (
                    (phrase.kind in kinds and phrase.kind != "tag")
                    or (phrase.only in {"end", "behind"} and not at_end)
                    or (phrase.only == "behind" and run)
                    or (found := phrase.match(said, today)) is None
                ):
                    continue
                part = _Part(phrase.kind, found, tuple([*piece, *dash] if at_end else [*dash, *piece]), phrase.only)
                longer = [part, *run] if at_end else [*run, part]
                extend(rest[:-size] if at_end else rest[size:], longer, kinds | {phrase.kind})

    extend(words, [], taken)
    return best


def _holds(run: list[_Part]) -> bool:
    """Tell whether each phrase stands where it is one."""
    behind = all(
        first.kind == "day" for first, second in pairwise([_Part("", Said(), ()), *run]) if second.only == "behind"
    )
    return behind and (len(run) > 1 or all(part.only != "beside" for part in run))


Span = tuple[int, int]


def _spans(text: str, part: _Part) -> list[Span]:
    """Return where a part stands: its words as far as they follow each other, with the comma or dash beside them."""
    spans: list[Span] = []
    for word in part.words:
        if spans and not text[spans[-1][1] : word.start].strip():
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return spans


def _with_joints(text: str, spans: list[Span]) -> list[Span]:
    """Add the comma, colon or dash that joins a run to the title."""
    (start, _), (_, end) = spans[0], spans[-1]
    if joint := _JOINT_BEFORE.search(text, 0, start):
        spans[0] = (joint.start(), spans[0][1])
    elif joint := _JOINT_BEHIND.match(text, end):
        spans[-1] = (spans[-1][0], joint.end())
    return spans


def _understood(text: str, found: list[tuple[_Part, list[Span]]]) -> list[Understood]:
    """Group what was found: a due date may be said in two places, a tag as often as one likes."""
    groups: dict[tuple[Kind, str | None], list[Span]] = {}
    for part, spans in found:
        groups.setdefault((_KINDS[part.kind], part.said.tag), []).extend(spans)
    return [
        Understood(
            kind, " ".join(text[start:end].strip(_EDGES) for start, end in sorted(spans)), _kept(text, spans), tag
        )
        for (kind, tag), spans in sorted(groups.items(), key=lambda item: min(item[1]))
    ]


def _kept(text: str, spans: Iterable[Span]) -> str:
    """Put a backslash before every word of these places."""
    words = [word.start() for start, end in spans for word in _TO_ESCAPE.finditer(text, start, end)]
    return "".join("\\" * (index in words) + char for index, char in enumerate(text))


def _without(text: str, spans: Iterable[Span]) -> str:
    """Return what is left of a text without these places."""
    pieces, position = [], 0
    for start, end in [*sorted(spans), (len(text), len(text))]:
        pieces.append(_ESCAPED.sub("", text[position:start]).strip())
        position = end
    return " ".join(filter(None, pieces))
