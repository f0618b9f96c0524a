"""Priority, tags, due dates, repeats and a manual order; deleted todos are kept for a while.

The release before knows none of the new columns: each is optional or has a default. While it runs beside or instead of
its successor, it shows deleted todos again; nothing else differs.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

PRIORITY = postgresql.ENUM("low", "normal", "high", name="priority", create_type=False)
REPEAT = postgresql.ENUM("daily", "weekdays", "weekly", "monthly", name="repeat", create_type=False)
TITLE_KEY = "normalize(lower(title), NFD)"
LIVING = sa.text("deleted_at IS NULL")


def columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("priority", PRIORITY, server_default="normal", nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("due_time", sa.Time(), nullable=True),
        sa.Column("due_zone", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeat", REPEAT, nullable=True),
        sa.Column("repeat_day", sa.SmallInteger(), nullable=True),
        sa.Column("repeated_from", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Text(collation="C"), nullable=True),
        sa.Column("title_key", sa.Text(collation="C"), sa.Computed(TITLE_KEY, persisted=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    ]


def position_at(moment: str) -> sa.TextClause:
    """Return the key that puts a todo of this moment above all older ones."""
    microseconds = f"(extract(epoch FROM {moment}) * 1000000)::bigint"
    return sa.text(f"'N' || upper(lpad(to_hex(4503599627370495 - {microseconds}), 13, '0'))")


def upgrade() -> None:
    PRIORITY.create(op.get_bind())
    REPEAT.create(op.get_bind())
    for column in columns():
        op.add_column("todos", column)
    op.execute(f"UPDATE todos SET position = {position_at('created_at')}")  # noqa: S608
    op.alter_column("todos", "position", nullable=False, server_default=position_at("clock_timestamp()"))
    op.create_unique_constraint(op.f("uq_todos_repeated_from"), "todos", ["repeated_from"])
    op.create_foreign_key(
        op.f("fk_todos_repeated_from_todos"), "todos", "todos", ["repeated_from"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("ck_todos_due_whole"), "todos", "num_nulls(due_date, due_zone, due_at) IN (0, 3)")
    op.create_check_constraint(
        op.f("ck_todos_due_first"), "todos", "due_date IS NOT NULL OR num_nonnulls(due_time, repeat) = 0"
    )
    op.drop_index("ix_todos_account_id_created_at_id", "todos")
    op.create_index(
        "ix_todos_account_id_created_at_id",
        "todos",
        ["account_id", "created_at", "id"],
        postgresql_include=["completed_at", "deleted_at"],
    )
    for name, key in (
        ("position", "position"),
        ("due", "coalesce(due_at, 'infinity'::timestamptz)"),
        ("priority", "priority"),
        ("title", "title_key"),
    ):
        op.create_index(f"ix_todos_{name}", "todos", ["account_id", sa.text(f"({key})"), "id"], postgresql_where=LIVING)
    op.create_index("ix_todos_deleted_at", "todos", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL"))


def downgrade() -> None:
    op.execute("DELETE FROM todos WHERE deleted_at IS NOT NULL")
    op.drop_index("ix_todos_account_id_created_at_id", "todos")
    for column in reversed(columns()):
        op.drop_column("todos", column.name)
    op.create_index(
        "ix_todos_account_id_created_at_id",
        "todos",
        ["account_id", "created_at", "id"],
        postgresql_include=["completed_at"],
    )
    REPEAT.drop(op.get_bind())
    PRIORITY.drop(op.get_bind())
