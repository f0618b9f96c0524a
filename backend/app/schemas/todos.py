"""Todos as the API takes and gives them."""

import re
import unicodedata
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.core.errors import Problem
from app.due import FIRST_DATE, LAST_DATE, zone_names
from app.models import Priority, Repeat
from app.schemas.base import Composed, Input, NoNul, OrNothing, Readable
from app.text import compose, is_blank


def _tag(value: str) -> str:
    """Put a tag into the form in which it is kept and compared."""
    tag = compose(value.lower())
    # Marks belong to letters: some scripts cannot write a word without them.
    wrong = any(unicodedata.category(char)[0] not in "LMN" and char not in "-_" for char in tag)
    if len(tag) > MAX_TAG or wrong or is_blank(tag):
        raise PydanticCustomError("tag", "must be 1 to 30 letters, digits, hyphens or underscores")
    return tag


def _unique(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def _date(value: object) -> object:
    """Read a day as ISO 8601 writes it; the framework would also take numbers and times for one."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "must be a day of the calendar, such as 2026-11-25")


def _clock(value: object) -> object:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        return time.fromisoformat(value)
    raise PydanticCustomError("time", "must be a time of the day, such as 09:00")


def _zone(value: str) -> str:
    if value not in zone_names():
        raise PydanticCustomError("zone", "must be the name of a time zone, such as Europe/Berlin")
    return value


MAX_TAG = 30
"""In characters."""
MAX_TAGS = 10
REPEAT_NEEDS_DUE = "needs due: only what is due can repeat"

Title = Annotated[
    str, Composed, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul, Readable
]
Description = Annotated[str, Composed, StringConstraints(strip_whitespace=True, max_length=1000), NoNul, OrNothing]
Search = Annotated[str, Composed, StringConstraints(strip_whitespace=True, max_length=200), NoNul]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG), AfterValidator(_tag)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_unique)]
Day = Annotated[date, BeforeValidator(_date)]
Clock = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["09:00"]}),
]
Zone = Annotated[str, AfterValidator(_zone), Field(examples=["Europe/Berlin"])]
# Strict would want the enumeration's member or a UUID object, which JSON does not have.
AnyPriority = Annotated[Priority, Field(strict=False)]
AnyRepeat = Annotated[Repeat, Field(strict=False)]
AnyId = Annotated[UUID, Field(strict=False)]


class TodoStatus(StrEnum):
    """Which todos a list holds."""

    PENDING = "pending"
    COMPLETED = "completed"


class TodoSort(StrEnum):
    """What a list is sorted by: earliest, highest or A first, except for the newest `created`."""

    MANUAL = "manual"
    CREATED = "created"
    DUE = "due"
    PRIORITY = "priority"
    TITLE = "title"


class DueInput(Input):
    """When a todo is due."""

    date: Annotated[Day, Field(ge=FIRST_DATE, le=LAST_DATE)]
    time: Clock | None = Field(None, description="Null for the whole day.")
    zone: Zone


class Place(Input):
    """Where to move a todo to: beside another one."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    before: AnyId | MISSING = MISSING
    after: AnyId | MISSING = MISSING

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("place", "needs either before or after")
        return self


class TodoCreate(Input):
    """A new todo."""

    title: Title
    description: Description = ""
    priority: AnyPriority = Priority.NORMAL
    tags: Tags = Field([])
    due: DueInput | None = None
    repeat: AnyRepeat | None = Field(None, description="How often it comes back; only for what is due.")

    @field_validator("repeat")
    @classmethod
    def _repeats_what_is_due(cls, repeat: Repeat | None, info: ValidationInfo) -> Repeat | None:
        if repeat is not None and info.data.get("due", MISSING) is None:
            raise PydanticCustomError("repeat", REPEAT_NEEDS_DUE)
        return repeat


class TodoUpdate(Input):
    """A change to a todo: the fields to change and the version that it was based on."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    title: Title | MISSING = MISSING
    description: Description | MISSING = MISSING
    completed: bool | MISSING = MISSING
    priority: AnyPriority | MISSING = MISSING
    tags: Tags | MISSING = MISSING
    due: DueInput | MISSING | None = Field(MISSING, description="Null clears it, and the repeat with it.")
    repeat: AnyRepeat | MISSING | None = MISSING
    position: Place | MISSING = MISSING

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set <= {"version"}:
            fields = ", ".join(name for name in type(self).model_fields if name != "version")
            raise PydanticCustomError("no_change", "needs at least one of {fields}", {"fields": fields})
        return self


class TodoQuery(BaseModel):
    """Which todos to list, and in which order."""

    status: TodoStatus | None = Field(None, description="Only these; all without it.")
    priority: Priority | None = Field(None, description="Only those of this priority.")
    tag: Tag | None = Field(None, description="Only those with this tag.")
    q: Search = Field("", description="Text to look for in title and description.")
    due_from: Day | None = Field(None, description="Only those due on this day or later.")
    due_to: Day | None = Field(None, description="Only those due on this day or earlier.")
    overdue: bool = Field(False, description="Only those that are not done and were due before this minute.")
    sort: TodoSort = TodoSort.MANUAL
    cursor: Annotated[str, Field(max_length=4096)] | None = Field(
        None, description="A page's `next_cursor`, together with the same filters and order."
    )
    limit: Annotated[int, Field(ge=1, le=200)] = Field(50, description="Todos on a page.")


class DuePublic(BaseModel):
    """When a todo is due."""

    model_config = ConfigDict(from_attributes=True)

    date: date
    time: Clock | None
    zone: str
    at: datetime = Field(description="The instant that it stands for: without a time, the end of the day.")


class TodoPublic(BaseModel):
    """A todo as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    description: str
    completed: bool
    priority: Priority
    tags: list[str]
    due: DuePublic | None
    repeat: Repeat | None
    position: str = Field(description="Its key in the manual order.")
    version: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


class TodoCounts(BaseModel):
    """How many todos match the search, whatever their status."""

    total: int
    pending: int
    completed: int


class TodoPage(BaseModel):
    """One page of todos."""

    items: list[TodoPublic]
    next_cursor: str | None = Field(description="Pass as `cursor` to get the next page; null on the last one.")
    counts: TodoCounts


class StaleProblem(Problem):
    """The todo was changed since the version that the update was based on."""

    current: TodoPublic
