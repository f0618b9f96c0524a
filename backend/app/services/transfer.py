"""Export and import: an account's todos as a document, and such a document's as todos."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from fractional_indexing import generate_n_keys_between
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Todo
from app.schemas.transfer import ExportDocument, ExportedTodo, ImportDocument, ImportedTodo
from app.services.accounts import lock_account
from app.services.todos import due_of, repeat_day


async def export_todos(db: AsyncSession, account_id: UUID | None) -> ExportDocument:
    """Return all that an account has, without what it deleted."""
    mine = Todo.account_id == account_id, Todo.deleted_at.is_(None)
    todos = await db.scalars(select(Todo).where(*mine).order_by(Todo.position, Todo.id))
    return ExportDocument(
        exported_at=datetime.now(UTC),
        todos=[ExportedTodo.model_validate(todo) for todo in todos],
    )


async def missing_todos(db: AsyncSession, account_id: UUID | None, document: ImportDocument) -> list[ImportedTodo]:
    """Return those of a document that the account does not have, neither as they are nor by an earlier import."""
    if account_id is None:
        return document.todos
    known = set(await db.scalars(select(Todo.id).where(Todo.account_id == account_id)))
    return [todo for todo in document.todos if known.isdisjoint({todo.id, _own_id(account_id, todo)})]


async def import_todos(db: AsyncSession, account_id: UUID, document: ImportDocument) -> int:
    """Add a document's todos above the account's own, in their order; returns how many it did not have yet."""
    await lock_account(db, account_id)
    missing = await missing_todos(db, account_id, document)
    if missing:
        top = await db.scalar(select(func.min(Todo.position)).where(Todo.account_id == account_id))
        positions = generate_n_keys_between(None, top, len(missing))
        await db.execute(
            insert(Todo),
            [_row(account_id, todo, position) for todo, position in zip(missing, positions, strict=True)],
        )
    return len(missing)


def _own_id(account_id: UUID, todo: ImportedTodo) -> UUID:
    """Return the id that a todo gets in an account: the same each time, and nobody else's."""
    return uuid5(account_id, str(todo.id))


def _row(account_id: UUID, todo: ImportedTodo, position: str) -> dict[str, Any]:
    due = due_of(todo.due)
    return {
        **todo.model_dump(exclude={"due", "created_at"}),
        "id": _own_id(account_id, todo),
        "account_id": account_id,
        "due_date": due and due.date,
        "due_time": due and due.time,
        "due_zone": due and due.zone,
        "due_at": due and due.at,
        "repeat_day": repeat_day(todo.repeat, due),
        "position": position,
        "version": 1,
        "created_at": todo.created_at,
    }
