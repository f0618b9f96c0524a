"""Lists of todos: filtered, in one of five orders, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.core.errors import FieldError, ValidationProblem
from app.due import this_minute
from app.models import Todo, due_key
from app.schemas.todos import TodoCounts, TodoPage, TodoPublic, TodoQuery, TodoSort, TodoStatus
from app.services.paging import decode_cursor, encode_cursor
from app.text import fold

_TODOS = Todo.__table__.c
_TODO_LIST = TypeAdapter(list[TodoPublic])

_COMPUTED: dict[str, ColumnElement[Any]] = {
    "completed": _TODOS.completed_at.is_not(None),
    "due": literal_column(
        "CASE WHEN due_at IS NOT NULL THEN json_build_object("
        "'date', due_date, 'time', to_char(due_time, 'HH24:MI'), 'zone', due_zone, 'at', due_at) END"
    ),
}
_PUBLIC = [{**_TODOS, **_COMPUTED}[name].label(name) for name in TodoPublic.model_fields]

_FILTERS: dict[str, ColumnElement[bool]] = {
    "q": func.strpos(_TODOS.searched, bindparam("q")) > 0,
    "priority": _TODOS.priority == bindparam("priority"),
    "tag": bindparam("tag", type_=Text) == any_(_TODOS.tags),
    "due_from": _TODOS.due_date >= bindparam("due_from"),
    "due_to": _TODOS.due_date <= bindparam("due_to"),
    "overdue": and_(
        bindparam("overdue", type_=Boolean), _TODOS.completed_at.is_(None), _TODOS.due_at < bindparam("minute")
    ),
}
"""By the query's fields, but for the status, which the counts tell apart."""


@dataclass(frozen=True)
class _Order:
    """What a list is sorted by; within what is equal, the manual order holds."""

    column: ColumnElement[Any]
    key: Callable[[ColumnElement[Any]], ColumnElement[Any]] = lambda column: column
    descending: bool = False

    def by(self, columns: ReadOnlyColumnCollection[str, Any], value: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        key = self.key(value)
        return [key.desc() if self.descending else key.asc(), columns.position.asc(), columns.id.asc()]

    def behind_cursor(self) -> ColumnElement[bool]:
        key, there = self.key(self.column), self.key(bindparam("value", type_=self.column.type))
        place = tuple_(_TODOS.position, _TODOS.id)
        cursor = tuple_(bindparam("position", type_=_TODOS.position.type), bindparam("id", type_=_TODOS.id.type))
        # The first part alone is what an index is entered by.
        up_to, past = (key <= there, key < there) if self.descending else (key >= there, key > there)
        return and_(up_to, or_(past, place > cursor))


_ORDERS = {
    TodoSort.MANUAL: _Order(_TODOS.position),
    TodoSort.CREATED: _Order(_TODOS.created_at, descending=True),
    TodoSort.DUE: _Order(_TODOS.due_at, due_key),
    TodoSort.PRIORITY: _Order(_TODOS.priority, descending=True),
    TodoSort.TITLE: _Order(_TODOS.title_key),
}


async def list_todos(db: AsyncSession, account_id: UUID | None, query: TodoQuery) -> TodoPage:
    """Return one page of what an account has; nothing for a visitor without a session.

    Raises:
        ValidationProblem: The cursor is not one that a page of this order gave.
    """
    if account_id is None:
        return TodoPage(items=[], next_cursor=None, counts=TodoCounts(total=0, pending=0, completed=0))
    filters = {name: value for name in _FILTERS if (value := getattr(query, name))}
    if "q" in filters:
        filters["q"] = fold(filters["q"])
    values = {**filters, "account_id": account_id, "limit": query.limit + 1}
    if query.overdue:
        values["minute"] = this_minute()
    if query.cursor is not None:
        try:
            _, values["value"], values["position"], values["id"] = decode_cursor(query.sort, query.cursor)
        except ValueError as error:
            raise ValidationProblem([FieldError(field="cursor", message=str(error))]) from error
    statement = _statement(frozenset(filters), query.status, query.sort, query.cursor is not None)
    rows = (await db.execute(statement, values)).all()
    total, completed, *_ = rows[0]
    documents = [todo for *_, todo in rows[: query.limit] if todo is not None]
    items = _TODO_LIST.validate_json(f"[{','.join(documents)}]")
    more = len(rows) > query.limit
    end = (query.sort, rows[query.limit - 1].value, items[-1].position, items[-1].id) if more else None
    return TodoPage(
        items=items,
        next_cursor=encode_cursor(end) if end else None,
        counts=TodoCounts(total=total, pending=total - completed, completed=completed),
    )


@cache
def _statement(filters: frozenset[str], status: TodoStatus | None, sort: TodoSort, behind_cursor: bool) -> Select[Any]:
    """Return the query for the counts and, beside them, a page's todos, or nulls when there are none.

    The database makes the document of each todo: one value is read far faster than a dozen. The query is made once for
    each shape of a list, as that takes longer than running it.
    """
    matches = [
        _TODOS.account_id == bindparam("account_id"),
        _TODOS.deleted_at.is_(None),
        *(_FILTERS[name] for name in sorted(filters)),
    ]
    done = _TODOS.completed_at
    counts = select(func.count().label("total"), func.count(done).label("completed")).where(*matches).subquery()
    if status is not None:
        matches.append(done.is_not(None) if status is TodoStatus.COMPLETED else done.is_(None))
    order = _ORDERS[sort]
    if behind_cursor:
        matches.append(order.behind_cursor())
    page = (
        select(order.column.label("value"), *_PUBLIC)
        .where(*matches)
        .order_by(*order.by(_TODOS, order.column))
        .limit(bindparam("limit"))
        .subquery()
    )
    todo = cast(func.row_to_json(page.table_valued()), Text).label("todo")
    return (
        select(counts.c.total, counts.c.completed, page.c.value, todo)
        .select_from(counts.outerjoin(page, true()))
        .order_by(*order.by(page.c, page.c.value))
    )
