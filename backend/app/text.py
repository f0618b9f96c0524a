"""When two texts are the same, and whether one can be read at all.

Texts are kept in Unicode's form NFC. They are compared folded: in one case, without what cannot be seen, and with
one spelling for characters that have several. `fold_text` of the database and `foldText` of the page do the same.
"""

import re
import unicodedata

# Unicode's Default_Ignorable_Code_Point: joiners, fillers, variation selectors, marks of direction. Most of its
# fillers are letters by their category.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
SPACE = "\t-\r\u001c-\u001f \u0085\u1680\u2028\u2029"
_IGNORABLE = re.compile(f"[{IGNORABLE}]+")
_SPACE = re.compile(f"[{SPACE}]+")
_BRAILLE_BLANK = "\u2800"


def compose(text: str) -> str:
    """Return a text in the form in which it is kept: one for whatever keyboard it was typed on."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return what equal texts have in common.

    Lower case alone is not the same for all that is spelled alike: ß is SS in capitals, Σ ends a word as ς, and i has
    its dot in Turkish capitals, too.
    """
    plain = unicodedata.normalize("NFKD", _IGNORABLE.sub("", text))
    plain = plain.lower().upper().lower().replace("ς", "σ").replace("i\u0307", "i")  # noqa: RUF001
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", plain)).strip(" ")


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen."""
    seen = _IGNORABLE.sub("", text)
    return all(char == _BRAILLE_BLANK or unicodedata.category(char)[0] in "CZ" for char in seen)


def words(text: str) -> list[str]:
    """Return a text's words, folded, each once."""
    # Marks belong to letters, which regular expressions do not know.
    letters = (char if unicodedata.category(char)[0] in "LMN" or char == "_" else " " for char in fold(text))
    return list(dict.fromkeys("".join(letters).split()))
