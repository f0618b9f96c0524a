"""What probes are answered."""

from pydantic import BaseModel


class Health(BaseModel):
    """A healthy answer."""

    status: str = "ok"


class Version(BaseModel):
    """Which release answers."""

    version: str
