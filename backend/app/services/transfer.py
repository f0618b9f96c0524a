"""Export and import: an account's todos as a document, and such a document's as todos."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from fractional_indexing import generate_n_keys_between
from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import JSON, Text, cast, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Todo
from app.schemas.transfer import ExportDocument, ExportedTodo, ImportDocument, ImportedTodo, ImportResult, PackedTodo
from app.services import undo
from app.services.accounts import lock_account
from app.services.todos import due_of, repeat_day

BATCH = 1_000
"""How many todos a statement stores, which must not take as long as one may, and how many are objects at once."""
_EXPORTED = TypeAdapter(list[ExportedTodo])


@dataclass(frozen=True)
class Plan:
    """What an import does with the todos of a document."""

    new: list[PackedTodo]
    deleted: list[UUID]
    """Those that the account had, by the ids that they have there."""
    skipped: int


async def export_todos(db: AsyncSession, account_id: UUID | None) -> bytes:
    """Return all that an account has as a document, without what it deleted.

    Never more than a batch of it is there as objects, which take several times the memory that their JSON does.
    """
    mine = Todo.account_id == account_id, Todo.deleted_at.is_(None)
    kept = set(await db.scalars(select(Todo.id).where(*mine)))
    query = select(Todo).where(*mine).order_by(Todo.position, Todo.id)
    document = ExportDocument(exported_at=datetime.now(UTC), todos=[]).model_dump_json().encode()
    todos: list[bytes] = []
    async for batch in (await db.stream_scalars(query)).partitions(BATCH):
        exported = [ExportedTodo.model_validate(todo) for todo in batch]
        for todo, copy in zip(batch, exported, strict=True):
            # Who touched an occurrence made it a todo of its own: it stays whatever becomes of the one before.
            if todo.version > 1 or copy.repeated_from not in kept:
                copy.repeated_from = None
        todos.append(_EXPORTED.dump_json(exported).removeprefix(b"[").removesuffix(b"]"))
    return b"".join([document.removesuffix(b"]}"), b",".join(todos), b"]}"])


async def plan_import(db: AsyncSession, account_id: UUID | None, document: ImportDocument) -> Plan:
    """Work out what an import would do. The account may have a todo as it is, or by an earlier import."""
    if account_id is None:
        return Plan(document.todos, [], 0)
    known = await _known(db, account_id)
    new, deleted, skipped = [], [], 0
    for todo in document.todos:
        here = [ident for ident in (todo.id, _own_id(account_id, todo.id)) if ident in known]
        if not here:
            new.append(todo)
        elif any(known[ident] is None for ident in here):
            skipped += 1
        else:
            deleted.append(here[0])
    return Plan(new, deleted, skipped)


async def import_todos(db: AsyncSession, account_id: UUID, document: ImportDocument) -> ImportResult:
    """Add a document's todos above the account's own, in their order, and restore those that it deleted."""
    await lock_account(db, account_id)
    plan = await plan_import(db, account_id, document)
    if plan.new:
        top = await db.scalar(select(func.min(Todo.position)).where(Todo.account_id == account_id))
        positions = generate_n_keys_between(None, top, len(plan.new))
        for begin in range(0, len(plan.new), BATCH):
            batch = zip(plan.new[begin : begin + BATCH], positions[begin : begin + BATCH], strict=True)
            await _insert(db, [_row(account_id, todo.unpack(), position) for todo, position in batch])
        await _link(db, account_id, plan.new)
    restored = await _restore(db, plan.deleted)
    made = [undo.made(_own_id(account_id, todo.id)) for todo in plan.new]
    token = await undo.keep(db, account_id, [*made, *restored])
    return ImportResult(created=len(plan.new), restored=len(restored), skipped=plan.skipped, undo=token)


async def _known(db: AsyncSession, account_id: UUID) -> dict[UUID, datetime | None]:
    """Return the account's todos, each with when it was deleted."""
    query = select(Todo.id, Todo.deleted_at).where(Todo.account_id == account_id)
    return {row.id: row.deleted_at for row in await db.execute(query)}


async def _restore(db: AsyncSession, ids: list[UUID]) -> list[undo.Entry]:
    before = {row.id: row for row in await db.execute(select(Todo.id, Todo.deleted_at).where(undo.among(ids)))}
    restoring = update(Todo).where(undo.among(ids)).values(deleted_at=None, version=Todo.version + 1)
    rows = await db.execute(
        restoring.returning(Todo.id, Todo.version), execution_options={"synchronize_session": False}
    )
    return [undo.changed(row.id, {"deleted_at": before[row.id].deleted_at}, row.version) for row in rows]


async def _link(db: AsyncSession, account_id: UUID, todos: list[PackedTodo]) -> None:
    """Tell each next occurrence the todo that it follows; no todo has two."""
    if not any(todo.repeated_from for todo in todos):
        return
    known = await _known(db, account_id)
    followed = set(await db.scalars(select(Todo.repeated_from).where(Todo.account_id == account_id)))
    for todo in todos:
        if todo.repeated_from is None:
            continue
        here = (todo.repeated_from, _own_id(account_id, todo.repeated_from))
        before = next((ident for ident in here if ident in known and ident not in followed), None)
        if before is not None:
            followed.add(before)
            linking = update(Todo).where(Todo.id == _own_id(account_id, todo.id))
            await db.execute(linking.values(repeated_from=before, updated_at=Todo.updated_at))


async def _insert(db: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Store many rows by one statement, which takes a fraction of what as many statements would."""
    source = func.json_populate_recordset(text("NULL::todos"), cast(literal(to_json(rows).decode(), Text), JSON))
    columns = source.table_valued(*rows[0])
    await db.execute(insert(Todo).from_select(list(rows[0]), select(*columns.c)))


def _own_id(account_id: UUID, ident: UUID) -> UUID:
    """Return the id that a todo gets in an account: the same each time, and nobody else's."""
    return uuid5(account_id, str(ident))


def _row(account_id: UUID, todo: ImportedTodo, position: str) -> dict[str, Any]:
    due = due_of(todo.due)
    return {
        **todo.model_dump(exclude={"due", "repeated_from", "created_at", "updated_at"}),
        "id": _own_id(account_id, todo.id),
        "account_id": account_id,
        "due_date": due and due.date,
        "due_time": due and due.time,
        "due_zone": due and due.zone,
        "due_at": due and due.at,
        "repeat_day": todo.repeat_day or repeat_day(todo.repeat, due),
        "position": position,
        "version": 1,
        "created_at": todo.created_at,
        "updated_at": todo.updated_at or datetime.now(UTC),
    }
