"""What the shapes of every domain are built from."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def _without_nul(value: str) -> str:
    """Refuse the one character that PostgreSQL cannot store."""
    if "\0" in value:
        raise PydanticCustomError("nul", "must not contain the NUL character")
    return value


NoNul = AfterValidator(_without_nul)
# Whatever zone the database server is set to, clients read UTC.
UtcDatetime = Annotated[datetime, AfterValidator(lambda value: value.astimezone(UTC))]


class Input(BaseModel):
    """A body that a client sends: unknown fields and wrong types are errors, not guesses."""

    model_config = ConfigDict(extra="forbid", strict=True)
