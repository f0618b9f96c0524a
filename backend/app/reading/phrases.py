"""The phrases that say something of a todo: the table at the end names what each looks like and how it is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from app.due import FIRST_DATE, LAST_DATE, zone_names
from app.models import Priority, Repeat
from app.schemas.reading import Kind
from app.text import fold

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS = {"morning": range(12), "afternoon": range(12, 19), "evening": range(16, 24), "night": range(17, 24)}
"""The hours of each part of the day."""
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_AHEAD = {"today": 0, "tonight": 0, "this": 0, "tomorrow": 1, "tmr": 1, "tmrw": 1, "day after tomorrow": 2}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOURS = {"noon": 12, "midday": 12, "midnight": 0}
_WORDS = {"a": 1, "an": 1} | _HOURS | {word: number for number, word in enumerate(_NUMBERS, start=1)}
_LEVELS = {
    Priority.HIGH: "high|highest|top|urgent|important|critical|asap",
    Priority.NORMAL: "normal|medium|regular|default|standard",
    Priority.LOW: "low|lowest|minor|unimportant|not important|less important",
}
LEVEL = "|".join(_LEVELS.values())
# Only names that no text holds by chance: "eat", "art" and "Turkey" are zones, too.
_ZONES = {name.lower(): name for name in zone_names() if "/" in name} | {"z": "UTC"}
_ZONES |= {name.lower(): name for name in ("UTC", "GMT", "CET", "EET", "EST", "MST")}


@dataclass
class Said:
    """What phrases say."""

    day: date | None = None
    on: dict[str, Any] = field(default_factory=dict)
    """Which days are meant, as iCalendar's rules say it: bymonth, bymonthday, byweekday."""
    moment: datetime | None = None
    clocks: tuple[time, ...] = ()
    """The time of day; two where neither am nor pm was said."""
    part: str | None = None
    zone: str | None = None
    repeat: Repeat | None = None
    priority: Priority | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Today:
    """What a phrase is read with: the moment in the visitor's zone, and the order of day and month."""

    now: datetime
    day_first: bool

    def ahead(self, **span: int) -> date:
        """Return the day that is so many days, weeks, months or years away; a month too short ends earlier."""
        return self.now.date() + relativedelta(**span)  # type: ignore[arg-type]


Groups = dict[str, str]
Read = Callable[[Groups, Today], Said]


@dataclass(frozen=True)
class Phrase:
    """One form of a phrase. Its pattern's groups are what its parts mean."""

    kind: Kind
    pattern: re.Pattern[str]
    read: Read
    only: str
    """Where it is one, if not everywhere: "beside" another phrase, in a run at the "end"."""

    def match(self, words: str, today: Today) -> Said | None:
        """Read folded words that are this phrase and nothing else; None for others, and for what no calendar has."""
        if (found := self.pattern.fullmatch(words)) is None:
            return None
        groups = {name: value for name, value in found.groupdict().items() if value}
        try:
            said = self.read(groups, today)
            said.clocks = _clocks(groups)
        except (ValueError, LookupError, OverflowError):
            return None
        said.part = groups.get("part", said.part)
        return said


def level_of(word: str) -> Priority:
    """Return the priority that a word means."""
    return next(level for level, words in _LEVELS.items() if fold(word) in words.split("|"))


def _number(word: str) -> int:
    return _WORDS[word] if word in _WORDS else int(word)


def _place(name: str, names: tuple[str, ...]) -> int:
    return next(place for place, full in enumerate(names) if full.startswith(name[:3]))


def _clocks(said: Groups) -> tuple[time, ...]:
    if "hour" not in said:
        return ()
    hour, minute = _number(said["hour"]), int(said.get("minute", 0))
    if half := said.get("half"):
        return (time(hour % 12 + 12 * (half == "p"), minute),)
    both = 1 <= hour < 12 and said["hour"][0] != "0"
    return tuple(time(either, minute) for either in (hour, hour + 12)[: 1 + both])


def _ahead(said: Groups, today: Today) -> Said:
    return Said(today.ahead(days=_AHEAD[said["ahead"]]), part="night" if said["ahead"] == "tonight" else None)


