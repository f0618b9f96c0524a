"""Cuts a message into commands: "add milk, then delete the old list" is two."""

import re

_QUOTED = re.compile(
    r"[\"“„«]([^\"“”„«»]+)[\"”“»]|(?<!\w)['‘’]([^'‘’]+)['’](?!\w)|`([^`]+)`"  # noqa: RUF001 - what phones write
)
_APOSTROPHE = re.compile(r"\b(what|where|it|let|i|don|mustn|shouldn)’(?=(?:s|t|m|d|ve)\b)", re.IGNORECASE)  # noqa: RUF001
_FIRST_MARK = 0xE000  # Unicode's private use: no keyboard writes these
_MARKS = re.compile("[\ue000-\uf8ff]")

_BEFORE = re.compile(
    r"(?:(?:hey|hi|hello|ok|okay|so|well|now|also|and|then|please|pls|kindly|just|assistant)\b[\s,!]*"
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

_ADD = re.compile(r"add\b", re.IGNORECASE)
_HEADING = re.compile(r"(?:please\s)?(?:add|create|new)\b[^:]{0,40}:", re.IGNORECASE)


class Quotes:
    """What stood in quotation marks, each replaced by one mark, so that no rule looks inside."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []
        """Each without and with its quotation marks."""

    def hide(self, text: str) -> str:
        """Replace what is quoted."""
        return _APOSTROPHE.sub(r"\1'", _QUOTED.sub(self._mark, _MARKS.sub("", text)))

    def show(self, text: str) -> str:
        """Put back what was quoted, with its quotation marks."""
        return _MARKS.sub(lambda found: self._texts[ord(found[0]) - _FIRST_MARK][1], text)

    def title(self, text: str) -> str:
        """Put back what was quoted; around the whole of a title quotation marks only say where it ends."""
        return self._texts[ord(text) - _FIRST_MARK][0] if _MARKS.fullmatch(text) else self.show(text)

    def _mark(self, found: re.Match[str]) -> str:
        text = next(group for group in found.groups() if group is not None).strip()
        if not text or len(self._texts) >= 1000:
            return found[0]
        self._texts.append((text, found[0]))
        return chr(_FIRST_MARK + len(self._texts) - 1)

    @staticmethod
    def only_mark(text: str) -> str | None:
        """Return the one mark of a text that quotes once, else None."""
        marks = _MARKS.findall(text)
        return marks[0] if len(marks) == 1 else None


def without_manners(text: str) -> str:
    """Drop "could you … please" around a command."""
    text = " ".join(text.split())
    if found := _BEFORE.match(text):
        text = text[found.end() :]
    manners = _LAST_MANNERS_ADDING if _ADDS.match(text) else _LAST_MANNERS
    before = None
    while text != before:
        before = text
        text = text.rstrip(" ,.!?…")
        if found := manners.search(text, max(0, len(text) - 12)):
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
            continue
        clauses += [clause for clause in _split_line(line) if clause]
        adding = bool(clauses) and _ADD.match(clauses[-1]) is not None
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
