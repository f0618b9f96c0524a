"""What the shapes of every domain are built from."""

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from app.text import compose, is_blank


def _without_nul(value: str) -> str:
    """Refuse the one character that PostgreSQL cannot store."""
    if "\0" in value:
        raise PydanticCustomError("nul", "must not contain the NUL character")
    return value


def _readable(value: str) -> str:
    """Refuse what nobody could see, and so could not find again."""
    if is_blank(value):
        raise PydanticCustomError("blank", "must have a character that can be seen")
    return value


NoNul = AfterValidator(_without_nul)
Readable = AfterValidator(_readable)
OrNothing = AfterValidator(lambda value: "" if is_blank(value) else value)
Composed = BeforeValidator(lambda value: compose(value) if isinstance(value, str) else value)
"""Before lengths are checked, as they are those of what is kept."""


class Input(BaseModel):
    """A body that a client sends: unknown fields and wrong types are errors, not guesses."""

    model_config = ConfigDict(extra="forbid", strict=True)
