"""Dates as people write them, read where the visitor is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.assistant.dates import parse_when, take_when
from tests.assistant.test_grammar import NOW


@pytest.mark.parametrize(
    ("said", "day", "clock"),
    [
        ("today", "2026-11-24", ""), ("tomorrow at 9am", "2026-11-25", "09:00"),
        ("9:30 pm tomorrow", "2026-11-25", "21:30"), ("tuesday", "2026-11-24", ""),
        ("next tuesday", "2026-12-01", ""), ("next friday at noon", "2026-12-04", "12:00"),
        ("at 5pm", "2026-11-24", "17:00"), ("at 14", "2026-11-25", "14:00"), ("in 2 hours", "2026-11-24", "17:00"),
        ("in a week", "2026-12-01", ""), ("3 Nov", "2027-11-03", ""), ("Dec 5th, 2027 at 9", "2027-12-05", "09:00"),
        ("2026-11-30T14:00", "2026-11-30", "14:00"), ("day after tomorrow", "2026-11-26", ""),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_visitors_zone(said: str, day: str, clock: str) -> None:
    when = parse_when(said, NOW)
    assert when is not None
    assert (when.day.isoformat(), f"{when.clock:%H:%M}" if when.clock else "") == (day, clock)


@given(
    day=st.dates(date(1970, 1, 1), date(9998, 1, 1)),
    clock=st.times(),
    title=st.sampled_from(["pay rent", "call Ann", "x"]),
)
@settings(deadline=None)
def test_any_iso_date_is_read_back(day: date, clock: time, title: str) -> None:
    rest, when = take_when(f"{title} on {day} at {clock:%H:%M}", NOW)
    assert when is not None
    assert (rest, when.day, when.clock) == (title, day, clock.replace(second=0, microsecond=0))


@given(
    moment=st.integers(10**9, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    zone=st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    number=st.integers(1, 300),
    weekday=st.integers(0, 6),
)
@settings(deadline=None)
def test_relative_days_count_from_the_visitors_own_today(
    moment: datetime, zone: str, number: int, weekday: int
) -> None:
    now = moment.astimezone(ZoneInfo(zone))
    coming = parse_when(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][weekday], now)
    later = parse_when(f"in {number} days", now)
    assert later is not None
    assert coming is not None
    assert later.day == now.date() + timedelta(days=number)
    assert coming.day.weekday() == weekday
    assert 0 <= (coming.day - now.date()).days <= 6
