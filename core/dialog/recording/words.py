"""Which of a customer's words may be written down: those that the bank's own flows and the engine know, no others.

A name, an address or a number is in no list of the bank's, so it does not stay; and a sentence of nothing but known
words is understood again exactly as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.dialog.recording.stand_ins import PHONE, UNREADABLE, last_digits, small
from core.dialog.understanding.answers import ANSWER_WORDS
from core.dialog.understanding.currency_marks import CURRENCY_WORDS
from core.dialog.understanding.engine_words import ENGINE_WORDS
from core.dialog.understanding.normal import normalise
from core.dialog.understanding.number_tables import NUMBER_WORDS
from core.dialog.understanding.small_talk import SMALL_TALK

_LONGEST: Final = 200
_WORD: Final = re.compile(r"[\w']+")
_DIGITS: Final = re.compile(r"\d+")
_COMMAND: Final = re.compile(r"/([a-z][a-z0-9_]{0,39})")


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Every word of the texts, as `Words` looks for it."""
    return frozenset(word for text in texts for word in _WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    return normalise(text).replace("ё", "е")


_ALWAYS: Final = words_in([*SMALL_TALK, *ENGINE_WORDS, *ANSWER_WORDS, *NUMBER_WORDS, *CURRENCY_WORDS])


@dataclass(frozen=True, slots=True)
class Words:
    """`phrases`: the words of the flows' phrases. `literals`: what their formulas compare with. `commands` without
    the stroke, `links` as in start links."""

    phrases: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    commands: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    def kept(self, text: str, sum_words: str = "") -> tuple[str, bool]:
        """The text with an х for each letter of an unknown word, and whether nothing had to be replaced.

        `sum_words` were understood as a sum, so their figures may stay, unless they are as many as a phone has.
        """
        plain = _plain(text[: _LONGEST + 1])
        command = _COMMAND.fullmatch(plain)
        if command is not None and command[1] in self.commands:
            return plain, True
        whole = len(text) <= _LONGEST
        said = sum_words.split() if sum_words and is_short(sum_words) else ()
        if whole and all(word in self.phrases or word in said or word in _ALWAYS for word in plain.split()):
            return plain, True
        figures = frozenset(_DIGITS.findall(sum_words)) if sum_words and is_short(sum_words) else frozenset()
        parts = []
        last = 0
        for match in _WORD.finditer(plain):
            word = match[0]
            if word in self.phrases or word in _ALWAYS or self._is_sum(word, figures):
                continue
            whole = False
            parts += [plain[last : match.start()], _unknown(word)]
            last = match.end()
        return ("".join([*parts, plain[last:]]), whole) if parts else (plain, whole)

    def _is_sum(self, word: str, figures: frozenset[str]) -> bool:
        found = _DIGITS.findall(word) if figures else None
        return bool(found) and figures.issuperset(found or ()) and _DIGITS.sub("", word) in _UNITS


_UNITS: Final = _ALWAYS | {""}


def _unknown(word: str) -> str:
    return ("0" if word.isdigit() else "x" if word.isascii() else "х") * len(word)


def is_short(sum_words: str) -> bool:
    """Fewer figures than a phone has."""
    return sum(map(len, _DIGITS.findall(sum_words))) < 9


def said_in(said: str, kind: str, conversation: str) -> str:
    """Words that were read as a value of this kind, with stand-ins where they are personal."""
    if kind == "money":
        return sum_in(said)
    digits = "".join(_DIGITS.findall(said))
    if kind in ("card", "payee", "phone") and len(digits) == _LAST:
        return last_digits(digits, conversation)
    if kind in ("phone", "payee"):
        return PHONE if digits else said and UNREADABLE
    if kind == "date":
        return said if len(digits) <= _DATE_DIGITS else UNREADABLE
    return said and UNREADABLE


SAID: Final = frozenset(("money", "phone", "payee", "card", "date"))
_LAST: Final = 4
_DATE_DIGITS: Final = 8


def sum_in(sum_words: str) -> str:
    """The words of a sum, as they may be written down."""
    return sum_words if is_short(sum_words) else str(small(int("".join(_DIGITS.findall(sum_words))[:15] or 0)))
