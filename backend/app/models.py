"""The tables. A change here needs a migration; a test compares the two."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, MetaData, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Gives constraints names that a migration can refer to, and times their zone."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own declaration
    # Values that the database computes come back with the statement, as a later load cannot be awaited.
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012


class Account(Base):
    """Someone who owns todos: at first a guest, known by a session alone; registered when `email` is set."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))

    @property
    def guest(self) -> bool:
        """Whether the account has no e-mail and password."""
        return self.email is None


class Session(Base):
    """A browser that acts for an account; only the token's SHA-256 is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class ReplacedToken(Base):
    """A session's token until a login replaced it: a request that it overtook is not taken for a stranger's."""

    __tablename__ = "replaced_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    replaced_at: Mapped[datetime] = mapped_column(index=True)


class PasswordAttempts(Base):
    """How often the password of an e-mail was tried since a time, whether there is such an account or not."""

    __tablename__ = "password_attempts"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class Todo(Base):
    """One thing to do; it is completed when `completed_at` is set."""

    __tablename__ = "todos"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(1000))
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    completed_at: Mapped[datetime | None]

    __table_args__ = (
        # Serves the list in its order and, read alone, the counts.
        Index(None, "account_id", "created_at", "id", postgresql_include=["completed_at"]),
    )
    # SQLAlchemy counts the version up with every UPDATE that changes something.
    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012

    @property
    def completed(self) -> bool:
        """Whether the todo is done."""
        return self.completed_at is not None
