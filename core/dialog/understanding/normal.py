"""One spelling for what a keyboard, a phone or a copy-and-paste may spell in many ways."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 4096  # The longest message of any channel; what comes after is not read.
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Cs", "Co"})
_VARIATION: Final = re.compile("[\ufe00-\ufe0f]")  # They choose between a coloured and a plain picture.
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’ʼ`´‘ʹ′", "'"))
HYPHEN: Final = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
# Nothing in these needs NFKC, and folding their case does not lead out of them: letters of ASCII and of Cyrillic.
_PLAIN: Final = re.compile(r"[ -_a-~\u0400-\u0481\u048a-\u052f]*")
_NOT_WORD: Final = re.compile(r"[^\w']+")


def normalise(text: str) -> str:
    """NFKC, case folded, one kind of apostrophe, nothing invisible, single spaces. Idempotent."""
    text = text[:MAX_LENGTH]
    if _PLAIN.fullmatch(text):
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = _VARIATION.sub("", folded if folded.isprintable() else "".join(map(_visible, folded)))
    return " ".join(unicodedata.normalize("NFKC", visible.translate(_APOSTROPHES)).split())


def _visible(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in _INVISIBLE else sign


def only_plain_digits(text: str) -> bool:
    """False when the text has superscripts, circled digits or fractions, which NFKC would make into other numbers."""
    return text.isascii() or all(unicodedata.category(sign) != "No" for sign in text)


def is_empty(text: str) -> bool:
    """Whether nothing that can be seen was typed."""
    return not normalise(text)


def words_of(text: str) -> str:
    """The normalised text without punctuation and pictures; as it is when nothing else is in it."""
    normal = normalise(text)
    bare = _NOT_WORD.sub(" ", normal).replace("ё", "е").split()
    return " ".join(word.strip("'") for word in bare).strip() or normal
