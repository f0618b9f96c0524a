"""Todos in one line: what a line means, and how many may be asked for."""

import time

from pydantic import ValidationError

from app.core.errors import FieldError, ProblemError, ValidationProblem
from app.models import Priority
from app.reading import Reading, read
from app.schemas.reading import ReadDue, ReadingPublic, TodoLine
from app.schemas.todos import TodoCreate

READS_PER_S = 100
"""How many lines a process reads for previews, for all visitors together; each takes about a millisecond."""


class TooManyReads(ProblemError):
    """More previews were asked for than are read."""

    def __init__(self) -> None:
        detail = "Many lines are being read at once, so this one has no preview. It can be added all the same."
        super().__init__(429, "too-many-reads", "No preview at the moment", detail, headers={"Retry-After": "1"})


class Pace:
    """Lets so many through in each second, and those of one second more after a quiet time."""

    def __init__(self, per_s: float) -> None:
        self._per_s = self._left = per_s
        self._at = time.monotonic()

    def take(self) -> bool:
        """Take one, if there is one left."""
        now = time.monotonic()
        self._left = min(self._per_s, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def preview(line: TodoLine) -> ReadingPublic:
    """Tell what would be added."""
    reading = _read(line)
    when = reading.when
    return ReadingPublic(
        title=reading.title,
        due=ReadDue(date=when.day, time=when.clock, zone=when.zone) if when else None,
        repeat=reading.repeat,
        priority=reading.priority or Priority.NORMAL,
        tags=reading.tags,
        understood=reading.understood,
    )


def todo_of(line: TodoLine) -> TodoCreate:
    """Return the todo that a line means.

    Raises:
        ValidationProblem: No todo can be like that, such as one with a title that is too long.
    """
    fields = preview(line).model_dump(exclude={"understood"})
    try:
        return TodoCreate.model_validate(fields)
    except ValidationError as error:
        message = f"must have a title of 1 to 200 characters that show; this one has {len(fields['title'])}"
        raise ValidationProblem([FieldError(field="text", message=message)]) from error


def _read(line: TodoLine) -> Reading:
    return read(line.text, line.at, line.zone, day_first=line.day_first)
