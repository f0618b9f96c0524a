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

# For messages that the grammar does not read, in the languages that models are most often spoken to in.
_DELETE = (
    r"(?:delet\w*|remov\w*|eras\w*|trash|discard|scrap|drop|get(?:ting)?\s+rid\s+of|throw\s+(?:it\s+)?(?:away|out)"
    r"|lösch\w*|entfern\w*|supprim\w*|efface\w*|enlève\w*|borr[ae]\w*|elimin\w*|apaga\w*|cancella\w*|verwijder\w*"
    r"|удали\w*|видали\w*)"
)
_VERB = re.compile(rf"\b{_DELETE}\b", re.IGNORECASE)
_NEGATED = re.compile(
    rf"\b(?:not|do?n['\u2019]?t|never|ne|no|non|не)\s+(?:\w+\s+){{0,2}}{_DELETE}\b"
    rf"|\b{_DELETE}\s+(?:\w+\s+){{0,3}}(?:not|nicht|pas|niet)\b",
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
    """What may be deleted: these todos, and all of these kinds. `unclear` are those to choose among first."""

    todos: frozenset[UUID] = frozenset()
    every: frozenset[Every] = frozenset()
    unclear: tuple[TodoPublic, ...] = ()

    def covers(self, every: Every) -> bool:
        """Whether all todos of that kind may be deleted."""
        return every in self.every or "all" in self.every

    def allows(self, todo: TodoPublic) -> bool:
        """Whether this todo may be deleted."""
        return todo.id in self.todos or self.covers("completed" if todo.completed else "pending")


async def read_consent(
    db: AsyncSession, account_id: UUID, question: str, commands: list[Command], context: Context, *, choosing: bool
) -> Consent:
    """Work out what a message lets be deleted.

    `choosing` tells that the assistant had asked which of `context.candidates` to delete.
    """
    asked = [command for command in commands if isinstance(command, Delete)]
    ids: set[UUID] = set()
    unclear: list[TodoPublic] = []
    for name in _names_to_delete(commands):
        for meaning in await find_named(db, account_id, name, context):
            if meaning.clear:
                ids |= {todo.id for todo in meaning.todos}
            else:
                unclear += meaning.todos
    if not asked and choosing:
        ids |= {todo.id for todo in choose(question, context.candidates)}
    every = frozenset(command.every for command in asked if command.every)
    loose = bool(asked) or all(isinstance(command, NotUnderstood) for command in commands)
    if not ids and not unclear and not every and loose and _VERB.search(question) and not _NEGATED.search(question):
        named = await _named_somewhere(db, account_id, question)
        ids, unclear = ({named[0].id}, []) if len(named) == 1 else (set(), named)
    return Consent(frozenset(ids), every, tuple(unclear))


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
