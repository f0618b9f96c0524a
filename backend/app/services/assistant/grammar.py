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
class _Clause:
    """One command in words, its quotes hidden."""

    quotes: Quotes
    visitor: Visitor

    def add(self, text: str) -> Arguments:
        return read_add(text, self.quotes, self.visitor)

    def remind(self, text: str) -> Arguments:
        return read_reminder(text, self.quotes, self.visitor)

    def update(self, todo: str, **fields: object) -> Arguments:
        return Update.model_validate({"todo": name_of(todo, self.quotes), **fields})

    def priority(self, todo: str, level: str) -> Arguments:
        return self.update(todo, priority=level_of(level))

    def due(self, todo: str, text: str) -> Arguments | None:
        when = self.visitor.read_when(text)
        return self._due(todo, when) if when else None

    def due_in_one(self, text: str) -> Arguments | None:
        """Read "the report to friday", where no word separates the two for certain."""
        for joint in re.finditer(r" (?:to|for|until|till) ", text, re.IGNORECASE):
            if command := self.due(text[: joint.start()], text[joint.end() :]):
                return command
        reading = self.visitor.read(text)
        return self._due(reading.title, reading.when) if reading.when else None

    def _due(self, todo: str, when: When) -> Arguments:
        due = self.visitor.due(when)
        if not when.says_day:  # the day stays as it is
            del due["due_date"]
        return self.update(todo, **due)

    def undated(self, todo: str) -> Arguments:
        return self.update(todo, due_date=None)

    def rename(self, todo: str, title: str) -> Arguments:
        return self.update(todo, title=self.quotes.title(title))

    def rename_at(self, text: str, joint: str) -> Arguments:
        """Read "go to bank to go to shop": which "to" it is, only the titles tell."""
        ways = [
            {"todo": name_of(text[: at.start()], self.quotes), "title": self.quotes.title(text[at.end() :])}
            for at in re.finditer(joint, text, re.IGNORECASE)
        ]
        return Rename.model_validate({**ways[0], "others": ways[1:]})

    def reopen(self, todo: str) -> Arguments:
        return self.update(todo, completed=False)

    def complete(self, todo: str) -> Arguments:
        every = every_of(todo)
        return Complete(every=every) if every else Complete(todo=name_of(todo, self.quotes))

    def delete(self, todo: str) -> Arguments:
        every = every_of(todo)
        return Delete(every=every) if every else Delete(todo=name_of(todo, self.quotes))

    def list(self, text: str) -> Arguments | None:
        return read_list(text, self.quotes, self.visitor)


Read = Callable[..., Arguments | None]


def _rule(pattern: str, read: Read) -> tuple[re.Pattern[str], Read]:
    return re.compile(pattern, re.IGNORECASE), read


_TO = r"(?: (?:to|as|at|into)\b| ?(?::|=|->|→)) ?"
_DUE = r"(?:due date|due time|due|deadline|date|day|time)"
_SET = r"(?:set|change|make|update|switch|adjust|modify|edit)"

