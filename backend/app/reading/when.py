"""Works out the day and the time that phrases name together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, rrule

from app.due import FIRST_DATE, LAST_DATE
from app.reading.phrases import PARTS, Said, Today

_HOUR = {"morning": 9, "afternoon": 15, "evening": 20, "night": 22}
"""When something is due that is said for a part of the day and no hour."""


class Contradiction(Exception):
    """No day and time is what all of the phrases say."""


@dataclass(frozen=True)
class When:
    """When something is due, and whether its day was said or worked out."""

    day: date
    clock: time | None
    zone: str
    says_day: bool = True


def work_out(said: Iterable[Said], today: Today, zone: str) -> When | None:
    """Return the first moment that fits all of what was said; None when nothing of it tells one.

    Raises:
        Contradiction: There is none within nine years.
    """
    whole = _together(said)
    says_day = bool(whole.day or whole.on or whole.moment)
    if not (says_day or whole.clocks or whole.repeat):
        return None
    there = whole.zone or zone
    if whole.moment:
        day, clock = _parted(whole.moment, zone)
    else:
        day, clock = _first(whole, today.now.astimezone(ZoneInfo(there)))
        if "/" not in there and clock:  # an abbreviation is no place
            day, clock = _parted(datetime.combine(day, clock, ZoneInfo(there)), there := zone)
    if not FIRST_DATE <= day <= LAST_DATE:
        raise Contradiction
    return When(day, clock, there if clock else zone, says_day)


def _parted(moment: datetime, zone: str) -> tuple[date, time | None]:
    local = moment.astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0)


def _together(said: Iterable[Said]) -> Said:
    whole = Said()
    for item in said:
        for name, value in vars(item).items():
            if value and name != "tag":
                if getattr(whole, name) not in (None, False, {}, (), value):
                    raise Contradiction
                setattr(whole, name, value)
    if (whole.moment and (whole.clocks or whole.on)) or (whole.day and whole.on and not whole.repeat):
        raise Contradiction
    return whole


def _first(whole: Said, now: datetime) -> tuple[date, time | None]:
    clock = _clock(whole, now)
    if whole.day and not whole.on:
        return whole.day, clock
    begin = datetime.combine(whole.day or now.date(), clock or time(23, 59, 59))
    end = begin.replace(year=min(begin.year + 9, LAST_DATE.year), month=12, day=31)
    found = rrule(DAILY, begin, until=end, **whole.on).after(now.replace(tzinfo=None))
    if found is None:
        raise Contradiction
    return found.date(), clock


def _clock(whole: Said, now: datetime) -> time | None:
    """Settle am or pm, once.

    A part of the day says it; else hours from 1 to 6 are in the afternoon, and so is what would be over today.
    """
    if not whole.clocks:
        return time(_HOUR[whole.part]) if whole.part else None
    fitting = [clock for clock in whole.clocks if whole.part is None or clock.hour in PARTS[whole.part]]
    if not fitting:
        raise Contradiction  # 12 at night: of which day is that?
    early, late = fitting[0], fitting[-1]
    over = (whole.day or now.date()) == now.date() and not whole.on and early <= now.time()
    return late if (over and whole.day) or (early.hour <= 6 and (over or not early.minute)) else early
