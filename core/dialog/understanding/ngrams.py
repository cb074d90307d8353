"""Words cut into overlapping pieces, so that endings and slips change few of them and no language need be known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import Final

from core.dialog.understanding.normal import words_of

_SIZES: Final = range(2, 6)
_LONGEST: Final = 200  # What is longer is a letter, not a wish; its beginning decides.
# Words that people put around any wish at all.
_FILLERS: Final = frozenset(
    "хочу хотів хотіла мені треба потрібно потрібна потрібен потрібні будь ласка підкажи підкажіть скажи скажіть би щоб"
    " хотел хотела мне надо нужно нужна нужен нужны пожалуйста подскажи подскажите скажите бы чтобы"
    " хачу трэба патрэбна патрэбны патрэбен калі"
    " i want to would like need can could you please me a the tell let".split()
)


def ngrams(text: str) -> dict[str, None]:
    """The pieces of 2 to 5 signs of every word with a space on either side, each once, in order of appearance.

    Words with a digit in them say which sum or card is meant, not what is wished: they are left out. So are words like
    "please" and "I want", unless there are no others.
    """
    found: dict[str, None] = {}
    for word in telling_words(text):
        padded = f" {word} "
        found.update(dict.fromkeys(_cutter(len(padded))(padded)))
    return found


def telling_words(text: str) -> list[str]:
    """The words that may tell what is wished, as far as is read."""
    words = [word for word in words_of(text)[:_LONGEST].split() if word.isalpha() or not _has_digit(word)]
    return [word for word in words if word not in _FILLERS] or words


@cache
def _cutter(length: int) -> Callable[[str], tuple[str, ...]]:
    """All pieces of a text of this length, at most 202 signs and at least 3, so that there are several."""
    return itemgetter(*(slice(at, at + size) for size in _SIZES for at in range(length - size + 1)))


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)
