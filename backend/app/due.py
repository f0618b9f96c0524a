"""When a todo is due: a day, perhaps a time, and the zone in which both are meant."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

FIRST_DATE = datetime.date(1970, 1, 1)
LAST_DATE = datetime.date(9998, 12, 31)
"""A day later, some zones have no instant any more that could be stored."""

_LAST_SECOND = datetime.time(23, 59, 59)


@cache
def zone_names() -> frozenset[str]:
    """Return every IANA name that a due date may be given in."""
    return frozenset(available_timezones())


def this_minute() -> datetime.datetime:
    """Return what a todo that is not done is overdue by, when it was due earlier.

    To the minute, as due times are: what is due now is not late yet. A day without a time ends with its last minute.
    """
    return datetime.datetime.now(datetime.UTC).replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Due:
    """A due date; `at` is the instant that it stands for."""

    date: datetime.date
    time: datetime.time | None
    zone: str
    at: datetime.datetime

    @classmethod
    def of(cls, date: datetime.date, time: datetime.time | None, zone: str) -> Self:
        """Make a due date; without a time it is due at the end of the day.

        Where clocks are set back, a time that comes twice means the first, and the day ends with the second.
        """
        local = datetime.datetime.combine(date, time or _LAST_SECOND, ZoneInfo(zone))
        return cls(date, time, zone, local.replace(fold=int(time is None)).astimezone(datetime.UTC))
