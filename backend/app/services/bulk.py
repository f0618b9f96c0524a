"""One action on several todos, done to all of them or to none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import FieldError, ValidationProblem
from app.models import Todo
from app.schemas.changes import BulkAction, BulkChange
from app.schemas.todos import MAX_TAGS
from app.services import repeat, undo
from app.services.accounts import lock_account
from app.services.todos import TodoNotFound


async def change_todos(db: AsyncSession, account_id: UUID | None, change: BulkChange) -> tuple[list[Todo], str | None]:
    """Do it; returns the todos that there still are, with new occurrences, and the token that takes it back.

    Raises:
        TodoNotFound: The account does not have one of the todos.
        ValidationProblem: One of them has as many tags as it may have.
    """
    if account_id is None:
        raise TodoNotFound(change.ids[0])
    await lock_account(db, account_id)
    todos = await _get_todos(db, account_id, change.ids)
    async with undo.recording(db, account_id) as recorded:
        match change.action:
            case BulkAction.COMPLETE:
                successors = [await repeat.complete(db, todo) for todo in todos if not todo.completed]
                todos += [todo for todo in successors if todo is not None]
            case BulkAction.DELETE:
                for todo in todos:
                    todo.deleted_at = datetime.now(UTC)
                todos = []
            case BulkAction.TAG:
                for todo in todos:
                    _add_tag(todo, change.tag or "")
    return todos, recorded.token


async def _get_todos(db: AsyncSession, account_id: UUID, ids: Sequence[UUID]) -> list[Todo]:
    query = select(Todo).where(Todo.id.in_(ids), Todo.account_id == account_id, Todo.deleted_at.is_(None))
    found = {todo.id: todo for todo in await db.scalars(query.order_by(Todo.id).with_for_update())}
    for todo_id in ids:
        if todo_id not in found:
            raise TodoNotFound(todo_id)
    return [found[todo_id] for todo_id in ids]


def _add_tag(todo: Todo, tag: str) -> None:
    if tag in todo.tags:
        return
    if len(todo.tags) >= MAX_TAGS:
        message = f"cannot be added: {todo.title!r} has {MAX_TAGS} tags already; remove one of them first"
        raise ValidationProblem([FieldError(field="tag", message=message)])
    todo.tags = [*todo.tags, tag]
