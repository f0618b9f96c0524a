"""The rules of todos.

Every function is given the visitor's account, None for one without a session; nothing of another's is ever found.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import FieldError, ProblemError, ValidationProblem
from app.models import Todo
from app.schemas.todos import TodoCounts, TodoCreate, TodoPage, TodoPublic, TodoStatus, TodoUpdate
from app.services.paging import decode_cursor, encode_cursor


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


async def list_todos(
    db: AsyncSession, account_id: UUID | None, *, status: TodoStatus | None, q: str, limit: int, cursor: str | None
) -> TodoPage:
    """Return one page, newest first. `q` is looked for in title and description, in any case.

    Raises:
        ValidationProblem: The cursor is not one that a page gave.
    """
    if account_id is None:
        return TodoPage(items=[], next_cursor=None, counts=TodoCounts(total=0, pending=0, completed=0))
    matches = _matching(account_id, q)
    total, completed = (await db.execute(select(func.count(), func.count(Todo.completed_at)).where(*matches))).one()
    page = select(Todo).where(*matches).order_by(Todo.created_at.desc(), Todo.id.desc()).limit(limit + 1)
    if status is not None:
        done = Todo.completed_at.is_not(None)
        page = page.where(done if status is TodoStatus.COMPLETED else ~done)
    if cursor is not None:
        try:
            page = page.where(tuple_(Todo.created_at, Todo.id) < tuple_(*decode_cursor(cursor)))
        except ValueError as error:
            raise ValidationProblem([FieldError(field="cursor", message=str(error))]) from error
    found = (await db.scalars(page)).all()
    items = found[:limit]
    more = len(found) > limit
    return TodoPage(
        items=[TodoPublic.model_validate(todo) for todo in items],
        next_cursor=encode_cursor((items[-1].created_at, items[-1].id)) if more else None,
        counts=TodoCounts(total=total, pending=total - completed, completed=completed),
    )


async def create_todo(db: AsyncSession, account_id: UUID, new: TodoCreate) -> Todo:
    """Store a new todo."""
    todo = Todo(account_id=account_id, title=new.title, description=new.description)
    db.add(todo)
    await db.flush()
    return todo


async def get_todo(db: AsyncSession, account_id: UUID | None, todo_id: UUID, *, for_update: bool = False) -> Todo:
    """Return one todo; `for_update` keeps others from changing it until the transaction ends.

    Raises:
        TodoNotFound: The account has no such todo.
    """
    if account_id is not None:
        query = select(Todo).where(Todo.id == todo_id, Todo.account_id == account_id)
        todo = await db.scalar(query.with_for_update() if for_update else query)
        if todo is not None:
            return todo
    raise TodoNotFound(todo_id)


async def update_todo(db: AsyncSession, account_id: UUID | None, todo_id: UUID, change: TodoUpdate) -> Todo:
    """Apply the fields that are set; a change to what already is leaves the todo as it is.

    Raises:
        TodoNotFound: The account has no such todo.
        StaleTodo: It is at another version than `change.version`.
    """
    todo = await get_todo(db, account_id, todo_id, for_update=True)
    if todo.version != change.version:
        raise StaleTodo(todo)
    fields = change.model_dump(exclude={"version"})
    completed = fields.pop("completed", todo.completed)
    for name, value in fields.items():
        setattr(todo, name, value)
    if completed != todo.completed:
        todo.completed_at = datetime.now(UTC) if completed else None
    await db.flush()
    return todo


async def delete_todo(db: AsyncSession, account_id: UUID | None, todo_id: UUID) -> None:
    """Delete one todo.

    Raises:
        TodoNotFound: The account has no such todo.
    """
    await db.delete(await get_todo(db, account_id, todo_id, for_update=True))


def _matching(account_id: UUID, q: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Todo.account_id == account_id]
    if q:
        conditions.append(or_(Todo.title.icontains(q, autoescape=True), Todo.description.icontains(q, autoescape=True)))
    return conditions
