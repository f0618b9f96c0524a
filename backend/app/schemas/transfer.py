"""Todos on their way out of the app and into it again."""

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_json

from app.due import FIRST_DATE, LAST_DATE
from app.models import Priority, Repeat
from app.schemas.base import Input
from app.schemas.todos import AnyId, Clock, Day, TodoCreate

MAX_TODOS = 50_000
"""Of one request. A larger document can be sent in parts, the last part first, as each goes above what is there."""
_MAX_PART_BYTES = 64 * 1024
"""Of a todo's JSON, several times the largest one, and of all that a document has besides its todos."""
_SPACE = rb"[ \t\r\n]*+"
_PLAIN = rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")'
_HEAD = re.compile(rb'%b\{%b*?"todos"%b:%b\[%b' % (_SPACE, _PLAIN, _SPACE, _SPACE, _SPACE), re.DOTALL)
"""The beginning of a document, up to its first todo."""
_TODO = re.compile(
    rb"(\{%b*+(?:[\[{]%b*+[\]}]%b*+)*+\})%b(?:,%b(?=\{)|(?=\]))" % (_PLAIN, _PLAIN, _PLAIN, _SPACE, _SPACE), re.DOTALL
)
"""A todo, which holds objects and lists of plain values at most, and what parts it from the next."""


class ExportedDue(BaseModel):
    """When a todo is due; the instant follows from it."""

    model_config = ConfigDict(from_attributes=True)

    date: Day
    time: Clock | None
    zone: str


class ExportedTodo(BaseModel):
    """A todo, with all that cannot be derived from the rest: importing it elsewhere gives one that behaves the same.

    Not in it: the instant that a due date stands for, the place in the manual order, which is that of the document,
    and versions, which belong to one row of one database.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    description: str
    completed_at: datetime | None
    priority: Priority
    tags: list[str]
    due: ExportedDue | None
    repeat: Repeat | None
    repeat_day: int | None = Field(description="The day of the month that a monthly repeat keeps to.")
    repeated_from: UUID | None = Field(
        description="The completed todo whose next occurrence this is; opening that one takes it away."
    )
    created_at: datetime
    updated_at: datetime


class ExportDocument(BaseModel):
    """All todos of an account, in manual order."""

    format: Literal["todo-app"] = "todo-app"
    format_version: Literal[2] = 2
    exported_at: datetime
    todos: list[ExportedTodo]


def _is_text(value: object) -> object:
    """Leave the reading to the framework, but not of numbers, which it would take for times."""
    if isinstance(value, str | datetime):
        return value
    raise PydanticCustomError("moment", "must be a date and time with an offset, such as 2026-11-25T08:00:00Z")


_EARLIEST, _LATEST = (datetime.combine(day, datetime.min.time(), UTC) for day in (FIRST_DATE, LAST_DATE))
Moment = Annotated[AwareDatetime, Field(strict=False, ge=_EARLIEST, le=_LATEST), BeforeValidator(_is_text)]


class ImportedTodo(TodoCreate):
    """A todo of an exported document."""

    id: AnyId
    completed_at: Moment | None = None
    repeat_day: Annotated[int, Field(ge=1, le=31)] | None = None
    repeated_from: AnyId | None = None
    created_at: Moment
    updated_at: Moment | None = None

    @model_validator(mode="after")
    def _keeps_to_a_day_of_months(self) -> Self:
        if self.repeat_day is not None and self.repeat is not Repeat.MONTHLY:
            raise PydanticCustomError("repeat_day", "has a repeat_day, but only what repeats monthly has one")
        return self

    @model_validator(mode="after")
    def _follows_another(self) -> Self:
        if self.repeated_from == self.id:
            raise PydanticCustomError("repeated_from", "is the next occurrence of itself")
        return self


@dataclass(frozen=True, slots=True)
class _Json:
    """What a todo of a document is read from."""

    text: memoryview


@dataclass(frozen=True, slots=True)
class PackedTodo:
    """A valid todo of a document, as JSON again: as objects, 50,000 of them would take 200 MiB of memory."""

    id: UUID
    repeated_from: UUID | None
    json: bytes
    """In UTF-8: of a text with one emoji, each character would take four bytes."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read what a todo of a document is read from, and pack each at once."""
        return core_schema.no_info_wrap_validator_function(cls._read, handler(ImportedTodo))

    @classmethod
    def _read(cls, value: object, read: ValidatorFunctionWrapHandler) -> Self:
        todo = ImportedTodo.model_validate_json(bytes(value.text)) if isinstance(value, _Json) else read(value)
        return cls(todo.id, todo.repeated_from, to_json(todo))

    def unpack(self) -> ImportedTodo:
        """Return the todo as an object."""
        return ImportedTodo.model_validate_json(self.json)


_ANYTHING = TypeAdapter[Any](Any)


class ImportDocument(Input):
    """A document that an export gave."""

    format: Literal["todo-app"]
    format_version: Literal[1, 2] = Field(description="1 is what earlier releases exported; it lacks some fields.")
    exported_at: Moment
    todos: Annotated[list[PackedTodo], FailFast(), Field(max_length=MAX_TODOS)]

    @field_validator("todos")
    @classmethod
    def _have_ids_of_their_own(cls, todos: list[PackedTodo]) -> list[PackedTodo]:
        if len({todo.id for todo in todos}) < len(todos):
            raise PydanticCustomError("unique", "must not hold two todos with the same id")
        return todos


def read_document(text: bytes) -> object:
    """Return what ImportDocument is read from, each todo still as JSON.

    Parsed at once, 32 MiB of `[],[],[]` would take 1.7 GiB of memory, several times what the chart allows.
    """
    text = text.removeprefix(codecs.BOM_UTF8)  # which some editors write
    todos: list[object] = []
    head = _HEAD.match(text, 0, _MAX_PART_BYTES)
    begin = end = head.end() if head else 0
    while begin and len(todos) <= MAX_TODOS and (todo := _TODO.match(text, end, end + _MAX_PART_BYTES)):
        todos.append(_Json(memoryview(text)[slice(*todo.span(1))]))
        end = todo.end()
    if len(todos) > MAX_TODOS:
        return {"todos": todos}
    if len(text) - (end - begin) > _MAX_PART_BYTES:
        raise PydanticCustomError("document", "must be todos of at most 64 KiB each, and as little besides them")
    document: Any = _ANYTHING.validate_json(text[:begin] + text[end:])
    if todos and isinstance(rest := document["todos"], list):
        document["todos"] = [*todos, *rest]
    return document


class ImportResult(BaseModel):
    """What an import did, or would do."""

    created: int
    restored: int = Field(description="Todos that the account had and deleted; they are back as they were.")
    skipped: int = Field(description="Todos that the account has already.")
    undo: str | None = Field(description="Takes the import back within an hour; null when it changed nothing.")
