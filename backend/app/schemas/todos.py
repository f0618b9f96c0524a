"""Todos as the API takes and gives them."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.errors import Problem
from app.schemas.base import Input, NoNul, UtcDatetime

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), NoNul]
Search = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), NoNul]


class TodoStatus(StrEnum):
    """Which todos a list holds."""

    PENDING = "pending"
    COMPLETED = "completed"


class TodoCreate(Input):
    """A new todo."""

    title: Title
    description: Description = ""


class TodoUpdate(Input):
    """A change to a todo: the fields to change and the version that it was based on."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    title: Title | MISSING = MISSING
    description: Description | MISSING = MISSING
    completed: bool | MISSING = MISSING

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set <= {"version"}:
            raise PydanticCustomError("no_change", "needs at least one of title, description, completed")
        return self


class TodoPublic(BaseModel):
    """A todo as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    description: str
    completed: bool
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime
    completed_at: UtcDatetime | None


class TodoCounts(BaseModel):
    """How many todos match the search, whatever their status."""

    total: int
    pending: int
    completed: int


class TodoPage(BaseModel):
    """One page of todos, newest first."""

    items: list[TodoPublic]
    next_cursor: str | None = Field(description="Pass as `cursor` to get the next page; null on the last one.")
    counts: TodoCounts


class StaleProblem(Problem):
    """The todo was changed since the version that the update was based on."""

    current: TodoPublic