def _calendar(said: Groups, today: Today) -> Said:
    """Read a day of a month. A past one with its year counts only where a word says so: "on 2020-01-31"."""
    number, month, year = said["number"], said["month"], said.get("year")
    if said.get("sep") == "/" and not today.day_first:
        number, month = month, number
    if "sep" in said and not (year or "lead" in said):
        raise ValueError  # 1/2 cup
    on = {"bymonth": {int(month) if month.isdigit() else 1 + _place(month, _MONTHS)}, "bymonthday": {int(number)}}
    [month_number], [day_number] = on.values()
    date(2000, month_number, day_number)  # raises for a day that no year has
    if not (year or "named" in said):
        return Said(on=on)
    day = date(int(year or today.now.year) + 2000 * (len(year or "") == 2), month_number, day_number)
    if day < today.now.date() and not year:
        day += relativedelta(years=1)
    if "named" in said and _place(said["named"], DAYS) != day.weekday():
        raise ValueError
    return Said(_asked(day, said, today))


def _asked(day: date, said: Groups, today: Today) -> date:
    past = day < today.now.date() and not {"due", "by", "on"} & set(said.get("lead", "").split())
    if past or not FIRST_DATE <= day <= LAST_DATE:
        raise ValueError
    return day


def _instant(said: Groups, today: Today) -> Said:
    moment = datetime.fromisoformat(said["moment"].upper())
    _asked(moment.date(), said, today)
    return Said(moment=moment if moment.tzinfo else moment.replace(tzinfo=today.now.tzinfo))


def _day_of_week(said: Groups, today: Today) -> Said:
    number = _place(said["day"], DAYS)
    if said.get("which") == "next":
        return Said(today.ahead(days=7 - today.now.weekday() + number))
    return Said(on={"byweekday": {number}})


def _day_of_month(said: Groups, today: Today) -> Said:
    number = int(said.get("nth", "31st")[:-2])
    if "of" not in said:
        return Said(on={"bymonthday": {number}})
    return Said(_asked(today.ahead(months=int("next" in said["of"]), day=number), {}, today))


def _later(said: Groups, today: Today) -> Said:
    number, unit = _number(said.get("count", "a")), said["unit"]
    if unit[0] == "h" or unit.startswith("mi"):
        return Said(moment=today.now.astimezone(UTC) + timedelta(minutes=number * (60 if unit[0] == "h" else 1)))
    return Said(today.ahead(**{f"{unit.removesuffix('s')}s": number}))


def _clock(said: Groups, _: Today) -> Said:
    return Said(zone=_ZONES[said["zone"]] if "zone" in said else None)


def _every(said: Groups, today: Today) -> Said:
    if "nth" in said:
        return Said(repeat=Repeat.MONTHLY, on=_day_of_month(said, today).on)
    if "day" in said:
        return Said(repeat=Repeat.WEEKLY, on={"byweekday": {_place(said["day"], DAYS)}})
    unit = said.get("unit", "day")
    if unit.startswith("weekday"):
        return Said(repeat=Repeat.WEEKDAYS, on={"byweekday": set(range(5))})
    return Said(repeat={"d": Repeat.DAILY, "w": Repeat.WEEKLY, "m": Repeat.MONTHLY}[unit[0]])


WEEKDAY = "|".join(DAYS)
SHORT = "mon|tues?|wed|thu(?:rs?)?|fri"
_SHORTEST = f"{SHORT}|sat|sun"
MONTH = f"(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTHS)}|sept)"
UNIT = "min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|months?|years?"
PART = "|".join(PARTS)
NTH = "(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)"
_NAMED = f"(?:(?P<named>{WEEKDAY}|{_SHORTEST}) )?"
_NUMBER = "(?P<number>[0-9]{1,2})"
_MONTH = f"(?P<month>{MONTH})"
_YEAR = "(?: (?P<year>[0-9]{4}))?"
_DAY = f"(?P<day>{WEEKDAY}|{_SHORTEST})"
_NTH = f"(?:the )?(?P<nth>{NTH})"
_COUNT = rf"(?P<count>[0-9]{{1,3}}|an?|{'|'.join(_NUMBERS)}) ?(?P<unit>{UNIT})"
_24 = "(?P<hour>[01]?[0-9]|2[0-3])"
_MIN = "(?P<minute>[0-5][0-9])"
_SPELLED = f"(?P<hour>[01]?[0-9]|2[0-3]|{'|'.join([*_HOURS, *_NUMBERS])})"
_AT = "(?:due )?(?:at |by |@ ?)"
_EVERY = "(?:repeat(?:s|ing|ed)? )?(?:every|each)"
_LEVEL = f"(?P<level>{LEVEL})"

