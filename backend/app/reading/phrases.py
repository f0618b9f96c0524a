"""The phrases that say something of a todo: the table at the end names what each looks like and how it is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from app.due import zone_names
from app.models import Priority, Repeat

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = {"morning": 9, "afternoon": 15, "evening": 20, "night": 22}
"""When something is due that is said for a part of the day and no hour."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {"a": 1, "an": 1} | {word: number for number, word in enumerate(_NUMBERS, start=1)}
_NAMES = {"noon": 12, "midday": 12, "midnight": 0}
_LEVELS = {
    Priority.HIGH: "high|highest|top|urgent|important|critical|asap",
    Priority.NORMAL: "normal|medium|regular|default|standard",
    Priority.LOW: "low|lowest|minor|unimportant",
}
LEVEL = "|".join(_LEVELS.values())


@dataclass(frozen=True)
class Clock:
    """A time of day as it was said. One that is `open` has neither am, pm nor a 0 in front."""

    hour: int
    minute: int = 0
    open: bool = False


@dataclass
class Said:
    """What phrases say."""

    day: date | None = None
    on: dict[str, set[int]] = field(default_factory=dict)
    """Which days are meant, as iCalendar's rules say it: bymonth, bymonthday, byweekday."""
    moment: datetime | None = None
    clock: Clock | None = None
    part: str | None = None
    zone: str | None = None
    ends: bool = False
    """Whether that is when it ends: "every day until friday"."""
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
Read = Callable[[Groups, Today], Said | None]


@dataclass(frozen=True)
class Phrase:
    """One form of a phrase. A todo has one phrase of each kind, tags aside."""

    kind: str
    pattern: re.Pattern[str]
    read: Read
    only: str = ""
    """Where it is one: "beside" another phrase, at the text's "end", at the end "behind" a day."""

    def match(self, words: str, today: Today) -> Said | None:
        """Read words that are this phrase and nothing else; None for others, and for a day that no calendar has."""
        if (found := self.pattern.fullmatch(words)) is None:
            return None
        groups = {
            name: value if name == "zone" else value.lower() for name, value in found.groupdict().items() if value
        }
        try:
            said = self.read(groups, today)
        except (ValueError, OverflowError):
            return None
        if said:
            said.part = groups.get("part", said.part)
            said.ends = groups.get("lead", "")[:5] in {"until", "till "}
        return said


def level_of(word: str) -> Priority:
    """Return the priority that a word means."""
    return next(level for level, words in _LEVELS.items() if word.lower() in words.split("|"))


def _weekday(name: str) -> int:
    return next(index for index, full in enumerate(DAYS) if full.startswith(name[:3]))


def _calendar(said: Groups, today: Today) -> Said | None:
    """Read a day of a month. A past one with its year counts only where a word says so: "on 2020-01-31"."""
    number, month, year = said["number"], said["month"], said.get("year")
    if said.get("sep") == "/" and not today.day_first:
        number, month = month, number
    if "sep" in said and not (year or "lead" in said):
        return None  # 1/2 cup
    on = {"bymonth": {int(month) if month.isdigit() else 1 + _MONTHS.index(month[:3])}, "bymonthday": {int(number)}}
    [month_number], [day_number] = on.values()
    date(2000, month_number, day_number)  # raises for a day that no year has
    if not (year or "named" in said):
        return Said(on=on)
    day = date(int(year or today.now.year) + 2000 * (len(year or "") == 2), month_number, day_number)
    past = day < today.now.date()
    if past and not year:
        day += relativedelta(years=1)
    wrong = "named" in said and _weekday(said["named"]) != day.weekday()
    asked = {"due", "by", "on"} & set(said.get("lead", "").split())
    return None if wrong or (past and year and not asked) else Said(day)


def _iso(said: Groups, today: Today) -> Said | None:
    if offset := said.get("offset"):
        day = "-".join(said[name] for name in ("year", "month", "number"))
        return Said(moment=datetime.fromisoformat(f"{day}T{said['time']}{offset.upper()}"))
    found = _calendar(said, today)
    if found and "time" in said:
        found.clock = Clock(int(said["time"][:2]), int(said["time"][3:]))
    return found


def _day_of_week(said: Groups, today: Today) -> Said | None:
    number = _weekday(said["day"])
    if said.get("which") == "next":
        return Said(today.ahead(days=7 - today.now.weekday() + number))
    return Said(on={"byweekday": {number}})


