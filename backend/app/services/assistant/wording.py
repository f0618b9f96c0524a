"""How the assistant speaks of todos."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.models import Priority, Repeat
from app.schemas.todos import DuePublic, TodoPage, TodoPublic, TodoStatus

_REPEATS = {
    Repeat.DAILY: "every day",
    Repeat.WEEKDAYS: "on weekdays",
    Repeat.WEEKLY: "every week",
    Repeat.MONTHLY: "every month",
}


def quoted(title: str) -> str:
    """Put a title into quotation marks."""
    return f"“{title}”"


def shortened(text: str) -> str:
    """Cut a long text."""
    return text if len(text) <= 80 else f"{text[:79].rstrip()}…"


def titles(items: list[TodoPublic]) -> str:
    """Name a few todos, and count the others."""
    shown = [quoted(todo.title) for todo in items[:3]]
    if len(items) > len(shown):
        shown.append(f"{len(items) - len(shown)} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else "nothing"


def due_words(due: DuePublic, today: date) -> str:
    """Say when something is due: "tomorrow at 09:00", "Fri 4 Dec"."""
    near = {today: "today", today + timedelta(days=1): "tomorrow", today - timedelta(days=1): "yesterday"}
    day = near.get(due.date) or f"{due.date:%a} {due.date.day} {due.date:%b}"
    if day not in near.values() and due.date.year != today.year:
        day += f" {due.date.year}"
    return f"{day} at {due.time:%H:%M}" if due.time else day


def details(todo: TodoPublic, today: date) -> str:
    """Name what is special about a todo: its due date, priority, repeat and tags."""
    parts = [f"due {due_words(todo.due, today)}"] if todo.due else []
    if todo.priority is not Priority.NORMAL:
        parts.append(f"{todo.priority} priority")
    if todo.repeat:
        parts.append(_REPEATS[todo.repeat])
    return ", ".join(parts + [f"#{tag}" for tag in todo.tags])


def line(todo: TodoPublic, today: date) -> str:
    """Describe a todo in one line."""
    more = ", ".join(filter(None, ["done" if todo.completed else "", details(todo, today)]))
    return f"{quoted(todo.title)} ({more})" if more else quoted(todo.title)


def lines(items: list[TodoPublic], today: date) -> str:
    """Number todos, one in each line, so that one can be picked."""
    return "\n".join(f"{number}. {line(todo, today)}" for number, todo in enumerate(items, start=1))


def found(page: TodoPage, status: TodoStatus | None, kind: str = "") -> str:
    """Say how many todos there are of those that were asked for, and how many of them are shown."""
    counts = page.counts
    number = {None: counts.total, TodoStatus.PENDING: counts.pending, TodoStatus.COMPLETED: counts.completed}[status]
    say = f"{number or 'No'} {f'{status} ' if status else ''}todo{'' if number == 1 else 's'}{kind}"
    if status is None and number:
        say += f", {counts.pending} pending and {counts.completed} completed"
    if number > len(page.items):
        say += f"; the first {len(page.items)}"
    return f"{say}{':' if page.items else '.'}"


def which_one(candidates: Sequence[TodoPublic]) -> str:
    """Ask which of several todos is meant."""
    return f"{len(candidates)} todos match, and nothing was changed. Which one is meant? Say its number or its title."


def really(items: list[TodoPublic]) -> str:
    """Ask whether todos are to be deleted."""
    return f"Nothing was deleted yet. {be(items).capitalize()} {titles(items)} to be deleted? Say yes or no."


def be(items: list[TodoPublic]) -> str:
    """Return the verb for that many todos."""
    return "is" if len(items) == 1 else "are"


def changed(before: TodoPublic, after: TodoPublic, today: date) -> str:
    """Say what is different now."""
    said = []
    if after.title != before.title:
        said.append(f"renamed to {quoted(after.title)}")
    if after.due != before.due:
        said.append(f"due {due_words(after.due, today)}" if after.due else "due no more")
    if after.priority != before.priority:
        said.append(f"{after.priority} priority")
    if after.repeat != before.repeat and after.repeat:
        said.append(_REPEATS[after.repeat])
    if after.tags != before.tags:
        said.append("tagged " + ", ".join(f"#{tag}" for tag in after.tags) if after.tags else "without tags")
    if after.description != before.description:
        said.append("with a new description")
    if before.completed and not after.completed:
        said.append("open again")
    return f"{quoted(before.title)} is now {', '.join(said) or 'as before'}."
