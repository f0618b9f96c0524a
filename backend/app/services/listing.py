"""Lists of todos: filtered, in one of five orders, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.errors import FieldError, ValidationProblem
from app.models import Todo, due_key
from app.schemas.todos import TodoCounts, TodoPage, TodoPublic, TodoQuery, TodoSort, TodoStatus
from app.services.paging import decode_cursor, encode_cursor


@dataclass(frozen=True)
class _Order:
    """What a list is sorted by; todos that are equal in it are sorted by id."""

    column: InstrumentedAttribute[Any]
    key: Callable[[ColumnElement[Any]], ColumnElement[Any]] = lambda column: column
    descending: bool = False

    def by(self) -> list[ColumnElement[Any]]:
        keys = self.key(self.column.expression), Todo.id.expression
        return [key.desc() if self.descending else key.asc() for key in keys]

    def behind(self, value: object, ident: UUID) -> ColumnElement[bool]:
        here = tuple_(self.key(self.column.expression), Todo.id)
        there = tuple_(self.key(literal(value, self.column.type)), literal(ident))
        return here < there if self.descending else here > there


_ORDERS = {
    TodoSort.MANUAL: _Order(Todo.position),
    TodoSort.CREATED: _Order(Todo.created_at, descending=True),
    TodoSort.DUE: _Order(Todo.due_at, due_key),
    TodoSort.PRIORITY: _Order(Todo.priority, descending=True),
    TodoSort.TITLE: _Order(Todo.title_key),
}


async def list_todos(db: AsyncSession, account_id: UUID | None, query: TodoQuery) -> TodoPage:
    """Return one page of what an account has; nothing for a visitor without a session.

    Raises:
        ValidationProblem: The cursor is not one that a page of this order gave.
    """
    if account_id is None:
        return TodoPage(items=[], next_cursor=None, counts=TodoCounts(total=0, pending=0, completed=0))
    matches = _matching(account_id, query)
    total, completed = (await db.execute(select(func.count(), func.count(Todo.completed_at)).where(*matches))).one()
    order = _ORDERS[query.sort]
    page = select(Todo).where(*matches).order_by(*order.by()).limit(query.limit + 1)
    if query.status is not None:
        done = Todo.completed_at.is_not(None)
        page = page.where(done if query.status is TodoStatus.COMPLETED else ~done)
    if query.cursor is not None:
        try:
            _, value, ident = decode_cursor(query.sort, query.cursor)
        except ValueError as error:
            raise ValidationProblem([FieldError(field="cursor", message=str(error))]) from error
        page = page.where(order.behind(value, ident))
    found = (await db.scalars(page)).all()
    items = found[: query.limit]
    more = len(found) > query.limit
    return TodoPage(
        items=[TodoPublic.model_validate(todo) for todo in items],
        next_cursor=encode_cursor((query.sort, getattr(items[-1], order.column.key), items[-1].id)) if more else None,
        counts=TodoCounts(total=total, pending=total - completed, completed=completed),
    )


def _matching(account_id: UUID, query: TodoQuery) -> list[ColumnElement[bool]]:
    """Return the conditions of every filter but the status, which the counts tell apart."""
    conditions: list[ColumnElement[bool]] = [Todo.account_id == account_id, Todo.deleted_at.is_(None)]
    if query.q:
        columns = Todo.title, Todo.description
        conditions.append(or_(*(column.icontains(query.q, autoescape=True) for column in columns)))
    if query.priority is not None:
        conditions.append(Todo.priority == query.priority)
    if query.tag is not None:
        conditions.append(Todo.tags.contains([query.tag]))
    if query.due_from is not None:
        conditions.append(Todo.due_date >= query.due_from)
    if query.due_to is not None:
        conditions.append(Todo.due_date <= query.due_to)
    return conditions
