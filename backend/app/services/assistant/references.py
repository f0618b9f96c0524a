"""Finds the todos that words mean: a title or a part of it, "it", "the second one"."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.schemas.todos import TodoPublic, TodoQuery, TodoStatus
from app.services import listing, todos
from app.text import fold
from app.text import words as words_in

_PRONOUN = re.compile(r"(?:it|this|that|this\s+one|that\s+one|the\s+last\s+one|the\s+same)", re.IGNORECASE)
_PLURAL = re.compile(
    r"(?:them|those|these|both|both\s+of\s+them|all\s+of\s+(?:them|those|these)|them\s+all)", re.IGNORECASE
)
_ALL_OF = re.compile(r"(?:all|every|each|both)\s+(?:of\s+)?(?:(?:the|my)\s+)?(?P<name>.+)", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:,\s*and\s|,|\sand\s|\s&\s)\s*", re.IGNORECASE)
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "last": -1,
}
_ORDINAL = re.compile(
    r"(?:the\s+)?(?:(?:task|todo|item)\s+)?(?:number\s+|no\.?\s*|option\s+|#)?"
    rf"(?P<number>\d{{1,2}}|{'|'.join(_ORDINALS)})[.)]?(?:\s+(?:one|task|todo|item))?",
    re.IGNORECASE,
)
_YES = frozenset(
    [
        "yes",
        "y",
        "yes please",
        "yes, please",
        "yeah",
        "yep",
        "sure",
        "ok",
        "okay",
        "do it",
        "go ahead",
        "yes, do it",
        "ja",
        "ja bitte",
        "oui",
        "sí",
        "si",
        "sim",
        "да",
        "так",
        "tak",
    ]
)
_FILLERS = frozenset(
    [
        "the",
        "a",
        "one",
        "task",
        "todo",
        "item",
        "please",
        "yes",
        "i",
        "mean",
        "meant",
        "that",
        "with",
        "called",
        "delete",
        "remove",
        "complete",
    ]
)
"""What an answer may say beside a title."""
LOOKED_AT = 200
"""How many todos that hold a word are compared."""


@dataclass(frozen=True)
class Context:
    """What was spoken of before."""

    mentioned: list[TodoPublic] = field(default_factory=list)
    """The todos of the last call that had some."""
    candidates: list[TodoPublic] = field(default_factory=list)
    """Those that the assistant asked to choose among."""


@dataclass(frozen=True)
class Meaning:
    """What one name may mean: exactly one todo, several of which one was meant, none, or, if `many`, all of them."""

    name: str
    todos: list[TodoPublic]
    many: bool = False

    @property
    def clear(self) -> bool:
        """Whether it is known what was meant."""
        return len(self.todos) == 1 or (self.many and bool(self.todos))


async def find_named(
    db: AsyncSession, account_id: UUID, name: str, context: Context, prefer: TodoStatus | None = None
) -> list[Meaning]:
    """Return what a name means; several meanings for "milk and eggs", when no todo is called so."""
    chosen = choose(name, context.candidates)
    if chosen or is_pronoun(name):
        spoken_of = await _living(db, account_id, chosen or context.mentioned)
        return [Meaning(name, spoken_of, many=bool(chosen) or not _PRONOUN.fullmatch(name))]
    whole = Meaning(name, await _find(db, account_id, name, prefer))
    if whole.todos:
        return [whole]
    if numbered := pick(name, context.mentioned):  # of a list that was shown
        return [Meaning(name, await _living(db, account_id, numbered), many=True)]
    if found := _ALL_OF.fullmatch(name):
        return [Meaning(name, await _find(db, account_id, _singular(found["name"]), prefer), many=True)]
    parts = [part for part in _LIST.split(name) if part.strip()]
    if 2 <= len(parts) <= 10:
        return [Meaning(part, await _find(db, account_id, part, prefer)) for part in parts]
    return [whole]


def is_pronoun(name: str) -> bool:
    """Whether a name is one only beside what was spoken of before."""
    return _PRONOUN.fullmatch(name) is not None or _PLURAL.fullmatch(name) is not None


def choose(words: str, candidates: list[TodoPublic]) -> list[TodoPublic]:
    """Return those of the candidates that an answer picks by number, "the second one" or "both", or by title."""
    words = fold(words).strip(" .!?\"'")
    if picked := pick(words, candidates):
        return picked
    rest = set(words_in(words)) - _FILLERS
    tests: tuple[Callable[[str], bool], ...] = (
        lambda title: title == words,
        lambda title: words in title,
        lambda title: title in words and rest <= set(words_in(title)),
    )
    for test in tests:
        matching = [todo for todo in candidates if test(fold(todo.title))]
        if len(matching) == 1:
            return matching
    return []


def pick(words: str, candidates: list[TodoPublic]) -> list[TodoPublic]:
    """Return those of the candidates that words such as "2", "the first and the last one" or "both" pick."""
    words = fold(words).strip(" .!?")
    if _PLURAL.fullmatch(words) or words in {"all", "everything"} or (words in _YES and len(candidates) == 1):
        return candidates
    picked = [_numbered(part, candidates) for part in _LIST.split(words)]
    return list({todo.id: todo for todo in picked if todo}.values()) if all(picked) else []


def _numbered(words: str, candidates: list[TodoPublic]) -> TodoPublic | None:
    found = _ORDINAL.fullmatch(words)
    if found is None:
        return None
    number = int(found["number"]) if found["number"].isdecimal() else _ORDINALS[found["number"]]
    if number == -1:
        return candidates[-1]
    return candidates[number - 1] if 1 <= number <= len(candidates) else None


def _singular(name: str) -> str:
    return re.sub(r"\s+(?:tasks|todos|to-dos|items|ones)$", "", name, flags=re.IGNORECASE)


async def _living(db: AsyncSession, account_id: UUID, shown: list[TodoPublic]) -> list[TodoPublic]:
    """Return todos that were shown as they are now, without those that are gone."""
    living = []
    for todo in shown:
        with suppress(todos.TodoNotFound):
            living.append(TodoPublic.model_validate(await todos.get_todo(db, account_id, todo.id)))
    return living


async def _find(db: AsyncSession, account_id: UUID, name: str, prefer: TodoStatus | None) -> list[TodoPublic]:
    with suppress(ValueError):
        ident = UUID(name)
        try:
            return [TodoPublic.model_validate(await todos.get_todo(db, account_id, ident))]
        except todos.TodoNotFound:
            return []
    words = words_in(name)
    longest = max(words, key=len, default=name)
    page = await listing.list_todos(db, account_id, TodoQuery(q=longest, limit=LOOKED_AT))
    best = _best(page.items, fold(name), words)
    preferred = [todo for todo in best if todo.completed is (prefer is TodoStatus.COMPLETED)] if prefer else []
    return preferred or best


def _best(found: list[TodoPublic], name: str, words: list[str]) -> list[TodoPublic]:
    """Keep those whose title is the name; if there are none, those with it in the title, then with all of its words."""
    tests: tuple[Callable[[TodoPublic], bool], ...] = (
        lambda todo: fold(todo.title) == name,
        lambda todo: bool(words) and re.search(rf"\b{re.escape(name)}\b", fold(todo.title)) is not None,
        lambda todo: bool(words) and set(words) <= set(words_in(todo.title)),
        lambda todo: bool(words) and all(word in fold(todo.title) for word in words),
    )
    return next((matching for test in tests if (matching := [todo for todo in found if test(todo)])), [])