_PART = f"(?: (?:in the |at )?(?P<part>{PART}))?"
_LEAD = "(?P<lead>(?:(?:(?:and )?(?:(?:is|are) )?due|by|on|for|starting) )+)"
# A number alone is an hour only directly behind a day, where the text ends.
_DAYS_TAIL = f"{_PART}(?: {_24}(?:[.]{_MIN})?(?=\n))?"
_CLOCKS_TAIL = rf"(?: ?(?P<zone>utc|gmt|cet|eet|est|mst|z|[a-z]\w+/[\w/+-]+))?{_PART}"


def _forms(kind: Kind, read: Read, *forms: str, only: str = "", lead: str = "", tail: str = "") -> list[Phrase]:
    return [Phrase(kind, re.compile(f"{lead}(?:{form}){tail}\n?"), read, only) for form in forms]


def _days(read: Read, *forms: str, only: str = "", lead: str = f"{_LEAD}?") -> list[Phrase]:
    return _forms("due", read, *forms, only=only, lead=lead, tail=_DAYS_TAIL)


PHRASES = [
    *_days(_ahead, "(?P<ahead>today|tonight|tomorrow|tmrw?)", "(?:the )?(?P<ahead>day after tomorrow)",
           f"(?P<ahead>this)(?= (?:{PART}))"),
    *_forms("due", _instant, "(?P<moment>[0-9-]{10}t[0-9:]{5,8}(?:z|[+-][0-9:]{4,5})?)", lead=f"{_LEAD}?"),
    *_days(_calendar,
           f"{_NAMED}(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<number>[0-9]{{2}})",
           f"{_NAMED}(?:the )?{_NUMBER}(?:st|nd|rd|th)? (?:of )?{_MONTH}{_YEAR}",
           f"{_NAMED}{_MONTH} (?:the )?{_NUMBER}(?:st|nd|rd|th)?{_YEAR}",
           f"{_NAMED}{_NUMBER}(?P<sep>[/.])(?P<month>[0-9]{{1,2}})(?:(?P=sep)(?P<year>[0-9]{{4}}|[0-9]{{2}}))?"),
    *_days(_day_of_week, f"(?:(?P<which>next|this|coming) )?(?P<day>{WEEKDAY})", f"(?P<which>next|this|coming) {_DAY}"),
    *_days(_day_of_week, _DAY, lead=_LEAD),
    *_days(_day_of_week, f"(?P<day>{SHORT})", only="end", lead=""),
    *_days(_day_of_week, _DAY, only="beside", lead=""),
    *_days(_day_of_month, "(?:at )?(?:the )?end of (?P<of>(?:the |this |next )?month)",
           f"{_NTH} of (?P<of>(?:the|this|next) month)"),
    *_days(_day_of_month, _NTH, only="end", lead=_LEAD),
    *_days(_later, "next (?P<unit>week|month|year)", f"(?:in|within|after) {_COUNT}", f"{_COUNT} (?:from now|later)"),
    *_forms("due", _clock,
            f"(?:{_AT})?(?P<hour>1[0-2]|0?[1-9])(?:[:.]{_MIN})? ?(?P<half>[ap])[.]?m",
            f"(?:{_AT})?{_24}:{_MIN}(?::00)?", f"{_AT}{_SPELLED}(?:[.]{_MIN})?(?: ?o'?clock)?", f"{_SPELLED} ?o'?clock",
            tail=_CLOCKS_TAIL),
    *_forms("due", _clock, f"(?P<hour>{'|'.join(_HOURS)})", only="beside", tail=_CLOCKS_TAIL),
    *_forms("repeat", _every,
            f"{_EVERY} (?:(?P<unit>day|weekday|week|month)|(?P<part>{PART}))",
            f"(?:{_EVERY}|{_EVERY} week on|weekly on) {_DAY}s?", f"on (?:(?P<unit>weekdays)|(?P<day>{WEEKDAY})s)",
            f"(?:{_EVERY} month|monthly) on {_NTH}", f"(?:on )?{_NTH} of (?:every|each) month",
            f"{_EVERY} {_NTH}(?: of the month)?"),
    *_forms("repeat", _every, "(?P<unit>daily|weekly|monthly)", only="end"),
    *_forms("priority", lambda said, _: Said(priority=level_of(said["level"])),
            f"(?:(?:with|at|as|of) )?(?:an? )?{_LEVEL} priority", f"(?:with )?priority ?[:=]? ?{_LEVEL}",
            only="end", lead="(?:and )?"),
    *_forms("tag", lambda said, _: Said(tag=said["tag"]),
            r"(?:tagged(?: (?:as|with))?|with (?:the )?tag) #?(?P<tag>[\w-]{1,30})", only="end", lead="(?:and )?"),
]  # fmt: skip
