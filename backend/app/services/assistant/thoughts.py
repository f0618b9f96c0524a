"""Leaves out of an answer what a language model thinks aloud: `<think>…</think>`."""

import re

_NAMES = "think|thinking|thought|reasoning"
_OPEN = re.compile(rf"<({_NAMES})>", re.IGNORECASE)
_CLOSE = re.compile(rf"</(?:{_NAMES})>\s*", re.IGNORECASE)
_LONGEST = len("</reasoning>")


class Thoughts:
    """Goes through a text that comes in pieces, which may end in the middle of a tag."""

    def __init__(self) -> None:
        self._kept = ""
        self._inside = False
        self._begun = False
        self._trimming = False

    def leave_out(self, piece: str) -> str:
        """Return what can be shown now."""
        self._kept += piece
        shown = ""
        while found := (_CLOSE if self._inside else _OPEN).search(self._kept):
            shown += "" if self._inside else self._kept[: found.start()]
            self._kept = self._kept[found.end() :]
            self._trimming = self._inside
            self._inside = not self._inside
        # A tag that begins here may end in the next piece.
        held = self._kept.rfind("<", max(0, len(self._kept) - _LONGEST))
        end = len(self._kept) if held < 0 or ">" in self._kept[held:] else held
        if not self._inside:
            shown += self._kept[:end]
        self._kept = self._kept[end:]
        return self._tidy(shown)

    def rest(self) -> str:
        """Return what was held back, at the end."""
        kept, self._kept = self._kept, ""
        return "" if self._inside else self._tidy(kept)

    def _tidy(self, shown: str) -> str:
        """Drop the end of thoughts whose beginning the server kept, and the space between thoughts and answer."""
        shown = _CLOSE.sub("", shown)
        if self._trimming or not self._begun:
            shown = shown.lstrip()
            self._trimming = self._trimming and not shown
        self._begun = self._begun or bool(shown)
        return shown
