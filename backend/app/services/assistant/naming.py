"""How people speak of todos: "the meeting task", "all my completed todos", "it"."""

import re

from app.services.assistant.arguments import Every
from app.services.assistant.visitor import Visitor

EDGES = " \t\n,;:-–"  # noqa: RUF001 - a dash
"""What may be left beside words when others were taken away."""
THING = r"(?:tasks?|to-? ?dos?|items?|entry|entries|reminders?)"
DONE = r"(?:done|completed?|finished|closed|ticked(?: off)?|checked(?: off)?)"
OPEN = (
    r"(?:not (?:yet )?(?:done|completed?|finished)|undone|unfinished|incomplete|uncompleted|pending|open|active"
    r"|outstanding|remaining)"
)
_ARTICLE = re.compile(r"(?:(?:the|my|our|that|this|a|an) )+", re.IGNORECASE)
_THING_FIRST = re.compile(
    rf"{THING}(?: ?:| (?:called|named|titled|labell?ed|about|for|to|with the (?:title|name))) ?", re.IGNORECASE
)
_THING_LAST = re.compile(rf" (?:{THING}|one|thing)$", re.IGNORECASE)
_ON_LIST = re.compile(rf" (?:to|from|on|in|off|onto) (?:my|the|our) (?:{THING} )?(?:list|{THING})$", re.IGNORECASE)
_EVERY = re.compile(
    rf"(?:everything|(?:all|every|each)(?: of)?(?: (?:my|the|our))?(?: (?P<a>{OPEN}|{DONE}))?(?: (?:{THING}|ones))?"
    rf"(?: (?:that (?:are|is) )?(?P<b>{OPEN}|{DONE}))?"
    rf"|(?:the |my |our )?(?P<c>{OPEN}|{DONE}) (?:tasks|to-? ?dos|items|entries|reminders|ones)"
    rf"|(?:my|the|our) (?:whole|entire) (?:{THING} )?list)",
    re.IGNORECASE,
)


def off_list(text: str) -> str:
    """Drop "to my list" and the like at the end."""
    return _ON_LIST.sub("", text.strip(EDGES))


def name_of(text: str, visitor: Visitor) -> str:
    """Return the words that name a todo: for "the meeting task" that is "meeting"."""
    if quote := visitor.only_quote(text):
        return quote
    whole = off_list(text)
    bare = whole
    for pattern in (_ARTICLE, _THING_FIRST, _ARTICLE):
        if found := pattern.match(bare):
            bare = bare[found.end() :]
    bare = _THING_LAST.sub("", bare)
    return visitor.show(bare.strip(EDGES) or whole)


def every_of(text: str) -> Every | None:
    """Return which todos are meant when it is all of a kind, else None."""
    found = _EVERY.fullmatch(off_list(text))
    if found is None:
        return None
    kind = next((value for value in found.groupdict().values() if value), None)
    if kind is None:
        return "all"
    return "completed" if re.fullmatch(DONE, kind, re.IGNORECASE) else "pending"
