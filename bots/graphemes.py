"""Where a text may be cut: borders between extended grapheme clusters.

The rules of Unicode UAX #29 that matter in chats: marks, ZWJ sequences, skin tones, flags, tags, Hangul, CR LF.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_ZWJ: Final = "\u200d"
_ZWNJ: Final = "\u200c"
# A cluster longer than this is no writing but an attack; it may be cut between any two code points.
CLUSTER_MAX: Final = 64


def is_border(text: str, at: int) -> bool:
    """Whether `text` may be cut before index `at`; both ends are borders."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return not (before == "\r" and after == "\n")
    if before < " ":
        return True  # Nothing clings to a line break or another control character (GB4).
    if before == _ZWJ or _extends(after):
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return _flag_letters_before(text, at) % 2 == 0
    return not _joins_hangul(before, after)


def border_before(text: str, at: int) -> int:
    """The last border at or before `at`, or `at` itself inside a cluster of more than `CLUSTER_MAX` code points."""
    for place in range(at, max(at - CLUSTER_MAX, -1), -1):
        if is_border(text, place):
            return place
    return at


def _extends(sign: str) -> bool:
    return (
        sign in (_ZWJ, _ZWNJ)
        or unicodedata.category(sign) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or "\U000e0020" <= sign <= "\U000e007f"
    )


def _is_flag_letter(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    count = 0
    while count < min(at, CLUSTER_MAX) and _is_flag_letter(text[at - 1 - count]):
        count += 1
    return count


def _joins_hangul(before: str, after: str) -> bool:
    """A leading consonant takes what follows; vowels and trailing consonants stay with what precedes them."""
    is_leading = "\u1100" <= before <= "\u115f"
    if is_leading and ("\u1100" <= after <= "\u115f" or "\uac00" <= after <= "\ud7a3"):
        return True
    is_hangul = "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3" or "\ud7b0" <= before <= "\ud7fb"
    return is_hangul and ("\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb")
