"""Export and import: an account's todos as a document, and such a document's as todos."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from fractional_indexing import generate_n_keys_between
from pydantic_core import to_json
from sqlalchemy import JSON, Text, cast, func, insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Todo
from app.schemas.transfer import ExportDocument, ExportedTodo, ImportDocument, ImportedTodo
from app.services.accounts import lock_account
from app.services.todos import due_of, repeat_day

BATCH = 5_000
"""How many todos a statement stores; it must not take as long as a statement may."""


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
        rows = [_row(account_id, todo, position) for todo, position in zip(missing, positions, strict=True)]
        for begin in range(0, len(rows), BATCH):
            await _insert(db, rows[begin : begin + BATCH])
    return len(missing)


async def _insert(db: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Store many rows by one statement, which takes a fraction of what as many statements would."""
    source = func.json_populate_recordset(text("NULL::todos"), cast(literal(to_json(rows).decode(), Text), JSON))
    columns = source.table_valued(*rows[0])
    await db.execute(insert(Todo).from_select(list(rows[0]), select(*columns.c)))


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
