"""Keyset paging: whatever happens between two pages, nothing that stays is missed or shown twice."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from anyio import to_thread
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, NullPool, create_engine, update

from app.core.db import Database
from app.core.migrations import migrate
from app.due import Due
from app.models import Account, Priority, Todo
from app.schemas.todos import TodoQuery, TodoSort, TodoStatus
from app.services.listing import list_todos
from app.services.paging import decode_cursor, encode_cursor

START = datetime(2026, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)

TITLES = ["b", "A", "a", "Ärger", "zebra", "100 %"]

# Few values, so that many todos share one and only the manual order, or even only the id, tells them apart.
todo_sets = st.lists(
    st.builds(
        lambda moment, place, title, priority, due, done: Todo(
            id=uuid4(),
            title=title,
            description="",
            priority=priority,
            due=None if due is None else Due.of(START.date() + timedelta(days=due), None, "Europe/Berlin"),
            position=f"a{place}",
            created_at=START + timedelta(microseconds=moment),
            completed_at=START if done else None,
        ),
        moment=st.integers(0, 3),
        place=st.integers(0, 3),
        title=st.sampled_from(TITLES),
        priority=st.sampled_from(Priority),
        due=st.none() | st.integers(0, 2),
        done=st.booleans(),
    ),
    max_size=12,
)

ORDERS: dict[TodoSort, Callable[[Todo], Any]] = {
    TodoSort.MANUAL: lambda todo: todo.position,
    TodoSort.CREATED: lambda todo: -todo.created_at.timestamp(),
    TodoSort.DUE: lambda todo: todo.due_at or END_OF_TIME,
    TodoSort.PRIORITY: lambda todo: -list(Priority).index(todo.priority),
    TodoSort.TITLE: lambda todo: ["100 %", "a", "ärger", "b", "zebra"].index(todo.title.lower()),
}


@pytest.mark.anyio
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=todo_sets,
    page_size=st.integers(1, 5),
    status=st.sampled_from([None, *TodoStatus]),
    sort=st.sampled_from(TodoSort),
    removed=st.sets(st.integers(0, 11)),
)
async def test_pages_join_to_the_whole_list_while_it_changes(
    app: FastAPI, rows: list[Todo], page_size: int, status: TodoStatus | None, sort: TodoSort, removed: set[int]
) -> None:
    database: Database = app.state.database
    account = Account(id=uuid4())
    for row in rows:
        row.account_id = account.id
    async with database.transaction() as db:
        db.add(account)
        await db.flush()
        db.add_all(rows)
    wanted = [row for row in rows if status is None or row.completed == (status is TodoStatus.COMPLETED)]
    wanted.sort(key=lambda row: (row.position, row.id))
    expected = [row.id for row in sorted(wanted, key=ORDERS[sort])]
    gone = {rows[number].id for number in removed if number < len(rows)}

    seen: list[UUID] = []
    query = TodoQuery(status=status, sort=sort, limit=page_size)
    while True:
        async with database.transaction() as db:
            page = await list_todos(db, account.id, query)
        assert len(page.items) <= page_size
        seen += [item.id for item in page.items]
        if page.next_cursor is None:
            break
        assert len(page.items) == page_size
        query = query.model_copy(update={"cursor": page.next_cursor})
        async with database.transaction() as db:  # between two pages: some go, one way or the other
            await db.execute(update(Todo).where(Todo.id.in_(gone)).values(deleted_at=START))

    assert len(seen) == len(set(seen))
    assert [ident for ident in seen if ident not in gone] == [ident for ident in expected if ident not in gone]
    assert set(seen) <= set(expected)


@pytest.mark.anyio
async def test_a_server_in_another_zone_gives_the_same_list(empty_database: URL) -> None:
    with create_engine(empty_database, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        # Until 1972 its offset had seconds, which JSON's times have not.
        connection.exec_driver_sql(f"ALTER DATABASE {empty_database.database} SET TimeZone = 'Africa/Monrovia'")
    await to_thread.run_sync(migrate, empty_database)
    account = Account(id=uuid4())
    due = Due.of(date(1970, 1, 1), time(9), "Europe/Berlin")
    database = Database(empty_database)
    async with database.transaction() as db:
        db.add(account)
        await db.flush()
        for number in range(2):
            moment = START + timedelta(days=number)
            db.add(Todo(account_id=account.id, title=str(number), description="", due=due, created_at=moment))
    async with database.transaction(reading=True) as db:
        query = TodoQuery(sort=TodoSort.CREATED, limit=1)
        first = await list_todos(db, account.id, query)
        second = await list_todos(db, account.id, query.model_copy(update={"cursor": first.next_cursor}))
    await database.close()
    assert [item.title for item in (*first.items, *second.items)] == ["1", "0"]
    assert '"time":"09:00","zone":"Europe/Berlin","at":"1970-01-01T08:00:00Z"' in first.model_dump_json()


moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
values: dict[TodoSort, st.SearchStrategy[object]] = {
    TodoSort.MANUAL: texts,
    TodoSort.CREATED: moments,
    TodoSort.DUE: st.none() | moments,
    TodoSort.PRIORITY: st.sampled_from(Priority),
    TodoSort.TITLE: texts,
}
positions = st.sampled_from(TodoSort).flatmap(lambda sort: st.tuples(st.just(sort), values[sort], texts, st.uuids()))


@given(positions, st.sampled_from(TodoSort))
def test_a_cursor_keeps_its_position_and_is_of_its_order_only(
    position: tuple[TodoSort, object, str, UUID], sort: TodoSort
) -> None:
    cursor = encode_cursor(position)
    if sort is position[0]:
        assert decode_cursor(sort, cursor) == position
    else:
        with pytest.raises(ValueError, match="is not a cursor"):
            decode_cursor(sort, cursor)


almost_cursors = st.one_of(
    st.binary(min_size=20, max_size=28),
    st.builds(
        lambda *parts: json.dumps(parts).encode(),
        st.sampled_from(TodoSort),
        st.none() | st.integers() | st.text() | moments.map(datetime.isoformat) | st.sampled_from(Priority),
        st.text(),
        st.uuids().map(str) | st.text(),
    ),
).map(lambda raw: base64.urlsafe_b64encode(raw).decode())


@given(st.sampled_from(TodoSort), st.one_of(st.text(), almost_cursors))
def test_anything_else_is_a_position_or_a_value_error(sort: TodoSort, text: str) -> None:
    try:
        position = decode_cursor(sort, text)
    except ValueError:
        return
    assert decode_cursor(sort, encode_cursor(position)) == position
