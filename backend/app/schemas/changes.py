"""Changes of several todos at once, and what takes a change back."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import Input
from app.schemas.todos import AnyId, Tag, TodoPublic


class BulkAction(StrEnum):
    """What is done to each of the todos."""

    COMPLETE = "complete"
    DELETE = "delete"
    TAG = "tag"


class BulkChange(Input):
    """One action on several todos."""

    action: Annotated[BulkAction, Field(strict=False)]
    ids: Annotated[list[AnyId], Field(min_length=1, max_length=200, json_schema_extra={"uniqueItems": True})]
    tag: Tag | None = Field(None, description="The tag to add; for the action `tag` only.")

    @field_validator("ids")
    @classmethod
    def _are_unique(cls, ids: list[UUID]) -> list[UUID]:
        if len(set(ids)) < len(ids):
            raise PydanticCustomError("unique", "must not name a todo twice")
        return ids

    @model_validator(mode="after")
    def _tags_with_a_tag(self) -> Self:
        if (self.action is BulkAction.TAG) != (self.tag is not None):
            raise PydanticCustomError("bulk_tag", "needs tag for the action tag, and for no other")
        return self


class BulkResult(BaseModel):
    """What became of the todos."""

    items: list[TodoPublic] = Field(description="Those that there still are, and the next occurrences of repeats.")
    undo: str | None = Field(description="Takes the change back within an hour; null when nothing was changed.")


class UndoRequest(Input):
    """Which change to take back."""

    undo: Annotated[str, Field(min_length=1, max_length=64)] = Field(description="The token that came with the change.")


class UndoResult(BaseModel):
    """What was put back."""

    items: list[TodoPublic]
