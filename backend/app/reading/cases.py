"""The table of what is understood, as the help shows it."""

from pathlib import Path

PATH = Path(__file__).with_name("cases.txt")


def _section(text: str) -> dict[str, object]:
    title, *lines = filter(None, text.splitlines())
    cases = [line.partition(" => ") for line in lines]
    return {"title": title, "cases": [{"text": text, "meaning": meaning} for text, _, meaning in cases]}


CASES = [_section(section) for section in PATH.read_text("utf-8").split("\n## ")[1:]]
"""Lines of each kind, with what is made of them; nothing where all of a line stays text."""