def _later(said: Groups, today: Today) -> Said | None:
    number, unit = _number(said["count"]), said["unit"]
    if unit[0] == "h" or unit.startswith("mi"):
        return Said(moment=today.now.astimezone(UTC) + timedelta(minutes=number * (60 if unit[0] == "h" else 1)))
    return Said(today.ahead(**{f"{unit.removesuffix('s')}s": number}))


def _number(word: str) -> int:
    return _COUNTS[word] if word in _COUNTS else int(word)


def _clock(said: Groups, _: Today) -> Said | None:
    hour = said["hour"]
    number = _NAMES[hour] if hour in _NAMES else _number(hour)
    minute = int(said.get("minute", 0))
    zone = "UTC" if said.get("zone") == "Z" else said.get("zone")
    if zone and zone not in zone_names():
        return None
    if half := said.get("half"):
        return Said(clock=Clock(number % 12 + 12 * (half == "p"), minute), zone=zone)
    return Said(clock=Clock(number, minute, open=1 <= number < 12 and hour[0] != "0"), zone=zone)


def _every(said: Groups, _: Today) -> Said | None:
    unit = said.get("unit", "day")
    if nth := said.get("nth"):
        return Said(repeat=Repeat.MONTHLY, on={"bymonthday": {int(nth[:-2])}})
    if name := said.get("day"):
        return Said(repeat=Repeat.WEEKLY, on={"byweekday": {_weekday(name)}})
    if unit.startswith("weekday"):
        return Said(repeat=Repeat.WEEKDAYS, on={"byweekday": set(range(5))})
    return Said(repeat={"d": Repeat.DAILY, "w": Repeat.WEEKLY, "m": Repeat.MONTHLY}[unit[0]])


def _level(said: Groups, _: Today) -> Said | None:
    return Said(priority=level_of(said["level"]))


WEEKDAY = "|".join(DAYS)
SHORT = "mon|tues?|wed|thu(?:rs?)?|fri"
_ANY_DAY = f"{WEEKDAY}|{SHORT}|sat|sun"
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    "|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
UNIT = "min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|months?|years?"
PART = "|".join(HOURS)
NTH = "(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)"
_LEAD = "(?P<lead>(?:(?:(?:and )?(?:is )?due|by|on|for|until|till|starting) )+)"
_IN_PART = f"(?: (?:in the |at )?(?P<part>{PART}))?"
_NAMED = f"(?:(?P<named>{_ANY_DAY}) )?"
_YEAR = "(?: (?P<year>[0-9]{4}))?"
_COUNT = rf"(?P<count>[0-9]{{1,3}}|{'|'.join(_COUNTS)}) ?(?P<unit>{UNIT})"
_AT = "(?:due )?(?:at |by |@ ?)"
# Only names that no text holds by chance: "eat", "art" and "Turkey" are zones, too.
_ZONE = r"(?: ?(?-i:(?P<zone>UTC|GMT|CET|EET|EST|MST|Z|[A-Z]\w+/[\w/+-]+)))?"
_24 = "(?P<hour>[01]?[0-9]|2[0-3])"
_MIN = "(?P<minute>[0-5][0-9])"
_EVERY = "(?:repeat(?:s|ing|ed)? )?(?:every|each)"


def _day(pattern: str, read: Read, lead: str = f"{_LEAD}?", only: str = "") -> Phrase:
    return Phrase("day", re.compile(f"{lead}(?:{pattern}){_IN_PART}", re.IGNORECASE), read, only)


def _time(pattern: str, only: str = "") -> Phrase:
    return Phrase("time", re.compile(f"{pattern}{_ZONE}{_IN_PART}", re.IGNORECASE), _clock, only)


def _repeat(pattern: str, only: str = "") -> Phrase:
    return Phrase("repeat", re.compile(pattern, re.IGNORECASE), _every, only)


def _more(kind: str, pattern: str, read: Read) -> Phrase:
    return Phrase(kind, re.compile(f"(?:and )?{pattern}", re.IGNORECASE), read, only="end")


