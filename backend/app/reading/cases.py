"""The table of what is understood, as the help shows it."""

from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).with_name("cases.txt")


@dataclass(frozen=True)
class Case:
    """A line, and what is made of it; nothing where all of it stays text."""

    text: str
    meaning: str


@dataclass(frozen=True)
class Section:
    """Cases of one kind."""

    title: str
    cases: list[Case]


def _load() -> list[Section]:
    sections: list[Section] = []
    for line in PATH.read_text("utf-8").splitlines():
        if line.startswith("## "):
            sections.append(Section(line[3:], []))
        elif line and not line.startswith("# "):
            text, _, meaning = line.partition(" => ")
            sections[-1].cases.append(Case(text, meaning))
    return sections


CASES = _load()
