"""What a command's words mean for the visitor who says it: where it is which time there, and what was quoted."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.reading import Reading, When, read, read_when

_QUOTED = re.compile(
    r"[\"“„«][^\"“”„«»]+[\"”“»]|(?<!\w)['‘’][^'‘’]+['’](?!\w)|`[^`]+`"  # noqa: RUF001 - what phones write
)
_APOSTROPHE = re.compile(r"\b(what|where|it|let|i|don|mustn|shouldn)’(?=(?:s|t|m|d|ve)\b)", re.IGNORECASE)  # noqa: RUF001
_FIRST_MARK = 0xE000  # Unicode's private use: no keyboard writes these
_MARKS = re.compile("[\ue000-\uf8ff]")


class Visitor:
    """Reads for one message: what it quotes is replaced by one mark each, so that no rule looks inside."""

    def __init__(self, now: datetime, *, day_first: bool) -> None:
        self.now = now
        self._day_first = day_first
        self._quoted: list[str] = []

    def hide(self, text: str) -> str:
        """Replace what is quoted."""
        return _APOSTROPHE.sub(r"\1'", _QUOTED.sub(self._mark, _MARKS.sub("", text)))

    def _mark(self, found: re.Match[str]) -> str:
        if not found[0][1:-1].strip() or len(self._quoted) >= 1000:
            return found[0]
        self._quoted.append(found[0])
        return chr(_FIRST_MARK + len(self._quoted) - 1)

    def show(self, text: str) -> str:
        """Put back what was quoted, with its quotation marks."""
        return _MARKS.sub(lambda found: self._quoted[ord(found[0]) - _FIRST_MARK], text)

    def title(self, text: str) -> str:
        """Put back what was quoted; around the whole of a title quotation marks only say where it ends."""
        return self.show(text)[1:-1].strip() if _MARKS.fullmatch(text) else self.show(text)

    def only_quote(self, text: str) -> str | None:
        """Return what a text quotes if it does so once, else None."""
        marks = _MARKS.findall(text)
        return self.title(marks[0]) if len(marks) == 1 else None

    def read(self, text: str) -> Reading:
        """Read a todo in one line."""
        return read(text, self.now, str(self.now.tzinfo), day_first=self._day_first)

    def read_when(self, text: str) -> When | None:
        """Read what says when something is due and nothing else."""
        return read_when(text, self.now, str(self.now.tzinfo), day_first=self._day_first)

    def arguments(self, when: When) -> dict[str, Any]:
        """Return a tool's arguments for what was said of day and time."""
        if when.clock is None:
            return {"due_date": when.day}
        here = datetime.combine(when.day, when.clock, ZoneInfo(when.zone)).astimezone(self.now.tzinfo)
        return {"due_date": here.date(), "due_time": here.time()}
