"""Cuts a message into commands: "add milk, then delete the old list" is two."""

import re

_BEFORE = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|well|now|also|and|then|please|pls|kindly|just|assistant)\b[\s,!]*"
    r"|(?:(?:can|could|would|will)\s+you|i(?:'d|\s+would)\s+like\s+(?:you\s+)?to|i\s+want\s+(?:you\s+)?to"
    r"|i\s+need\s+you\s+to|let's|go\s+ahead\s+and)\b\s*)+",
    re.IGNORECASE,
)
_LAST_MANNERS = re.compile(r"(?:^|(?<=[\s,]))(?:please|pls|thanks|thank you|for me)$", re.IGNORECASE)
# What is added may end like that: "write a card to say thank you".
_LAST_MANNERS_ADDING = re.compile(r"(?:(?<=\s)(?:please|pls)|(?<=[,.!?]\s)(?:thanks|thank you))$", re.IGNORECASE)
_SOFT = re.compile(
    r"[.!?]\s(?:and\s)?(?:then\s)?|,\s?(?:and\s)?(?:then\s)?|\s(?:and\s)?then\s|\sand\s(?:also\s)?", re.IGNORECASE
)
_ABBREVIATION = re.compile(r"(?:^|.*\W)(?:\w|[A-Z]\w{1,3}|vs|etc|approx)")

_VERB = (
    r"add|create|make|remind\s+me|note|list|show|display|search|find|complete|finish|mark|check\s+off|tick|delete|remove"
    r"|erase|get\s+rid\s+of|trash|drop|rename|change|update|set|move|reschedule|postpone|push|undo|reopen|prioriti[sz]e"
    r"|raise|lower|clear"
)
_COMMAND = re.compile(rf"(?:please\s+|also\s+)?(?:{_VERB})\b", re.IGNORECASE)
# After "add …", where "and finish the report" can be a part of the title: what only a command says.
_CLEAR_COMMAND = re.compile(
    r"(?:please\s+|also\s+)?(?:"
    r"add\b|create\s+a\b|remind\s+me\b|rename\b|undo\b|(?:list|show)\s+(?:me\s+|all\s+|my\s+)*(?:\w+\s+)?(?:todos|tasks)\b"
    r"|mark\b.+\b(?:done|complete|completed|finished)\b|set\b.+\bto\b"
    rf"|(?:{_VERB})\b.+\b(?:task|todo|to-do|item)s?\b|(?:{_VERB})\s+[\ue000-\uf8ff])",
    re.IGNORECASE,
)
_ADDS = re.compile(r"(?:add|create|new|remind\s+me|note|todo|i\s+(?:need|have)\s+to)\b", re.IGNORECASE)
_HEADING = re.compile(r"(?:please\s)?(?:add|create|new)\b[^:]{0,40}:", re.IGNORECASE)


def without_manners(text: str) -> str:
    """Drop "could you … please" around a command."""
    text = _BEFORE.sub("", " ".join(text.split()), count=1)
    manners = _LAST_MANNERS_ADDING if _ADDS.match(text) else _LAST_MANNERS
    while found := manners.search(text := text.rstrip(" ,.!?…"), max(0, len(text) - 12)):
        text = text[: found.start()]
    return text


def split_clauses(text: str) -> list[str]:
    """Cut a text whose quotes are hidden into its commands. Lines below "add …" are more to add."""
    clauses: list[str] = []
    adding = False
    for sentence in re.split(r"\s*[;\n]\s*", text):
        line = " ".join(sentence.lstrip("-*• \t").split())
        if _HEADING.fullmatch(line):
            adding = True
            continue
        if adding and line and not _COMMAND.match(without_manners(line)):
            clauses.append(f"add {line}")
        else:
            clauses += filter(None, _split_line(line))
            adding = bool(clauses) and _ADDS.match(clauses[-1]) is not None
    return clauses


def _split_line(line: str) -> list[str]:
    clauses = []
    position = 0
    for joint in _SOFT.finditer(line):
        begun = without_manners(line[position : joint.start()])
        if _COMMAND.match(without_manners(line[joint.end() :])):
            ends = not _ADDS.match(begun) or bool(_CLEAR_COMMAND.match(line, joint.end()))
        else:  # a sentence ends with a full stop; what is added may hold some, and any title one as in "Dr."
            ends = joint[0][0] in ".!?" and not (_ADDS.match(begun) or _ABBREVIATION.fullmatch(begun))
        if ends:
            clauses.append(begun)
            position = joint.end()
    return [*clauses, without_manners(line[position:])]
