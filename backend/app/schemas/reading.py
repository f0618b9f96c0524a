"""Lines as quick add sends them, and what is read out of them."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Discriminator, Field, StringConstraints, Tag

from app.core.errors import ALTERNATIVE
from app.models import Priority, Repeat
from app.schemas.base import Input, NoNul
from app.schemas.todos import Clock, TodoCreate, Zone

Kind = Literal["due", "repeat", "priority", "tag"]

# Zones and repeats reach some days further than that.
_FIRST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
_LAST = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


class TodoLine(Input):
    """A todo in one line, with all that its meaning depends on: sent again, it means the same."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500), NoNul] = Field(
        examples=["buy milk tomorrow 9am #home"]
    )
    at: Annotated[AwareDatetime, Field(strict=False, ge=_FIRST, lt=_LAST)] = Field(
        description="The moment that it was written at."
    )
    zone: Zone = Field(description="Where the visitor is: “tomorrow” and “at 9” are meant there.")
    day_first: bool = Field(False, description="Whether 2/3 is in March.")


def _alternative(body: object) -> str:
    return f"{ALTERNATIVE}text" if isinstance(body, dict) and "text" in body else f"{ALTERNATIVE}fields"


NewTodo = Annotated[
    Annotated[TodoCreate, Tag(f"{ALTERNATIVE}fields")] | Annotated[TodoLine, Tag(f"{ALTERNATIVE}text")],
    Discriminator(_alternative),
]


class ReadDue(BaseModel):
    """When it is due."""

    date: dt.date
    time: Clock | None
    zone: str


class Understood(BaseModel):
    """One thing that was understood."""

    kind: Kind
    words: str = Field(description="What said it.")
    kept: str = Field(description="The line with these words as text: a backslash is before each.")
    tag: str | None


class ReadingPublic(BaseModel):
    """What a line means, and what in it says so."""

    title: str
    due: ReadDue | None
    repeat: Repeat | None
    priority: Priority
    tags: list[str]
    understood: list[Understood] = Field(description="In the order of the line.")


class CasePublic(BaseModel):
    """A line, and what it means as “title ~ day time ~ #tags !priority ~ repeat”; empty if all of it is title."""

    text: str
    meaning: str


class CasesPublic(BaseModel):
    """Examples of one kind, on Wednesday, 25 November 2026, 10:30 in New York."""

    title: str
    cases: list[CasePublic]
