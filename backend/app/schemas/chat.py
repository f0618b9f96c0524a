"""The shapes of the assistant's conversation."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from app.core.errors import Problem
from app.schemas.base import Composed, Input, NoNul, Readable
from app.schemas.todos import TodoPublic, Zone

ToolName = Literal["add", "list", "search", "update", "complete", "delete", "undo"]


class ChatRequest(Input):
    """What a visitor says to the assistant."""

    message: Annotated[
        str, Composed, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), NoNul, Readable
    ]
    zone: Zone = Field("UTC", description="Where the visitor is: “tomorrow” and “at 9” are meant there.")
    day_first: bool = Field(False, description="Whether 2/3 is in March.")


class ToolCall(BaseModel):
    """Something that the assistant did, or tried to."""

    id: UUID
    name: ToolName
    arguments: dict[str, Any]
    ok: bool | None = Field(description="Whether it was done; null as long as it is under way.")
    summary: str = Field(description="What came of it, in a sentence.")
    todos: list[TodoPublic] = Field(description="The todos that it is about, as they are now.")
    undo: str | None = Field(description="Takes the change back, as POST /api/undo does; null if nothing was changed.")


class ChatMessage(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    role: Literal["user", "assistant"]
    text: str
    calls: list[ToolCall]
    builtin: bool = Field(description="Whether the built-in assistant answered, not a language model.")
    stopped: bool = Field(description="Whether the answer ended before it was complete.")
    created_at: datetime


class Chat(BaseModel):
    """The conversation so far."""

    messages: list[ChatMessage] = Field(description="The last 100, oldest first.")
    builtin: bool = Field(description="Whether only the built-in assistant is there, as no key is set.")


class ChatText(BaseModel):
    """Event `text`: some more of the answer."""

    delta: str


class ChatDone(BaseModel):
    """Event `done`: the answer is complete."""

    message: ChatMessage


class ChatError(BaseModel):
    """Event `error`: the answer ends here; what was changed before stays and can be undone."""

    problem: Problem


class ChatEvent(RootModel[ChatText | ToolCall | ChatDone | ChatError]):
    """What an answer's events hold: `text`, `call`, `done`, `error`."""
