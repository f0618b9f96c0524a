"""Keyset paging: whatever happens between two pages, nothing that stays is missed or shown twice."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.core.db import Database
from app.models import Account, Todo
from app.schemas.todos import TodoStatus
from app.services.paging import decode_cursor, encode_cursor
from app.services.todos import list_todos

START = datetime(2026, 1, 1, tzinfo=UTC)

# Few moments, so that many todos share one and only the id tells them apart.
todo_sets = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12)


@pytest.mark.anyio
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    todos=todo_sets,
    page_size=st.integers(1, 5),
    status=st.sampled_from([None, *TodoStatus]),
    removed=st.sets(st.integers(0, 11)),
)
async def test_pages_join_to_the_whole_list_while_it_changes(
    app: FastAPI, todos: list[tuple[int, bool]], page_size: int, status: TodoStatus | None, removed: set[int]
) -> None:
    database: Database = app.state.database
    account = Account(id=uuid4())
    rows = [
        Todo(
            id=uuid4(),
            account_id=account.id,
            title=f"todo {number}",
            description="",
            created_at=START + timedelta(microseconds=moment),
            completed_at=START if done else None,
        )
        for number, (moment, done) in enumerate(todos)
    ]
    async with database.transaction() as db:
        db.add(account)
        await db.flush()
        db.add_all(rows)
    wanted = [row for row in rows if status is None or row.completed == (status is TodoStatus.COMPLETED)]
    expected = [row.id for row in sorted(wanted, key=lambda row: (row.created_at, row.id), reverse=True)]
    gone = {rows[number].id for number in removed if number < len(rows)}

    seen: list[UUID] = []
    cursor: str | None = None
    while True:
        async with database.transaction() as db:
            page = await list_todos(db, account.id, status=status, q="", limit=page_size, cursor=cursor)
        assert len(page.items) <= page_size
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.items) == page_size
        async with database.transaction() as db:  # between two pages: some go, a newer one comes
            await db.execute(delete(Todo).where(Todo.id.in_(gone)))
            db.add(Todo(account_id=account.id, title="new", description=""))

    assert len(seen) == len(set(seen))
    assert [ident for ident in seen if ident not in gone] == [ident for ident in expected if ident not in gone]
    assert set(seen) <= set(expected)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_keeps_its_position(at: datetime, ident: UUID) -> None:
    assert decode_cursor(encode_cursor((at, ident))) == (at, ident)


almost_cursors = st.binary(min_size=20, max_size=28).map(lambda raw: base64.urlsafe_b64encode(raw).decode())


@given(st.one_of(st.text(), almost_cursors))
def test_anything_else_is_a_position_or_a_value_error(text: str) -> None:
    try:
        position = decode_cursor(text)
    except ValueError:
        return
    assert encode_cursor(position) == text
