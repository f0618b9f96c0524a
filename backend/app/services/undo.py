"""Undo: what a change did to todos is kept for an hour, and can be put back once by its token."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, cast, delete, event, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session as SyncSession
from typing_extensions import TypedDict

from app.core.errors import ProblemError
from app.models import Priority, Repeat, Todo, Undo
from app.services import housekeeping
from app.services.accounts import lock_account
from app.services.housekeeping import UNDO_LIFETIME


class UndoGone(ProblemError):
    """There is nothing to put back under this token."""

    def __init__(self) -> None:
        detail = "This change was taken back already, or is more than an hour old; change the todos yourself."
        super().__init__(404, "undo-gone", "Nothing to undo", detail)


class UndoStale(ProblemError):
    """A todo was changed after the change that should be taken back."""

    def __init__(self) -> None:
        detail = "A todo of this change was changed since. Nothing was undone; look at it and change it yourself."
        super().__init__(409, "undo-stale", "The todos were changed meanwhile", detail)


class Fields(TypedDict, total=False):
    """The columns that a change may change; their names and types are those of the table."""

    title: str
    description: str
    priority: Priority
    tags: list[str]
    due_date: date | None
    due_time: time | None
    due_zone: str | None
    due_at: datetime | None
    repeat: Repeat | None
    repeat_day: int | None
    repeated_from: UUID | None
    position: str
    created_at: datetime
    completed_at: datetime | None
    deleted_at: datetime | None


class Entry(BaseModel):
    """What a change did to one todo, and so what takes it back."""

    id: UUID
    before: Fields | None
    """Those that it changed; None if it made the todo."""
    version: int | None
    """The todo's after it; None if the todo went."""
    version_before: int | None = None


_ENTRIES = TypeAdapter(list[Entry])


def made(ident: UUID) -> Entry:
    """Return the entry of a todo that there was not before."""
    return Entry(id=ident, before=None, version=1)


def changed(ident: UUID, before: Fields, version: int) -> Entry:
    """Return the entry of a todo that has that version now; `before` is what was different until then."""
    return Entry(id=ident, before=before, version=version, version_before=version - 1)


class Recording:
    """Notes what happens to todos in a session."""

    token: str | None = None
    """Takes the change back; None when nothing changed. Known when the recording has ended."""

    def __init__(self) -> None:
        self._todos: dict[UUID, tuple[Todo, dict[str, Any] | None]] = {}
        self._versions: dict[UUID, int] = {}
        """Before the change, of those that there were."""
        self._gone: set[UUID] = set()

    def note(self, session: SyncSession, _context: object) -> None:
        """Take down one flush, while the session still knows what was before it."""
        for todo in filter(_is_todo, session.new):
            self._todos[todo.id] = (todo, None)
        for todo in filter(_is_todo, session.dirty):
            changed = {name: state.deleted[0] for name, state in _histories(todo) if state.deleted}
            _, before = self._todos.setdefault(todo.id, (todo, {}))
            if before is not None and changed:
                self._versions.setdefault(todo.id, todo.version - 1)
                before |= {name: value for name, value in changed.items() if name not in before}
        for todo in filter(_is_todo, session.deleted):
            now = {name: (state.deleted or state.unchanged)[0] for name, state in _histories(todo)}
            _, before = self._todos.setdefault(todo.id, (todo, {}))
            if before is None:
                del self._todos[todo.id]
            else:
                before |= {name: value for name, value in now.items() if name not in before}
                self._versions.setdefault(todo.id, todo.version)
                self._gone.add(todo.id)

    def entries(self) -> list[Entry]:
        """Return what was changed, all in all."""
        return [
            Entry(
                id=ident,
                before=before,
                version=None if ident in self._gone else todo.version,
                version_before=self._versions.get(ident),
            )
            for ident, (todo, before) in self._todos.items()
            if before != {}
        ]


def _is_todo(instance: object) -> bool:
    return isinstance(instance, Todo)


def _histories(todo: Todo) -> list[tuple[str, Any]]:
    attributes = inspect(todo).attrs
    return [(name, attributes[name].history) for name in Fields.__annotations__]


