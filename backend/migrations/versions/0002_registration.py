"""E-mail and password of accounts, the tokens that logins replaced, and attempts at passwords."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("email", sa.String(254), nullable=True))
    op.add_column("accounts", sa.Column("password_hash", sa.String(255), nullable=True))
    op.create_unique_constraint(op.f("uq_accounts_email"), "accounts", ["email"])
    op.create_index(op.f("ix_accounts_created_at"), "accounts", ["created_at"])
    op.create_table(
        "replaced_tokens",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_replaced_tokens")),
    )
    op.create_index(op.f("ix_replaced_tokens_replaced_at"), "replaced_tokens", ["replaced_at"])
    op.create_table(
        "password_attempts",
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_password_attempts")),
    )
    op.create_index(op.f("ix_password_attempts_since"), "password_attempts", ["since"])


def downgrade() -> None:
    op.drop_table("password_attempts")
    op.drop_table("replaced_tokens")
    op.drop_index(op.f("ix_accounts_created_at"), "accounts")
    op.drop_constraint(op.f("uq_accounts_email"), "accounts")
    op.drop_column("accounts", "password_hash")
    op.drop_column("accounts", "email")
