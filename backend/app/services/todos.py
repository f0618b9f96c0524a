"""The rules of todos.

Every function is given the visitor's account, None for one without a session; nothing of another's is ever found.
"""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import FieldError, ProblemError, ValidationProblem
from app.due import Due
from app.models import Repeat, Todo
from app.schemas.todos import REPEAT_NEEDS_DUE, DueInput, TodoCreate, TodoPublic, TodoUpdate
from app.services import housekeeping, ordering, repeat
from app.services.accounts import lock_account


class TodoNotFound(ProblemError):
    """No such todo, or another's: a visitor cannot tell which."""

    def __init__(self, todo_id: UUID) -> None:
        detail = f"You have no todo {todo_id}; it may have been deleted."
        super().__init__(404, "not-found", "Not Found", detail)


class StaleTodo(ProblemError):
    """The todo was changed since the version that the update was based on."""

    def __init__(self, todo: Todo) -> None:
        detail = f"The todo is at version {todo.version} by now; look at it in `current` and decide again."
        current = TodoPublic.model_validate(todo).model_dump(mode="json")
        super().__init__(409, "stale-version", "The todo was changed meanwhile", detail, extra={"current": current})


async def create_todo(db: AsyncSession, account_id: UUID, new: TodoCreate) -> Todo:
    """Store a new todo, at the top of the manual order."""
    todo = Todo(account_id=account_id, **new.model_dump(exclude={"due"}), due=due_of(new.due))
    todo.repeat_day = repeat_day(todo.repeat, todo.due)
    db.add(todo)
    await db.flush()
    return todo


async def get_todo(
    db: AsyncSession, account_id: UUID | None, todo_id: UUID, *, for_update: bool = False, deleted: bool = False
) -> Todo:
    """Return one todo.

    `for_update` keeps others from changing it until the transaction ends; `deleted` finds it even if it is deleted.

    Raises:
        TodoNotFound: The account has no such todo.
    """
    if account_id is not None:
        query = select(Todo).where(Todo.id == todo_id, Todo.account_id == account_id)
        if not deleted:
            query = query.where(Todo.deleted_at.is_(None))
        todo = await db.scalar(query.with_for_update() if for_update else query)
        if todo is not None:
            return todo
    raise TodoNotFound(todo_id)


async def update_todo(db: AsyncSession, account_id: UUID | None, todo_id: UUID, change: TodoUpdate) -> Todo:
    """Apply the fields that are set; a change to what already is leaves the todo as it is.

    Raises:
        TodoNotFound: The account has no such todo.
        StaleTodo: It is at another version than `change.version`.
        ValidationProblem: It would repeat without being due, or move beside what the account does not have.
    """
    if account_id is not None and {"completed", "position"} & change.model_fields_set:
        await lock_account(db, account_id)
    todo = await get_todo(db, account_id, todo_id, for_update=True)
    if todo.version != change.version:
        raise StaleTodo(todo)
    with db.no_autoflush:  # one change counts one version
        _set_fields(todo, change)
        if change.completed is not MISSING and change.completed != todo.completed:
            await (repeat.complete if change.completed else repeat.reopen)(db, todo)
        if change.position is not MISSING:
            await ordering.move(db, todo, change.position)
    await db.flush()
    return todo


async def delete_todo(db: AsyncSession, account_id: UUID | None, todo_id: UUID) -> None:
    """Delete one todo; it is kept for a while, to be restored.

    Raises:
        TodoNotFound: The account has no such todo.
    """
    todo = await get_todo(db, account_id, todo_id, for_update=True)
    todo.deleted_at = datetime.now(UTC)
    await housekeeping.purge(db)


async def restore_todo(db: AsyncSession, account_id: UUID | None, todo_id: UUID) -> Todo:
    """Bring a deleted todo back; one that is not deleted is returned as it is.

    Raises:
        TodoNotFound: The account has no such todo, not even a deleted one.
    """
    todo = await get_todo(db, account_id, todo_id, for_update=True, deleted=True)
    todo.deleted_at = None
    await db.flush()
    return todo


def _set_fields(todo: Todo, change: TodoUpdate) -> None:
    fields = change.model_dump(exclude={"version", "completed", "due", "position"})
    rhythm = todo.due_date, todo.repeat
    for name, value in fields.items():
        setattr(todo, name, value)
    if change.due is not MISSING:
        todo.due = due_of(change.due)
        if todo.due is None and change.repeat is MISSING:
            todo.repeat = None
    if todo.repeat is not None and todo.due is None:
        raise ValidationProblem([FieldError(field="repeat", message=REPEAT_NEEDS_DUE)])
    if rhythm != (todo.due_date, todo.repeat):
        todo.repeat_day = repeat_day(todo.repeat, todo.due)


def due_of(due: DueInput | None) -> Due | None:
    """Return what a request says about when a todo is due, with its instant."""
    return Due.of(due.date, due.time, due.zone) if due else None


def repeat_day(repeat: Repeat | None, due: Due | None) -> int | None:
    """Return the day of the month that a todo's repeat keeps to."""
    return due.date.day if due and repeat is Repeat.MONTHLY else None
