"""Repeating todos: when the next one is due, and what completing one and taking that back do."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.due import LAST_DATE, Due
from app.models import Repeat, Todo

_SATURDAY = 5


def next_date(due: date, repeat: Repeat, today: date, day: int | None = None) -> date | None:
    """Return the first day of the rhythm that is later than both `due` and `today`.

    `day` is the day of the month that a monthly rhythm began with; a month that is too short has its last day
    instead. None when the calendar ends before.
    """
    latest = max(due, today)
    if latest >= LAST_DATE:
        return None
    match repeat:
        case Repeat.DAILY:
            found = latest + timedelta(days=1)
        case Repeat.WEEKDAYS:
            found = latest + timedelta(days=1)
            if found.weekday() >= _SATURDAY:
                found += timedelta(days=7 - found.weekday())
        case Repeat.WEEKLY:
            found = latest + timedelta(days=7 - (latest - due).days % 7)
        case Repeat.MONTHLY:
            found = _day_of_month(latest.year, latest.month, day or due.day)
            if found <= latest:
                year, month = divmod(latest.year * 12 + latest.month, 12)
                found = _day_of_month(year, month + 1, day or due.day)
    return found if found <= LAST_DATE else None


def next_due(due: Due, repeat: Repeat, now: datetime, day: int | None = None) -> Due | None:
    """Return the first instant of the rhythm that is later than both `due` and `now`; None as for `next_date`."""
    today = now.astimezone(ZoneInfo(due.zone)).date()
    # What comes today may be still to come, or over.
    for before in (today - timedelta(days=1), today):
        if (found := next_date(due.date, repeat, before, day)) is None:
            return None
        if (following := Due.of(found, due.time, due.zone)).at > now:
            return following
    return None


def _day_of_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


async def complete(db: AsyncSession, todo: Todo) -> Todo | None:
    """Complete a todo; returns the next occurrence, if it repeats. The caller holds the account's lock."""
    now = datetime.now(UTC)
    todo.completed_at = now
    due, repeat, day = todo.due, todo.repeat, todo.repeat_day
    todo.repeat = todo.repeat_day = None
    if due is None or repeat is None:
        return None
    following = next_due(due, repeat, now, day)
    if following is None:
        return None
    if (earlier := await _get_successor(db, todo)) is not None:  # of a completion that a release before took back
        earlier.repeated_from = None
        await db.flush()
    successor = Todo(
        account_id=todo.account_id,
        title=todo.title,
        description=todo.description,
        priority=todo.priority,
        tags=todo.tags,
        due=following,
        repeat=repeat,
        repeat_day=day,
        repeated_from=todo.id,
    )
    db.add(successor)
    return successor


async def reopen(db: AsyncSession, todo: Todo) -> None:
    """Take a completion back: its next occurrence goes, unless somebody touched it, and the todo repeats again.

    The caller holds the account's lock.
    """
    todo.completed_at = None
    successor = await _get_successor(db, todo)
    if successor is None:
        return
    if successor.version > 1 or todo.repeat is not None or todo.due is None:
        successor.repeated_from = None  # a todo of its own from now on
        return
    todo.repeat, todo.repeat_day = successor.repeat, successor.repeat_day
    await db.delete(successor)


async def _get_successor(db: AsyncSession, todo: Todo) -> Todo | None:
    found: Todo | None = await db.scalar(select(Todo).where(Todo.repeated_from == todo.id).with_for_update())
    return found
