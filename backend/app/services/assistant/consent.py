"""What the visitor's own last message lets be deleted.

A language model reads titles, which anybody may have written into a todo, and can be led astray by them. So it is
not the model that decides whether something is deleted, but a check of the message that does not depend on it.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.schemas.todos import TodoPublic, TodoQuery
from app.services import listing
from app.services.assistant.arguments import Add, Complete, Delete, Every, Find, Update
from app.services.assistant.grammar import Command, NotUnderstood
from app.services.assistant.references import LOOKED_AT, Context, choose, find_named, is_pronoun
from app.text import words as words_in

_ENGLISH = r"delet\w*|remov\w*|eras\w*|trash|discard|scrap|drop|get(?:ting)?\s+rid\s+of|throw\s+(?:it\s+)?(?:away|out)"
# In the languages that models are most often spoken to in; the grammar reads none of them.
_OTHERS = (
    r"lösch\w*|entfern\w*|supprim\w*|efface\w*|enlève\w*|borr[ae]\w*|elimin\w*|apag\w*|cancella\w*|verwijder\w*"
    r"|удали\w*|видали\w*"
)
_VERB = re.compile(rf"\b(?:{_ENGLISH}|{_OTHERS})\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|\w+n['\u2019]t|dont|cannot|never|neither|nor|no|non|nicht|kein\w*|nie|niemals|nein|pas|jamais|ne|não|nunca"
    r"|niet|nooit|geen|nee|не|нет|ні|none|nothing|never\s?mind|forget\s+it|keep|wait|stop|cancel|kidding|instead)\b|\bn['\u2019]",
    re.IGNORECASE,
)
# What a command behind it, in the same message, is not plainly wanted after.
_HEDGES = re.compile(
    r"(?:please\s+)?(?:do\s+not|don['\u2019]?t|never|not|no)\b"
    r"|i\s+(?:do\s+not|don['\u2019]?t|never|would\s+not|wouldn['\u2019]t)\s+(?:want|need|wish|like)\b"
    r"|(?:if|when|unless|once|until|maybe|perhaps|should|wenn|falls|vielleicht|si|se)\b",
    re.IGNORECASE,
)
_POLITE = (
    r"(?:please|bitte|s'il (?:te|vous) pla[iî]t|svp|por favor|per favore|alsjeblieft|пожалуйста|будь ласка"
    r"|(?:kannst|könntest) du(?: bitte)?|peux-tu|puedes|podrías|puoi|kun je|ich möchte)"
)
_THE = (
    r"(?:die|der|das|den|le|la|les|el|los|las|il|lo|gli|o|a|os|as|de|het|the|my|meine?n?|mon|ma|mes|mis?|mia|mio|mijn"
    r"|aufgabe|tâche|tarea|tarefa|attività|taak|задачу|завдання)"
)
_PLAIN = re.compile(
    rf"(?:{_POLITE},? )?(?:(?:{_OTHERS}) (?:{_POLITE} )?(?:{_THE} )*(?P<after>.+?)"
    rf"|(?:{_THE} )*(?P<before>.+?) (?:{_POLITE} )?(?:löschen|entfernen|verwijderen))(?:,? {_POLITE})?",
    re.IGNORECASE,
)
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "that",
        "this",
        "those",
        "these",
        "there",
        "todo",
        "todos",
        "task",
        "tasks",
        "item",
        "items",
        "one",
        "ones",
        "list",
        "please",
        "all",
        "any",
        "you",
        "can",
        "could",
        "would",
        "are",
        "was",
        "were",
        "have",
        "has",
        "had",
        "about",
        "into",
        "out",
        "off",
        "get",
        "rid",
        "its",
        "want",
        "need",
        "longer",
        "more",
        "anymore",
        "just",
        "also",
        "then",
        "now",
        "today",
        "tomorrow",
    ]
)
_MAX_WORDS = 8


@dataclass(frozen=True)
class Consent:
    """What may be deleted: these todos, and all of these kinds.

    `unclear` are those to choose among first, `doubtful` those that the message may mean: the visitor is asked.
    """

    todos: frozenset[UUID] = frozenset()
    every: frozenset[Every] = frozenset()
    unclear: tuple[TodoPublic, ...] = ()
    doubtful: frozenset[UUID] = frozenset()

    def covers(self, every: Every) -> bool:
        """Whether all todos of that kind may be deleted."""
        return every in self.every or "all" in self.every

    def allows(self, todo: TodoPublic) -> bool:
        """Whether this todo may be deleted."""
        return todo.id in self.todos or self.covers("completed" if todo.completed else "pending")


def denies(text: str) -> bool:
    """Whether a text that is no command says no to something."""
    return _NEGATION.search(text) is not None


async def read_consent(
    db: AsyncSession, account_id: UUID, question: str, commands: list[Command], context: Context, *, choosing: bool
) -> Consent:
    """Work out what a message lets be deleted: what it asks for as a whole sentence, read to its end.

    `choosing` tells that the assistant had asked which of `context.candidates` to delete.
    """
    asked = [command for command in commands if isinstance(command, Delete)]
    meant: list[TodoPublic] = []
    unclear: list[TodoPublic] = []
    taken_back = _is_taken_back(commands)
    for name in [*_names_to_delete(commands), *([] if asked else _names_in_other_languages(question))]:
        meanings = await find_named(db, account_id, name, context)
        taken_back = taken_back or (len(meanings) > 1 and denies(name))
        for meaning in meanings:
            (meant if meaning.clear else unclear).extend(meaning.todos)
    if not asked and choosing and not denies(question):
        meant += choose(question, context.candidates)
    every = frozenset(command.every for command in asked if command.every)
    if taken_back and (meant or unclear):
        return Consent(doubtful=frozenset(todo.id for todo in [*meant, *unclear]))
    if meant or unclear or every:
        return Consent(frozenset(todo.id for todo in meant), every, tuple(unclear))
    not_read = " ".join(command.text for command in commands if isinstance(command, NotUnderstood))
    if asked and all(command.todo == "one" or is_pronoun(str(command.todo)) for command in asked):
        # "I called the dentist, delete that one": what it says besides is all that it can mean.
        named = await _named_somewhere(db, account_id, not_read)
        return Consent(frozenset([named[0].id])) if len(named) == 1 else Consent(unclear=tuple(named))
    speaks_of_it = asked or all(isinstance(command, NotUnderstood | Find) for command in commands)
    if speaks_of_it and _VERB.search(question) and not denies(question):
        named = await _named_somewhere(db, account_id, question)
        return Consent(doubtful=frozenset(todo.id for todo in named))
    return Consent()


def _names_in_other_languages(question: str) -> list[str]:
    """Return what a message asks to delete, if that is all that it says."""
    found = None if denies(question) else _PLAIN.fullmatch(" ".join(question.split()).strip(" .!?"))
    return [found["after"] or found["before"]] if found else []


def _is_taken_back(commands: list[Command]) -> bool:
    """Whether what was asked for is taken back, as in "delete milk. No, don't!", or was forbidden in one breath."""
    deletes = False
    for command in commands:
        deletes = deletes or isinstance(command, Delete)
        if isinstance(command, NotUnderstood) and (_HEDGES.match(command.text) or (deletes and denies(command.text))):
            return True
    return False


def _names_to_delete(commands: list[Command]) -> list[str]:
    """Return the names that are to be deleted; "it" is what the message itself spoke of before, if it did."""
    names: list[str] = []
    spoken_of = ""
    for command in commands:
        match command:
            case Delete(todo=str(name)):
                names.append(spoken_of if spoken_of and is_pronoun(name) else name)
            case Update(title=str(name)) | Update(todo=str(name)) | Complete(todo=str(name)) | Find(query=str(name)):
                spoken_of = name
            case Add(title=str(name)):
                spoken_of = name
    return names


async def _named_somewhere(db: AsyncSession, account_id: UUID, question: str) -> list[TodoPublic]:
    """Return the todos that share the most words with a message."""
    words = [word for word in words_in(question) if len(word) > 2 and word not in _COMMON and not _VERB.fullmatch(word)]
    hits: dict[UUID, int] = {}
    known: dict[UUID, TodoPublic] = {}
    for word in words[:_MAX_WORDS]:
        page = await listing.list_todos(db, account_id, TodoQuery(q=word, limit=LOOKED_AT))
        for todo in page.items:
            if word in words_in(todo.title):
                known[todo.id] = todo
                hits[todo.id] = hits.get(todo.id, 0) + 1
    return [known[ident] for ident, count in hits.items() if count == max(hits.values())]
