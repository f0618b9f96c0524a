"""The notation of the tables: `text => title ~ day time ~ #tags !priority ~ repeat`; without `=>` all is title."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.models import Priority
from app.reading import Reading

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("America/New_York"))
ZONE = "America/New_York"


def table(path: Path) -> list[tuple[str, str]]:
    """Return each line's text and what it means."""
    lines = [
        line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("# ") and line[:2] != "##"
    ]
    return [(text, meant or text) for text, _, meant in (line.partition(" => ") for line in lines)]


def brief(reading: Reading) -> str:
    """Write what was understood as the tables do; tags before the priority."""
    when = reading.when
    level = [f"!{reading.priority}"] if reading.priority not in {None, Priority.NORMAL} else []
    parts = [
        f"{when.day} {when.clock:%H:%M}" if when and when.clock else str(when.day) if when else "",
        " ".join([*(f"#{tag}" for tag in reading.tags), *level]),
        reading.repeat or "",
    ]
    return " ~ ".join([reading.title, *filter(None, parts)])


def tidy(meant: str) -> str:
    """Put tags before the priority, in whatever order a table names them."""
    title, *parts = meant.split(" ~ ")
    return " ~ ".join(
        [title, *(" ".join(sorted(part.split(), key=_is_level)) if "#" in part else part for part in parts)]
    )


def _is_level(word: str) -> bool:
    return word[0] == "!"
