"""Works out the day and the time that phrases name together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, rrule

from app.due import FIRST_DATE, LAST_DATE
from app.reading.phrases import HOURS, Said, Today


class Contradiction(Exception):
    """No day and time is what all of the phrases say."""


@dataclass(frozen=True)
class When:
    """When something is due, and which of day and time were said; the other one was worked out."""

    day: date
    clock: time | None
    zone: str
    says_day: bool = True
    says_clock: bool = False


def work_out(said: Iterable[Said], today: Today, zone: str) -> When | None:
    """Return the first moment that fits all of what was said; None when nothing of it tells one.

    Raises:
        Contradiction: There is none within nine years.
    """
    whole = _together(said)
    says_day = bool(whole.day or whole.on or whole.moment)
    if not (says_day or whole.clock or whole.repeat):
        return None
    moment = whole.moment
    if moment is None:
        here = Today(today.now.astimezone(ZoneInfo(whole.zone)), today.day_first) if whole.zone else today
        when = _first(whole, here, whole.zone or zone, says_day=says_day)
        if not whole.zone or "/" in whole.zone or when.clock is None:
            return when
        moment = datetime.combine(when.day, when.clock, ZoneInfo(when.zone))
    local = moment.astimezone(today.now.tzinfo)
    return When(local.date(), local.time().replace(second=0, microsecond=0), zone, says_day, says_clock=True)


def _together(said: Iterable[Said]) -> Said:
    whole = Said()
    for item in said:
        for name, value in vars(item).items():
            if value:
                if getattr(whole, name) not in (None, False, {}, value):
                    raise Contradiction
                setattr(whole, name, value)
    if (whole.moment and (whole.clock or whole.on)) or (whole.ends and whole.repeat):
        raise Contradiction
    return whole


def _first(whole: Said, today: Today, zone: str, *, says_day: bool) -> When:
    start = whole.day or today.now.date()
    clock = _clock(whole, start == today.now.date(), today.now, whole.day)
    if whole.day and not whole.on:
        day = whole.day
    else:
        rules: dict[str, Any] = {name: sorted(numbers) for name, numbers in whole.on.items()}
        passed = start == today.now.date() and clock is not None and clock <= today.now.time()
        first = datetime.combine(start + relativedelta(days=int(passed)), time())
        found = next(iter(rrule(DAILY, first, until=first + relativedelta(years=9), **rules)), None)
        if found is None:
            raise Contradiction
        day = found.date()
    if not FIRST_DATE <= day <= LAST_DATE:
        raise Contradiction
    return When(day, clock, zone, says_day, clock is not None)


def _clock(whole: Said, is_today: bool, now: datetime, fixed: date | None) -> time | None:
    """Settle am or pm, once.

    A part of the day says it; else hours from 1 to 6 are in the afternoon, and so is what would be over today.
    """
    said, part = whole.clock, whole.part
    if said is None:
        return time(HOURS[part]) if part else None
    if part == "night" and (said.hour < 5 or said.hour == 12):
        raise Contradiction  # of which day is that?
    later = part is not None and part != "morning"
    if part is None and (said.hour <= 6 or fixed):
        over = is_today and not whole.on and time(said.hour, said.minute) <= now.time()
        later = over or (said.hour <= 6 and not said.minute)
    return time(said.hour + 12 * (said.open and later), said.minute)
