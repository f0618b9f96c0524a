"""The tables. A change here needs a migration; a test compares the two."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.due import Due


class Priority(StrEnum):
    """How much a todo matters, in rising order."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Repeat(StrEnum):
    """How often a todo comes back after it was completed."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


def _enum(kind: type[StrEnum], name: str) -> Enum:
    return Enum(kind, name=name, values_callable=lambda members: [member.value for member in members])


# A key of fractional indexing that lies before those of all earlier moments: so a new todo is on top, in the order of
# a list that nobody has sorted, without a look at the others. "N" says that 13 digits follow; hexadecimal ones are in
# order among the 62 that such keys are made of. They count the microseconds until the year 2112.
TOP_POSITION = text(
    "'N' || upper(lpad(to_hex(4503599627370495 - (extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 13, '0'))"
)


def due_key(due_at: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what due dates are sorted by: what is not due comes last."""
    return func.coalesce(due_at, text("'infinity'::timestamptz"), type_=DateTime(timezone=True))


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


class Attempts(Base):
    """How often something was tried since a time.

    The subject is an e-mail whose password was tried, whether there is such an account or not, or another text
    without an @.
    """

    __tablename__ = "password_attempts"  # what was counted first gave table and column their names

    subject: Mapped[str] = mapped_column("email", String(254), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class Message(Base):
    """Something that a visitor or the assistant said."""

    __tablename__ = "chat_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """The order in which messages were said; two of one transaction have the same time."""
    role: Mapped[str] = mapped_column(String(9))
    text: Mapped[str] = mapped_column(Text)
    calls: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """What the assistant did, as the API shows it."""
    builtin: Mapped[bool] = mapped_column(server_default=false())
    stopped: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answering_until: Mapped[datetime | None] = mapped_column()
    """Set while the answer is under way."""

    __table_args__ = (
        Index(None, "account_id", "number"),
        # One answer at a time.
        Index(
            "uq_chat_messages_answering",
            "account_id",
            unique=True,
            postgresql_where=answering_until.is_not(None),
        ),
    )


class Todo(Base):
    """One thing to do; it is completed when `completed_at` is set."""

    __tablename__ = "todos"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("normalize(lower(title), NFD)", persisted=True)
    )
    """What titles are sorted by: in any case, an accented letter after its plain one, the same on every server."""
    description: Mapped[str] = mapped_column(String(1000))
    searched: Mapped[str] = mapped_column(
        Text, Computed("fold_text(title) || chr(10) || fold_text(description)", persisted=True)
    )
    """Title and description as `app.text.fold` makes them."""
    priority: Mapped[Priority] = mapped_column(_enum(Priority, "priority"), server_default=Priority.NORMAL)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    due_date: Mapped[date | None]
    due_time: Mapped[time | None]
    due_zone: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    repeat: Mapped[Repeat | None] = mapped_column(_enum(Repeat, "repeat"))
    repeat_day: Mapped[int | None] = mapped_column(SmallInteger)
    """The day of the month that a monthly repeat keeps to, where the month has it."""
    repeated_from: Mapped[UUID | None] = mapped_column(ForeignKey("todos.id", ondelete="SET NULL"), unique=True)
    """The todo whose next occurrence this one is; no todo has two."""
    position: Mapped[str] = mapped_column(Text(collation="C"), server_default=TOP_POSITION)
    """Where it stands in the manual order: a key of fractional indexing."""
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    completed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("num_nulls(due_date, due_zone, due_at) IN (0, 3)", name="due_whole"),
        CheckConstraint("due_date IS NOT NULL OR num_nonnulls(due_time, repeat) = 0", name="due_first"),
        Index(None, "account_id", "created_at", "id"),
    )
    # SQLAlchemy counts the version up with every UPDATE that changes something.
    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012

    @property
    def completed(self) -> bool:
        """Whether the todo is done."""
        return self.completed_at is not None

    @property
    def due(self) -> Due | None:
        """When it is due."""
        if self.due_date is None or self.due_zone is None or self.due_at is None:
            return None
        return Due(self.due_date, self.due_time, self.due_zone, self.due_at)

    @due.setter
    def due(self, due: Due | None) -> None:
        self.due_date, self.due_time = (due.date, due.time) if due else (None, None)
        self.due_zone, self.due_at = (due.zone, due.at) if due else (None, None)


# Each of the other orders of the list has an index, too, and so have the counts, without the deleted. Within what is
# equal the manual order holds.
_LIVING = Todo.deleted_at.is_(None)
_PLACE = Todo.position, Todo.id
Index("ix_todos_position", Todo.account_id, *_PLACE, postgresql_where=_LIVING)
Index("ix_todos_by_due", Todo.account_id, due_key(Todo.due_at.expression), *_PLACE, postgresql_where=_LIVING)
Index("ix_todos_by_priority", Todo.account_id, Todo.priority, *_PLACE, postgresql_where=_LIVING)
Index("ix_todos_by_title", Todo.account_id, Todo.title_key, *_PLACE, postgresql_where=_LIVING)
Index("ix_todos_completed_at", Todo.account_id, Todo.completed_at, postgresql_where=_LIVING)
Index("ix_todos_deleted_at", Todo.deleted_at, postgresql_where=Todo.deleted_at.is_not(None))


class Undo(Base):
    """How to put back what a change did to todos; its id is the token that a client gets."""

    __tablename__ = "undos"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