# The first rule that reads a clause wins, so what is told by its first words comes first, and what names an
# attribute before what could be any change.
_RULES = [
    _rule(
        r"(?:undo|revert|roll ?back|take (?:that|it) back|(?:undo|revert|roll ?back|reverse|take back) "
        r"(?:that|it|this|the last(?: \w+)?|my last(?: \w+)?|last \w+|what you (?:just )?did))",
        lambda _: Undo(),
    ),
    _rule(
        r"((?:what|what's|which|how many|list|show|display|find|search|where|do i have|are there)\b.*)",
        _Clause.list,
    ),
    _rule(r"remind me (.+)", _Clause.remind),
    _rule(r"(?:add|create|insert|jot down|write down|note(?: down)?|new)\b ?:? ?(.+)", _Clause.add),
    _rule(
        rf"(?:make|put|i want|i need) ((?:an? )?(?:new )?(?:(?:{LEVEL})(?: priority)? )?{THING}\b.+)",
        _Clause.add,
    ),
    _rule(rf"put (.+?) (?:on|in|onto) (?:my|the) (?:{THING} )?list", _Clause.add),
    _rule(
        r"(?:i (?:need|have|must|should|ought)(?: to)?|i've got to|don't (?:let me )?forget to|remember to) (.+)",
        _Clause.add,
    ),
    _rule(r"(?:todo|to-do|task) ?: ?(.+)", _Clause.add),
    _rule(
        r"(?:remove|clear|delete|drop|unset) (?:the )?(?:due date|due time|deadline|date) (?:of|from|for|on) (.+)",
        _Clause.undated,
    ),
    _rule(
        rf"(?:raise|increase|bump(?: up)?) (?:the )?priority (?:of|for|on) (.+?)(?: to ({LEVEL}))?",
        lambda clause, todo, level=None: clause.priority(todo, level or "high"),
    ),
    _rule(
        rf"(?:lower|decrease|reduce|drop) (?:the )?priority (?:of|for|on) (.+?)(?: to ({LEVEL}))?",
        lambda clause, todo, level=None: clause.priority(todo, level or "low"),
    ),
    _rule(rf"{_SET} (?:the )?priority (?:of|for|on) (.+?){_TO}({LEVEL})(?: priority)?", _Clause.priority),
    _rule(
        rf"(?:{_SET}|give) (?:the |an? )?(?:priority{_TO}({LEVEL})|({LEVEL}) priority) (?:of|for|on|to) (.+)",
        lambda clause, level, todo: clause.priority(todo, level),
    ),
    _rule(rf"(?:the )?priority (?:of|for|on) (.+?) (?:is|should be) (?:now )?({LEVEL})", _Clause.priority),
    _rule(rf"{_SET} (.+?)(?:'s)? priority(?:{_TO}| )({LEVEL})", _Clause.priority),
    _rule(rf"(?:{_SET}|mark|flag|give|move) (.+?)(?:{_TO}| with | )(?:an? )?({LEVEL})(?: priority)?", _Clause.priority),
    _rule(r"prioriti[sz]e (.+)", lambda clause, todo: clause.priority(todo, "high")),
    _rule(r"(?:deprioriti[sz]e|de-prioriti[sz]e) (.+)", lambda clause, todo: clause.priority(todo, "low")),
    _rule(rf"(.+?) (?:is|are) (?:now )?(?:of )?({LEVEL})(?: priority)?", _Clause.priority),
    _rule(rf"{_SET} (?:the |an? )?{_DUE} (?:of|for|on) (.+?){_TO}(.+)", _Clause.due),
    _rule(rf"{_SET} (?:the |an? )?{_DUE} (?:of|for|on) (.+)", _Clause.due_in_one),
    _rule(rf"(?:the )?{_DUE} (?:of|for|on) (.+?) (?:is|should be) (?:now )?(.+)", _Clause.due),
    _rule(rf"{_SET} (.+?)(?:'s)?(?: to be)? {_DUE}(?:{_TO}| )(.+)", _Clause.due),
    _rule(
        r"(?:move|reschedule|postpone|push(?: back)?|delay|defer|schedule|bring forward|shift) (.+)",
        _Clause.due_in_one,
    ),
    _rule(r"(.+?) (?:is|are) (?:now )?due (.+)", _Clause.due),
    _rule(
        r"rename (.+(?: to| as| ?->| ?→| into) .+)",
        lambda clause, text: clause.rename_at(text, r"(?<=\S)(?: to| as| ?->| ?→| into) (?=\S)"),
    ),
    _rule(rf"{_SET} (?:the )?(?:title|name|text) (?:of|for|on) (.+?){_TO}(.+)", _Clause.rename),
    _rule(rf"{_SET} (.+?)(?:'s)? (?:title|name|text){_TO}(.+)", _Clause.rename),
    _rule(rf"(?:mark|set|make|move) (.+?)(?:{_TO}| ){OPEN}(?: again)?", _Clause.reopen),
    _rule(r"(?:re-?open|uncomplete|un-?check|untick|restart) (.+)", _Clause.reopen),
    _rule(rf"(.+?) (?:is|are) {OPEN}(?: again)?", _Clause.reopen),
    _rule(rf"(?:mark|set|make) (.+?)(?:{_TO}| ){DONE}", _Clause.complete),
    _rule(rf"mark (?:as )?{DONE} ?:? (.+)", _Clause.complete),
    _rule(r"(?:check|tick|cross) (.+?) off(?: (?:my|the) list)?", _Clause.complete),
    _rule(
        r"(?:complete|finish|done(?: with)?|check(?: off)?|tick(?: off)?|cross off|close|resolve) ?:? (.+)",
        _Clause.complete,
    ),
    _rule(
        r"(?:i have|i've|i am|i'm|i|we) (?:just |already )?(?:finished|completed|done(?: with)?|did) (.+)",
        _Clause.complete,
    ),
    _rule(rf"(.+?) (?:is|are) (?:now |already )?{DONE}", _Clause.complete),
    _rule(
        r"(?:change|update|edit) ((.+?) to (.+))",
        lambda clause, text, todo, new: clause.due(todo, new) or clause.rename_at(text, r"(?<=\S) to (?=\S)"),
    ),
    _rule(r"set (.+?)(?: to| for) (.+)", _Clause.due),
    _rule(
        r"(?:delete|remove|erase|get rid of|drop|trash|discard|scrap|throw (?:away|out)|bin) ?:? (.+)",
        _Clause.delete,
    ),
    _rule(r"clear (.+)", lambda clause, todo: clause.delete(todo) if every_of(todo) else None),
    _rule(r"take (.+?) off (?:my|the) (?:todo )?list", _Clause.delete),
    _rule(r"(.+)", _Clause.list),
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
    clause = _Clause(quotes, Visitor(now, day_first))
    commands = [_read(words, clause) for words in split_clauses(hidden)]
    return commands or [NotUnderstood(text.strip())]


def _read(words: str, clause: _Clause) -> Command:
    if not _NEGATION.match(words):
        for pattern, read in _RULES:
            found = pattern.fullmatch(words)
            if found is None:
                continue
            try:
                command = read(clause, *(group for group in found.groups() if group is not None))
            except ValidationError:
                continue
            if command is not None:
                return command
    return NotUnderstood(clause.quotes.show(words))
