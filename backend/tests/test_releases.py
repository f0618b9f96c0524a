"""Two releases on one schema: the first one's statements before, on and after this one's migrations."""

from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import URL, Connection, NullPool, create_engine, text

from app.core.db import Database
from app.core.migrations import alembic_config, migrate
from app.schemas.todos import Place, TodoQuery, TodoUpdate
from app.services.listing import list_todos
from app.services.todos import update_todo


class FirstRelease:
    """What release 0001 asks the database, for one account."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.account = uuid4()
        self._run("INSERT INTO accounts (id) VALUES (:account)")
        self._run("INSERT INTO sessions (token_hash, account_id) VALUES (:token, :account)", token=self.account.bytes)

    def create(self, title: str, created_at: str = "now") -> UUID:
        ident = uuid4()
        self._run(
            "INSERT INTO todos (id, account_id, title, description, version, created_at) "
            "VALUES (:id, :account, :title, '', 1, CAST(:created_at AS timestamptz))",
            id=ident,
            title=title,
            created_at=created_at,
        )
        return ident

    def complete(self, ident: UUID) -> None:
        self._run("UPDATE todos SET version = version + 1, completed_at = now() WHERE id = :id", id=ident)

    def delete(self, ident: UUID) -> None:
        self._run("DELETE FROM todos WHERE id = :id AND version = 1", id=ident)

    def titles(self) -> list[str]:
        query = "SELECT title FROM todos WHERE account_id = :account ORDER BY created_at DESC, id DESC"
        return [row.title for row in self.connection.execute(text(query), {"account": self.account})]

    def _run(self, statement: str, **values: object) -> None:
        self.connection.execute(text(statement), {"account": self.account, **values})


@pytest.mark.anyio
async def test_the_first_release_works_before_and_after_the_migrations_and_this_one_beside_it(
    empty_database: URL,
) -> None:
    engine = create_engine(empty_database, poolclass=NullPool)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        first = FirstRelease(connection)
        first.create("old", "2026-01-01 08:00:00+00")
        first.create("older", "2025-01-01 08:00:00.000001+00")

    migrate(empty_database)
    with engine.begin() as connection:
        first.connection = connection
        new = first.create("new")
        first.delete(first.create("mistake"))
        first.complete(new)
        assert first.titles() == ["new", "old", "older"]

    database = Database(empty_database)
    async with database.transaction() as db:
        page = await list_todos(db, first.account, TodoQuery())
        assert [item.title for item in page.items] == ["new", "old", "older"], "the manual order begins as by age"
        assert page.counts.completed == 1
        place = TodoUpdate(version=2, position=Place(after=page.items[2].id))
        await update_todo(db, first.account, new, place)
        page = await list_todos(db, first.account, TodoQuery())
        assert [item.title for item in page.items] == ["old", "older", "new"]
    await database.close()
