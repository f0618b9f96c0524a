"""Indexes for orders within which the manual order holds. The release before sorts without them, a little slower."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

LIVING = sa.text("deleted_at IS NULL")
KEYS = {"due": "coalesce(due_at, 'infinity'::timestamptz)", "priority": "priority", "title": "title_key"}


def upgrade() -> None:
    for name, key in KEYS.items():
        columns = [*map(sa.text, ("account_id", f"({key})", "position", "id"))]
        op.create_index(f"ix_todos_by_{name}", "todos", columns, postgresql_where=LIVING)
        op.drop_index(f"ix_todos_{name}", "todos")


def downgrade() -> None:
    for name, key in KEYS.items():
        columns = [*map(sa.text, ("account_id", f"({key})", "id"))]
        op.create_index(f"ix_todos_{name}", "todos", columns, postgresql_where=LIVING)
        op.drop_index(f"ix_todos_by_{name}", "todos")
