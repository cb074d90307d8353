"""Words that take an answer back: `ні, 500`, `не на той номер`, `not from that card`, `зміни суму на 300`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.dialog.understanding.entities import card_role, is_card_word
from core.dialog.understanding.normal import normalise

_ENDS: Final = ",.;:!-–—"
_LONGEST: Final = 12
_DENIALS: Final = frozenset(
    "ні нє не нет no not nope ой ox упс oops помилка помилився помилилась помилилася ошибка ошибся ошиблась"
    " памылка памыліўся памылілася вибач вибачте извини извините прабач прабачце sorry"
    " точніше точнее дакладней actually rather wait стривай зачекай погоди подожди пачакай"
    " зміни змініть змінити измени измените изменить поменяй поменять змяні змяніце змяніць change make"
    " краще лучше лепш better інша іншу іншої інший другая другую другой іншая іншую іншай other another wrong".split()
)
_FILLERS: Final = frozenset(
    "на до з із зі с со из to for from with the a it is be so"
    " цієї цю ту тієї той та те це этой эту того то гэтай гэту тую таго that this"
    " хай нехай буде пусть будет няхай будзе треба нужно надо трэба".split()
)
_BUT: Final = frozenset(("а", "але", "но", "but", "instead"))
# Beginnings of the words for what is asked, with the kinds of slots that they name.
_KINDS: Final = (
    ("сум", frozenset(("money",))),
    ("sum", frozenset(("money",))),
    ("amount", frozenset(("money",))),
    ("номер", frozenset(("phone", "payee"))),
    ("нумар", frozenset(("phone", "payee"))),
    ("телефон", frozenset(("phone", "payee"))),
    ("тэлефон", frozenset(("phone", "payee"))),
    ("phone", frozenset(("phone", "payee"))),
    ("number", frozenset(("phone", "payee"))),
    ("отримувач", frozenset(("payee",))),
    ("одержувач", frozenset(("payee",))),
    ("получател", frozenset(("payee",))),
    ("атрымальнік", frozenset(("payee",))),
    ("recipient", frozenset(("payee",))),
    ("payee", frozenset(("payee",))),
    ("дат", frozenset(("date",))),
    ("date", frozenset(("date",))),
)
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Correction:
    """`words`: what is meant instead, "" when that is not said. `denied`: the text begins by taking something back.

    `kinds`: the kinds of slots that it names; empty when it names none.
    """

    words: str
    denied: bool
    kinds: frozenset[str] = _NOTHING


def read_correction(text: str) -> Correction:
    """Any text is read; one that neither denies nor names anything comes back as it is."""
    words = normalise(text).split()
    if len(words) > _LONGEST:
        return Correction(text, denied=False)
    denied, kinds, at, before = False, _NOTHING, 0, ""
    while at < len(words):
        bare = words[at].strip(_ENDS)
        named = _named(before, bare)
        if not (bare in _DENIALS or named or (bare in _FILLERS and (denied or kinds)) or not bare):
            break
        denied = denied or bare in _DENIALS
        kinds, before, at = kinds | named, bare, at + 1
    rest = words[at:]
    for place, word in enumerate(rest):
        if denied and word in _BUT:
            rest = rest[place + 1 :]
            break
    while denied and rest and rest[0] in _FILLERS:
        rest = rest[1:]
    return Correction(" ".join(rest), denied, kinds) if denied or kinds else Correction(text, denied=False)


def _named(before: str, word: str) -> frozenset[str]:
    if is_card_word(word):
        return frozenset((card_role(before, word),))
    return next((kinds for beginning, kinds in _KINDS if word.startswith(beginning)), _NOTHING)