PHRASES = (
    _day("today", lambda _, today: Said(today.ahead())),
    _day("tomorrow|tmrw?", lambda _, today: Said(today.ahead(days=1))),
    _day("(?:the )?day after tomorrow", lambda _, today: Said(today.ahead(days=2))),
    _day("tonight", lambda _, today: Said(today.ahead(), part="night")),
    _day(f"this (?P<this>{PART})", lambda said, today: Said(today.ahead(), part=said["this"])),
    _day(rf"{_NAMED}(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<number>[0-9]{{2}})"
         r"(?:T(?P<time>[0-2][0-9]:[0-5][0-9])(?::[0-9]{2})?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?)?", _iso),
    _day(f"{_NAMED}(?:the )?(?P<number>[0-9]{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{MONTH}){_YEAR}", _calendar),
    _day(f"{_NAMED}(?P<month>{MONTH}) (?:the )?(?P<number>[0-9]{{1,2}})(?:st|nd|rd|th)?{_YEAR}", _calendar),
    _day(f"{_NAMED}(?P<number>[0-9]{{1,2}})(?P<sep>[/.])(?P<month>[0-9]{{1,2}})"
         "(?:(?P=sep)(?P<year>[0-9]{4}|[0-9]{2}))?", _calendar),
    _day(f"(?:(?P<which>next|this|coming) )?(?P<day>{WEEKDAY})", _day_of_week),
    _day(f"(?P<which>next|this|coming) (?P<day>{SHORT}|sat|sun)", _day_of_week),
    _day(f"(?P<day>{SHORT}|sat|sun)", _day_of_week, lead=_LEAD),
    _day(f"(?P<day>{SHORT})", _day_of_week, lead="", only="end"),
    _day(f"(?P<day>{SHORT}|sat|sun)", _day_of_week, lead="", only="beside"),
    _day("next (?P<unit>week|month|year)", lambda said, today: _later(said | {"count": "a"}, today)),
    _day("(?:at )?(?:the )?end of (?:the |this )?month", lambda _, today: Said(today.ahead(day=31))),
    _day(f"(?:the )?(?P<nth>{NTH}) of next month",
         lambda said, today: Said(today.ahead(months=1, day=int(said["nth"][:-2])))),
    _day(f"(?:the )?(?P<nth>{NTH})(?: of (?:the|this) month)?",
         lambda said, _: Said(on={"bymonthday": {int(said["nth"][:-2])}}), lead=_LEAD),
    _day(f"(?:in|within|after) {_COUNT}", _later),
    _day(f"{_COUNT} (?:from now|later)", _later),
    _time(f"(?:{_AT})?(?P<hour>1[0-2]|0?[1-9])(?:[:.]{_MIN})? ?(?P<half>[ap])[.]?m"),
    _time(f"(?:{_AT})?{_24}:{_MIN}(?::00)?"),
    _time(f"{_AT}{_24}(?:[.]{_MIN})?(?: ?o'?clock)?"),
    _time(f"{_24} ?o'?clock"),
    _time(f"{_24}(?:[.]{_MIN})?", only="behind"),
    _time(f"{_AT}(?P<hour>{'|'.join([*_NAMES, *_NUMBERS])})(?: ?o'?clock)?"),
    _time(f"(?P<hour>{'|'.join(_NAMES)})", only="beside"),
    _repeat(f"{_EVERY} (?P<unit>day|weekday|week|month)"),
    _repeat(f"{_EVERY} (?P<part>{PART})"),
    _repeat(f"(?:{_EVERY}|{_EVERY} week on|weekly on) (?P<day>{_ANY_DAY})s?"),
    _repeat(f"on (?P<day>{WEEKDAY})s"),
    _repeat(f"(?:{_EVERY} month|monthly) on (?:the )?(?P<nth>{NTH})"),
    _repeat(f"(?:on )?(?:the )?(?P<nth>{NTH}) of (?:every|each) month"),
    _repeat(f"{_EVERY} (?P<nth>{NTH})(?: of the month)?"),
    _repeat("(?P<unit>daily|weekly|monthly)", only="end"),
    _repeat("on (?P<unit>weekdays)"),
    _more("priority", f"(?:(?:with|at|as|of) )?(?:an? )?(?P<level>{LEVEL}) priority", _level),
    _more("priority", f"(?:with )?priority ?[:=]? ?(?P<level>{LEVEL})", _level),
    _more("tag", r"(?:tagged(?: (?:as|with))?|with (?:the )?tag) #?(?P<tag>[\w-]{1,30})",
          lambda said, _: Said(tag=said["tag"])),
)  # fmt: skip
