"""Understands commands in plain English, without a language model; the same words always mean the same."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from app.models import Priority
from app.reading import When
from app.reading.phrases import LEVEL, level_of
from app.services.assistant.arguments import Add, Arguments, Complete, Delete, Rename, Undo, Update
from app.services.assistant.clauses import split_clauses
from app.services.assistant.naming import DONE, OPEN, THING, every_of, name_of, off_list
from app.services.assistant.questions import read_list
from app.services.assistant.visitor import Visitor


@dataclass(frozen=True)
class NotUnderstood:
    """A part of the message that no rule reads."""

    text: str


@dataclass(frozen=True)
class Talk:
    """No command: a greeting, thanks, or a question what the assistant can do."""

    kind: Literal["help", "thanks"]


Command = Arguments | NotUnderstood | Talk


class _Clause(Visitor):
    """What the parts of a command mean, named as the rules name them."""

    def add(self, text: str) -> Arguments:
        opening = _OPENING.match(text := off_list(text))
        reading = self.read(text[opening.end() :] if opening else text)
        level = opening["level"] if opening else None
        return Add(
            title=self.title(off_list(reading.title)),
            priority=reading.priority or (level_of(level) if level else Priority.NORMAL),
            tags=reading.tags,
            repeat=reading.repeat,
            **(self.arguments(reading.when) if reading.when else {}),
        )

    def remind(self, text: str) -> Arguments:
        """Read "tomorrow to call mum" as well as "to call mum tomorrow"."""
        if found := _REMIND.fullmatch(text):
            line = f"{found['when']} {found['title']}"
            if found["title"].startswith(self.read(line).title):
                return self.add(line)
        return self.add(re.sub(r"^(?:to|that|about|of) ", "", text, flags=re.IGNORECASE))

    def update(self, todo: str, **fields: object) -> Arguments:
        return Update.model_validate({"todo": name_of(todo, self), **fields})

    def become(self, todo: str, level: str = "", down: str = "", done: str = "", again: str = "") -> Arguments:
        """Read "the report is done" and what else a todo can be."""
        if done:
            return self.complete(todo)
        if again:
            return self.update(todo, completed=False)
        return self.update(todo, priority=level_of(level or ("low" if down else "high")))

    def attribute(self, name: str, todo: str, value: str) -> Arguments | None:
        """Read "the title of the report to final report", whichever attribute it is."""
        if name.lower() == "priority":
            level = re.fullmatch(rf"({LEVEL})(?: priority)?", value, re.IGNORECASE)
            return self.become(todo, level[1]) if level else None
        if re.fullmatch(_TITLE, name, re.IGNORECASE):
            return self.update(todo, title=self.title(value))
        return self.due(todo, value)

    def due(self, todo: str, value: str) -> Arguments | None:
        return self._due(todo, self.read_when(value))

    def due_in_one(self, text: str) -> Arguments | None:
        """Read "the report to friday", where no word separates the two for certain."""
        for joint in re.finditer(r" (?:to|for|until|till) ", text, re.IGNORECASE):
            if command := self.due(text[: joint.start()], text[joint.end() :]):
                return command
        reading = self.read(text)
        return self._due(reading.title, reading.when)

    def _due(self, todo: str, when: When | None) -> Arguments | None:
        if when is None:
            return None
        due = self.arguments(when)
        if not when.says_day:  # the day stays as it is
            del due["due_date"]
        return self.update(todo, **due)

    def rename(self, text: str) -> Arguments:
        """Read "go to bank to go to shop": which "to" it is, only the titles tell."""
        ways = [
            {"todo": name_of(text[: at.start()], self), "title": self.title(text[at.end() :])}
            for at in re.finditer(_INTO, text, re.IGNORECASE)
        ]
        return Rename.model_validate({**ways[0], "others": ways[1:]})

    def complete(self, todo: str, kind: type[Complete | Delete] = Complete) -> Arguments:
        every = every_of(todo)
        return kind(every=every) if every else kind(todo=name_of(todo, self))

    def delete(self, todo: str) -> Arguments:
        return self.complete(todo, Delete)

    def clear(self, todo: str) -> Arguments | None:
        return self.delete(todo) if every_of(todo) else None


_REMIND = re.compile(r"(?P<when>.{1,60}?) (?:to|that|about) (?P<title>.+)", re.IGNORECASE)
_OPENING = re.compile(
    rf"(?:an? |the |another |one more |some )?(?:new )?(?:(?P<level>{LEVEL})(?: |-)(?:priority )?)?"
    rf"{THING}(?: ?: ?| (?:called|named|titled|saying|that says) ?:? ?| (?:to|for|about) | |$)",
    re.IGNORECASE,
)
_INTO = r"(?<=\S)(?: to| as| ?->| ?→| into) (?=\S)"
_TO = r"(?: (?:to|as|at|into)\b| ?(?::|=|->|→)) ?"
_DUE = r"due date|due time|due|deadline|date|day|time"
_TITLE = "title|name|text"
_NAME = rf"(?P<name>priority|{_DUE}|{_TITLE})"
_OF = "(?:of|for|on)"
_SET = r"(?:set|change|make|update|switch|adjust|modify|edit)"
_STATE = (
    rf"(?:(?:now |already )?(?:of |an? )?(?P<level>{LEVEL})(?: priority)?"
    rf"|(?:now )?(?P<again>{OPEN})(?: again)?|(?:now |already )?(?P<done>{DONE}))"
)
_TODO = "(?P<todo>.+)"
_FIRST = "(?P<todo>.+?)"
"""A todo with more words behind it."""
_TEXT = "(?P<text>.+)"
_VALUE = "(?P<value>.+)"
_UNDO = r"(?:undo|revert|roll ?back|reverse|take back)"

# Who reads what. The first rule that reads a clause wins, so what is told by its first words comes first, and what
# names an attribute before what could be any change. "Don't delete it" asks for the opposite of what its verb says.
_RULES: list[tuple[Callable[..., Command | None], str]] = [
    (lambda clause, text: NotUnderstood(clause.show(text)),
     r"(?P<text>(?:please )?(?:i |we )?(?:do not|don't|dont|never|have not|must not|mustn't|shouldn't)\b"
     r"(?! (?:let me )?forget).*)"),
    (lambda _: Undo(), r"undo|revert|roll ?back|take (?:that|it) back"
     rf"|{_UNDO} (?:that|it|this|the last(?: \w+)?|my last(?: \w+)?|last \w+|what you (?:just )?did)"),
    (read_list, r"(?P<text>(?:what|which|how many|list|show|display|find|search|where|do i have|are there)\b.*)"),
    (_Clause.remind, f"remind me {_TEXT}"),
    (_Clause.add,
     rf"(?:(?:add|create|insert|jot down|write down|note(?: down)?|new)\b ?:?|(?:todo|to-do|task) ?:) ?{_TEXT}"),
    (_Clause.add,
     rf"(?:make|put|i want|i need) (?P<text>(?:an? )?(?:new )?(?:(?:{LEVEL})(?: priority)? )?{THING}\b.+)"),
    (_Clause.add, rf"put (?P<text>.+?) (?:on|in|onto) (?:my|the) (?:{THING} )?list"),
    (_Clause.add, r"(?:i (?:need(?: to)?|have to|must|should|ought to)|i've got to"
     rf"|don't (?:let me )?forget to|remember to) {_TEXT}"),
    (lambda clause, todo: clause.update(todo, due_date=None),
     rf"(?:remove|clear|delete|drop|unset) (?:the )?(?:{_DUE}) (?:from|{_OF}) {_TODO}"),
    (_Clause.become, rf"(?:(?P<down>lower|decrease|reduce|drop)|raise|increase|bump(?: up)?) (?:the )?priority"
     rf" {_OF} {_FIRST}(?: to (?P<level>{LEVEL}))?"),
    (_Clause.become, rf"(?P<down>de-?)?prioriti[sz]e {_TODO}"),
    (_Clause.become, rf"(?:{_SET}|give) (?:the |an? )?(?:priority{_TO}|(?=\w+ priority))(?P<level>{LEVEL})"
     rf"(?: priority)? (?:{_OF}|to) {_TODO}"),
    (_Clause.attribute, rf"{_SET} (?:the |an? )?{_NAME} {_OF} {_FIRST}{_TO}{_VALUE}"),
    (_Clause.attribute, rf"(?:the )?{_NAME} {_OF} {_FIRST} (?:is|should be) (?:now )?{_VALUE}"),
    (_Clause.attribute, rf"{_SET} {_FIRST}(?:'s| to be)? {_NAME}(?:{_TO}| ){_VALUE}"),
    (_Clause.become, rf"(?:{_SET}|mark|flag|give|move) {_FIRST}(?:{_TO}| with | ){_STATE}"),
    (_Clause.become, rf"{_FIRST} (?:is|are) {_STATE}"),
    (_Clause.become, rf"(?P<again>re-?open|uncomplete|un-?check|untick|restart) {_TODO}"),
    (_Clause.due_in_one, rf"(?:{_SET} (?:the |an? )?(?:{_DUE}) {_OF}|move|reschedule|postpone|push(?: back)?|delay"
     rf"|defer|schedule|bring forward|shift) {_TEXT}"),
    (_Clause.due, rf"{_FIRST} (?:is|are) (?:now )?due {_VALUE}"),
    (_Clause.due, rf"(?:change|update|edit|set) {_FIRST}(?: to| for) {_VALUE}"),
    (_Clause.rename, rf"(?:rename|change|update|edit) (?P<text>.+{_INTO}.+)"),
    (_Clause.complete, rf"(?:check|tick|cross) {_FIRST} off(?: (?:my|the) list)?"),
    (_Clause.complete, rf"(?:mark (?:as )?{DONE}|(?:(?:i have|i've|i am|i'm|i|we) (?:just |already )?)?(?:completed?"
     rf"|finish(?:ed)?|done(?: with)?|did|check(?: off)?|tick(?: off)?|cross off|close|resolve)) ?:? {_TODO}"),
    (_Clause.delete, rf"take {_FIRST} off (?:my|the) (?:todo )?list"),
    (_Clause.delete, "(?:delete|remove|erase|get rid of|drop|trash|discard|scrap|throw (?:away|out)|bin)"
     rf" ?:? {_TODO}"),
    (_Clause.clear, rf"clear {_TODO}"),
    (read_list, _TEXT),
]  # fmt: skip
_PATTERNS = [(read, re.compile(pattern, re.IGNORECASE)) for read, pattern in _RULES]
_HELP = re.compile(
    r"(?:help(?: me)?|hi|hello|hey|what can you do|what do you do|who are you|how do(?:es)? (?:this|you) work)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:thanks|thank you|thx|cheers|great|perfect|nice|cool|ok|okay|good)(?: (?:you|a lot|so much|very much|job))*",
    re.IGNORECASE,
)


def read_message(text: str, now: datetime, *, day_first: bool = False) -> list[Command]:
    """Read a message, in order; `now` is in the visitor's zone. Never raises, whatever the text."""
    clause = _Clause(now, day_first=day_first)
    hidden = clause.hide(text.strip())
    bare = hidden.strip(" .!?\n")
    if _HELP.fullmatch(bare):
        return [Talk("help")]
    if _THANKS.fullmatch(bare):
        return [Talk("thanks")]
    commands = [_read(words, clause) for words in split_clauses(hidden)]
    return commands or [NotUnderstood(text.strip())]


def _read(words: str, clause: _Clause) -> Command:
    for read, pattern in _PATTERNS:
        if found := pattern.fullmatch(words):
            parts = {name: part for name, part in found.groupdict().items() if part}
            with suppress(ValidationError):
                if command := read(clause, **parts):
                    return command
    return NotUnderstood(clause.show(words))
