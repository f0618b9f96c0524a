"""Understands commands in plain English, without a language model; the same words always mean the same."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from app.reading import When
from app.reading.phrases import LEVEL, level_of
from app.services.assistant.adding import Visitor, read_add, read_reminder
from app.services.assistant.arguments import Arguments, Complete, Delete, Rename, Undo, Update
from app.services.assistant.clauses import Quotes, split_clauses
from app.services.assistant.naming import DONE, OPEN, THING, every_of, name_of
from app.services.assistant.questions import read_list


@dataclass(frozen=True)
class NotUnderstood:
    """A part of the message that no rule reads."""

    text: str


@dataclass(frozen=True)
class Talk:
    """No command: a greeting, thanks, or a question what the assistant can do."""

    kind: Literal["help", "thanks"]


Command = Arguments | NotUnderstood | Talk


@dataclass(frozen=True)
class _Clause(Visitor):
    """What the parts of a command mean, named as the rules name them."""

    def update(self, todo: str, **fields: object) -> Arguments:
        return Update.model_validate({"todo": name_of(todo, self.quotes), **fields})

    def become(self, todo: str, level: str | None = None, done: str | None = None, **_: str) -> Arguments:
        """Read "the report is done" and what else a todo can be."""
        if done:
            return self.complete(todo)
        return self.update(todo, **({"priority": level_of(level)} if level else {"completed": False}))

    def rank(self, todo: str, level: str | None = None, down: str | None = None) -> Arguments:
        return self.update(todo, priority=level_of(level or ("low" if down else "high")))

    def attribute(self, name: str, todo: str, value: str) -> Arguments | None:
        """Read "the title of the report to final report", whichever attribute it is."""
        if name.lower() == "priority":
            level = re.fullmatch(rf"({LEVEL})(?: priority)?", value, re.IGNORECASE)
            return self.rank(todo, level[1]) if level else None
        if re.fullmatch(_TITLE, name, re.IGNORECASE):
            return self.update(todo, title=self.quotes.title(value))
        return self.due(todo, value)

    def due(self, todo: str, value: str) -> Arguments | None:
        when = self.read_when(value)
        return self._due(todo, when) if when else None

    def due_in_one(self, text: str) -> Arguments | None:
        """Read "the report to friday", where no word separates the two for certain."""
        for joint in re.finditer(r" (?:to|for|until|till) ", text, re.IGNORECASE):
            if command := self.due(text[: joint.start()], text[joint.end() :]):
                return command
        reading = self.read(text)
        return self._due(reading.title, reading.when) if reading.when else None

    def _due(self, todo: str, when: When) -> Arguments:
        due = self.arguments(when)
        if not when.says_day:  # the day stays as it is
            del due["due_date"]
        return self.update(todo, **due)

    def undated(self, todo: str) -> Arguments:
        return self.update(todo, due_date=None)

    def rename(self, text: str, joint: str = r"(?<=\S)(?: to| as| ?->| ?→| into) (?=\S)") -> Arguments:
        """Read "go to bank to go to shop": which "to" it is, only the titles tell."""
        ways = [
            {"todo": name_of(text[: at.start()], self.quotes), "title": self.quotes.title(text[at.end() :])}
            for at in re.finditer(joint, text, re.IGNORECASE)
        ]
        return Rename.model_validate({**ways[0], "others": ways[1:]})

    def change(self, text: str, todo: str, value: str) -> Arguments:
        return self.due(todo, value) or self.rename(text, r"(?<=\S) to (?=\S)")

    def complete(self, todo: str) -> Arguments:
        every = every_of(todo)
        return Complete(every=every) if every else Complete(todo=name_of(todo, self.quotes))

    def delete(self, todo: str) -> Arguments:
        every = every_of(todo)
        return Delete(every=every) if every else Delete(todo=name_of(todo, self.quotes))

    def clear(self, todo: str) -> Arguments | None:
        return self.delete(todo) if every_of(todo) else None


def _rule(pattern: str, read: Callable[..., Arguments | None]) -> tuple[re.Pattern[str], Callable[..., Command | None]]:
    return re.compile(pattern, re.IGNORECASE), read


_TO = r"(?: (?:to|as|at|into)\b| ?(?::|=|->|→)) ?"
_DUE = r"due date|due time|due|deadline|date|day|time"
_TITLE = "title|name|text"
_NAME = rf"(?P<name>priority|{_DUE}|{_TITLE})"
_OF = "(?:of|for|on)"
_SET = r"(?:set|change|make|update|switch|adjust|modify|edit)"
_STATE = (
    rf"(?:(?:now |already )?(?:of |an? )?(?P<level>{LEVEL})(?: priority)?"
    rf"|(?:now )?(?P<open>{OPEN})(?: again)?|(?:now |already )?(?P<done>{DONE}))"
)
_TODO = "(?P<todo>.+)"
_FIRST = "(?P<todo>.+?)"
"""A todo with more words behind it."""
_TEXT = "(?P<text>.+)"
_VALUE = "(?P<value>.+)"
_UNDO = r"(?:undo|revert|roll ?back|reverse|take back)"

# The first rule that reads a clause wins, so what is told by its first words comes first, and what names an
# attribute before what could be any change.
_RULES = [
    _rule(r"undo|revert|roll ?back|take (?:that|it) back", lambda _: Undo()),
    _rule(
        rf"{_UNDO} (?:that|it|this|the last(?: \w+)?|my last(?: \w+)?|last \w+|what you (?:just )?did)",
        lambda _: Undo(),
    ),
    _rule(
        r"(?P<text>(?:what|what's|which|how many|list|show|display|find|search|where|do i have|are there)\b.*)",
        read_list,
    ),
    _rule(f"remind me {_TEXT}", read_reminder),
    _rule(
        rf"(?:(?:add|create|insert|jot down|write down|note(?: down)?|new)\b ?:?|(?:todo|to-do|task) ?:) ?{_TEXT}",
        read_add,
    ),
    _rule(
        rf"(?:make|put|i want|i need) (?P<text>(?:an? )?(?:new )?(?:(?:{LEVEL})(?: priority)? )?{THING}\b.+)", read_add
    ),
    _rule(rf"put (?P<text>.+?) (?:on|in|onto) (?:my|the) (?:{THING} )?list", read_add),
    _rule(
        r"(?:i (?:need|have|must|should|ought)(?: to)?|i've got to|don't (?:let me )?forget to|remember to) " + _TEXT,
        read_add,
    ),
    _rule(rf"(?:remove|clear|delete|drop|unset) (?:the )?(?:{_DUE}) (?:from|{_OF}) {_TODO}", _Clause.undated),
    _rule(
        rf"(?:(?P<down>lower|decrease|reduce|drop)|raise|increase|bump(?: up)?) (?:the )?priority {_OF} {_FIRST}"
        rf"(?: to (?P<level>{LEVEL}))?",
        _Clause.rank,
    ),
    _rule(rf"(?P<down>de-?)?prioriti[sz]e {_TODO}", _Clause.rank),
    _rule(
        rf"(?:{_SET}|give) (?:the |an? )?(?:priority{_TO}|(?=\w+ priority))(?P<level>{LEVEL})"
        rf"(?: priority)? (?:{_OF}|to) {_TODO}",
        _Clause.rank,
    ),
    _rule(rf"{_SET} (?:the |an? )?{_NAME} {_OF} {_FIRST}{_TO}{_VALUE}", _Clause.attribute),
    _rule(rf"(?:the )?{_NAME} {_OF} {_FIRST} (?:is|should be) (?:now )?{_VALUE}", _Clause.attribute),
    _rule(rf"{_SET} {_FIRST}'s {_NAME}(?:{_TO}| ){_VALUE}", _Clause.attribute),
    _rule(rf"{_SET} {_FIRST}(?: to be)? {_NAME}(?:{_TO}| ){_VALUE}", _Clause.attribute),
    _rule(rf"{_SET} (?:the |an? )?(?:{_DUE}) {_OF} {_TEXT}", _Clause.due_in_one),
    _rule(rf"(?:{_SET}|mark|flag|give|move) {_FIRST}(?:{_TO}| with | ){_STATE}", _Clause.become),
    _rule(rf"{_FIRST} (?:is|are) {_STATE}", _Clause.become),
    _rule(
        f"(?:move|reschedule|postpone|push(?: back)?|delay|defer|schedule|bring forward|shift) {_TEXT}",
        _Clause.due_in_one,
    ),
    _rule(rf"{_FIRST} (?:is|are) (?:now )?due {_VALUE}", _Clause.due),
    _rule(r"rename (?P<text>.+(?: to| as| ?->| ?→| into) .+)", _Clause.rename),
    _rule(rf"(?:re-?open|uncomplete|un-?check|untick|restart) {_TODO}", _Clause.become),
    _rule(rf"mark (?:as )?{DONE} ?:? {_TODO}", _Clause.complete),
    _rule(rf"(?:check|tick|cross) {_FIRST} off(?: (?:my|the) list)?", _Clause.complete),
    _rule(
        r"(?:(?:i have|i've|i am|i'm|i|we) (?:just |already )?)?(?:completed?|finish(?:ed)?|done(?: with)?|did"
        rf"|check(?: off)?|tick(?: off)?|cross off|close|resolve) ?:? {_TODO}",
        _Clause.complete,
    ),
    _rule(rf"(?:change|update|edit) (?P<text>{_FIRST} to {_VALUE})", _Clause.change),
    _rule(rf"set {_FIRST}(?: to| for) {_VALUE}", _Clause.due),
    _rule(
        rf"(?:delete|remove|erase|get rid of|drop|trash|discard|scrap|throw (?:away|out)|bin) ?:? {_TODO}",
        _Clause.delete,
    ),
    _rule(rf"clear {_TODO}", _Clause.clear),
    _rule(rf"take {_FIRST} off (?:my|the) (?:todo )?list", _Clause.delete),
    _rule(_TEXT, read_list),
]
_HELP = re.compile(
    r"(?:help(?: me)?|hi|hello|hey|what can you do|what do you do|who are you|how do(?:es)? (?:this|you) work)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:thanks|thank you|thx|cheers|great|perfect|nice|cool|ok|okay|good)(?: (?:you|a lot|so much|very much|job))*",
    re.IGNORECASE,
)
# "don't delete the list" asks for the opposite of what its verb says.
_NEGATION = re.compile(
    r"(?:do not|don't|dont|never|please don't|must not|mustn't|shouldn't)\b(?! (?:let me )?forget)",
    re.IGNORECASE,
)


def read_message(text: str, now: datetime, *, day_first: bool = False) -> list[Command]:
    """Read a message, in order; `now` is in the visitor's zone. Never raises, whatever the text."""
    quotes = Quotes()
    hidden = quotes.hide(text.strip())
    bare = hidden.strip(" .!?\n")
    if _HELP.fullmatch(bare):
        return [Talk("help")]
    if _THANKS.fullmatch(bare):
        return [Talk("thanks")]
    clause = _Clause(now, quotes, day_first)
    commands = [_read(words, clause) for words in split_clauses(hidden)]
    return commands or [NotUnderstood(text.strip())]


def _read(words: str, clause: _Clause) -> Command:
    if not _NEGATION.match(words):
        for pattern, read in _RULES:
            found = pattern.fullmatch(words)
            if found is None:
                continue
            try:
                command = read(clause, **{name: part for name, part in found.groupdict().items() if part is not None})
            except ValidationError:
                continue
            if command is not None:
                return command
    return NotUnderstood(clause.quotes.show(words))