@asynccontextmanager
async def recording(db: AsyncSession, account_id: UUID) -> AsyncIterator[Recording]:
    """Record what is done to the account's todos inside, and store how to put it back, in the same transaction."""
    record = Recording()
    await db.flush()
    event.listen(db.sync_session, "after_flush", record.note)
    try:
        yield record
        await db.flush()
    finally:
        event.remove(db.sync_session, "after_flush", record.note)
    record.token = await keep(db, account_id, record.entries())


async def keep(db: AsyncSession, account_id: UUID, entries: list[Entry]) -> str | None:
    """Keep how a change is taken back; returns the token, None when there is nothing to take back."""
    if not entries:
        return None
    await housekeeping.purge(db)
    undo = Undo(account_id=account_id, entries=_ENTRIES.dump_python(entries, mode="json"))
    db.add(undo)
    await db.flush()
    return str(undo.id)


async def living(db: AsyncSession, account_id: UUID, tokens: Sequence[str]) -> set[str]:
    """Return those of the account's tokens that can still take something back."""
    if not tokens:
        return set()
    query = select(Undo.id).where(Undo.account_id == account_id, Undo.id.in_(map(UUID, tokens)))
    return set(map(str, await db.scalars(query.where(Undo.created_at > func.now() - UNDO_LIFETIME))))


async def take_back(db: AsyncSession, account_id: UUID | None, token: str) -> list[Todo]:
    """Put back what a change changed; returns the todos that it concerned and that there are now, in manual order.

    Raises:
        UndoGone: The account has no such token, or not any more.
        UndoStale: One of the todos was changed since.
    """
    undo = await _find(db, account_id, token)
    entries = {entry.id: entry for entry in _ENTRIES.validate_python(undo.entries)}
    versions = await _lock_versions(db, undo.account_id, list(entries))
    if any(entry.version != versions.get(ident) for ident, entry in entries.items()):
        raise UndoStale
    await db.delete(undo)
    new = [ident for ident, entry in entries.items() if entry.before is None]
    # One statement, as an import makes thousands. It goes first: what is put back may stand where one of them stood.
    await db.execute(delete(Todo).where(among(new)), execution_options={"synchronize_session": False})
    await db.flush()
    old = select(Todo).where(among([ident for ident in entries if ident not in set(new)]))
    found = {todo.id: todo for todo in await db.scalars(old.execution_options(populate_existing=True))}
    for ident, entry in entries.items():
        if entry.before is None:
            continue
        if entry.version is None:
            found[ident] = Todo(id=ident, account_id=undo.account_id, **entry.before)
            db.add(found[ident])
        else:
            for name, value in entry.before.items():
                setattr(found[ident], name, value)
    await db.flush()
    now = {(ident, entry.version_before): found[ident].version for ident, entry in entries.items() if ident in found}
    await _let_earlier_follow(db, undo.account_id, now)
    there = [todo for todo in found.values() if todo.deleted_at is None]
    return sorted(there, key=lambda todo: (todo.position, todo.id))


async def _lock_versions(db: AsyncSession, account_id: UUID, ids: list[UUID]) -> dict[UUID, int]:
    query = select(Todo.id, Todo.version).where(among(ids), Todo.account_id == account_id)
    return {row.id: row.version for row in await db.execute(query.order_by(Todo.id).with_for_update())}


def among(ids: list[UUID]) -> ColumnElement[bool]:
    """Compare with one parameter, however many there are."""
    return Todo.id == any_(cast(ids, ARRAY(Uuid)))


async def _let_earlier_follow(db: AsyncSession, account_id: UUID, now: dict[tuple[UUID, int | None], int]) -> None:
    """Let changes be taken back after later ones were: a todo is then as they left it, at another version."""
    for earlier in await db.scalars(select(Undo).where(Undo.account_id == account_id).with_for_update()):
        entries = _ENTRIES.validate_python(earlier.entries)
        for entry in entries:
            entry.version = now.get((entry.id, entry.version), entry.version)
        earlier.entries = _ENTRIES.dump_python(entries, mode="json")


async def _find(db: AsyncSession, account_id: UUID | None, token: str) -> Undo:
    try:
        ident = UUID(token)
    except ValueError:
        raise UndoGone from None
    if account_id is None:
        raise UndoGone
    await lock_account(db, account_id)
    query = select(Undo).where(Undo.id == ident, Undo.account_id == account_id)
    undo = await db.scalar(query.where(Undo.created_at > func.now() - UNDO_LIFETIME).with_for_update())
    if undo is None:
        raise UndoGone
    return undo
