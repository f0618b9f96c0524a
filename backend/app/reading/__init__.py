"""Reads a todo out of one line, for quick add and for the assistant: pure, and the same words always mean the same.

`cases.txt` beside this file says what is understood; it is the documentation, the help page and the test in one.
"""

from app.reading.reader import Reading, read, read_when
from app.reading.when import When

__all__ = ["Reading", "When", "read", "read_when"]
