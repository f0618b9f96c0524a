"""What the shapes of every domain are built from."""

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def _without_nul(value: str) -> str:
    """Refuse the one character that PostgreSQL cannot store."""
    if "\0" in value:
        raise PydanticCustomError("nul", "must not contain the NUL character")
    return value


NoNul = AfterValidator(_without_nul)


class Input(BaseModel):
    """A body that a client sends: unknown fields and wrong types are errors, not guesses."""

    model_config = ConfigDict(extra="forbid", strict=True)
