"""What each tool takes: the language model is shown these as JSON schemas, the built-in assistant fills them in."""

import datetime as dt
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.models import Priority, Repeat
from app.schemas.chat import ToolName
from app.schemas.todos import Description, Search, Tag, Tags, Title, TodoStatus

Every = Literal["pending", "completed", "all"]


def _to_minutes(value: dt.time) -> dt.time:
    return value.replace(second=0, microsecond=0, tzinfo=None)


Minute = Annotated[dt.time, AfterValidator(_to_minutes)]
Named = Annotated[Search, Field(min_length=1, description="The todo's id, or the words that the user named it by.")]
DueDate = Annotated[dt.date, Field(description="YYYY-MM-DD, in the user's zone.")]
DueTime = Annotated[Minute, Field(description="HH:MM, only if the user gave a time.")]


class Arguments(BaseModel):
    """One call of a tool. A language model writes dates and times as it likes, so types are not strict here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tool: ClassVar[ToolName]

    @classmethod
    def definition(cls) -> dict[str, Any]:
        """Describe the tool as chat completions expect it."""
        schema = cls.model_json_schema()
        schema.pop("title")
        description = " ".join(str(schema.pop("description")).split())
        return {"type": "function", "function": {"name": cls.tool, "description": description, "parameters": schema}}


class Add(Arguments):
    """Add one todo."""

    tool = "add"

    title: Title
    description: Description = ""
    priority: Priority = Priority.NORMAL
    tags: Tags = []
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    repeat: Annotated[Repeat | None, Field(description="How often it comes again; needs due_date.")] = None


class List(Arguments):
    """Show the user's todos, all or only some."""

    tool = "list"

    status: TodoStatus | None = None
    priority: Priority | None = None
    tag: Tag | None = None
    due_from: dt.date | None = None
    due_to: dt.date | None = None
    overdue: Annotated[bool, Field(description="Only what is not done although its time is over.")] = False


class Find(Arguments):
    """Find todos by words in title or description."""

    tool = "search"

    query: Annotated[Search, Field(min_length=1)]
    status: TodoStatus | None = None


class Update(Arguments):
    """Change fields of one todo: only those that are given. A due_date of null clears it."""

    tool = "update"

    todo: Named
    title: Title | None = None
    description: Description | None = None
    priority: Priority | None = None
    tags: Tags | None = None
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    repeat: Repeat | None = None
    completed: Annotated[Literal[False] | None, Field(description="false opens a completed todo again.")] = None


class Rename(Update):
    """A change of the title whose words can be read in several ways; the longest title that exists is meant."""

    others: list[Update] = Field([], exclude=True)


class Complete(Arguments):
    """Mark one todo as done, or with `every` all of a kind."""

    tool = "complete"

    todo: Named | None = None
    every: Every | None = None


class Delete(Arguments):
    """Delete one todo, or with `every` all of a kind. Only for what the user's last message asks to delete."""

    tool = "delete"

    todo: Named | None = None
    every: Every | None = None


class Undo(Arguments):
    """Take back the last change that was made in this conversation."""

    tool = "undo"


TOOLS: dict[str, type[Arguments]] = {kind.tool: kind for kind in (Add, List, Find, Update, Complete, Delete, Undo)}


@cache
def definitions() -> list[dict[str, Any]]:
    """Describe every tool, once: making the schemas takes a good part of what the app does for a question."""
    return [kind.definition() for kind in TOOLS.values()]
