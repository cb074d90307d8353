"""Numbers in words up to the millions: Ukrainian, Russian, Belarusian and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# One line a number from 0 to 19: the words of all four languages, in the forms that name a count of something.
_UNDER_TWENTY: Final = (
    "нуль ноль zero",
    "один одна одну одне одно адзін адна адну one",
    "два дві две дзве two",
    "три тры three",
    "чотири четыре чатыры four",
    "п'ять пять пяць five",
    "шість шесть шэсць six",
    "сім семь сем seven",
    "вісім восемь восем eight",
    "дев'ять девять дзевяць nine",
    "десять дзесяць ten",
    "одинадцять одиннадцать адзінаццаць eleven",
    "дванадцять двенадцать дванаццаць twelve",
    "тринадцять тринадцать трынаццаць thirteen",
    "чотирнадцять четырнадцать чатырнаццаць fourteen",
    "п'ятнадцять пятнадцать пятнаццаць fifteen",
    "шістнадцять шестнадцать шаснаццаць sixteen",
    "сімнадцять семнадцать сямнаццаць seventeen",
    "вісімнадцять восемнадцать васямнаццаць eighteen",
    "дев'ятнадцять девятнадцать дзевятнаццаць nineteen",
)
_TENS: Final = (
    "двадцять двадцать дваццаць twenty",
    "тридцять тридцать трыццаць thirty",
    "сорок сорак forty",
    "п'ятдесят пятьдесят пяцьдзясят пяцьдзесят fifty",
    "шістдесят шестьдесят шэсцьдзясят шэсцьдзесят sixty",
    "сімдесят семьдесят семдзесят seventy",
    "вісімдесят восемьдесят восемдзесят eighty",
    "дев'яносто девяносто дзевяноста ninety",
)
_HUNDREDS: Final = (
    "сто",
    "двісті двести дзвесце",
    "триста трыста",
    "чотириста четыреста чатырыста",
    "п'ятсот пятьсот пяцьсот",
    "шістсот шестьсот шэсцьсот",
    "сімсот семьсот семсот",
    "вісімсот восемьсот восемсот",
    "дев'ятсот девятьсот дзевяцьсот",
)
_THOUSAND: Final = (
    "тисяча тисячу тисячі тисяч тысяча тысячу тысячи тысяч тысячы тыщ тыща тыщу тыщи штука штуку thousand thousands"
)
_MILLION: Final = (
    "мільйон мільйона мільйони мільйонів миллион миллиона миллионы миллионов"
    " мільён мільёна мільёны мільёнаў million millions"
)
_ABBREVIATED: Final = {**dict.fromkeys("к k тис тыс".split(), 1000), "млн": 1_000_000}
_SPECIAL: Final = {
    "півтораста": Decimal(150),
    "полтораста": Decimal(150),
    "паўтараста": Decimal(150),
    "півтисячі": Decimal(500),
    "полтысячи": Decimal(500),
    "паўтысячы": Decimal(500),
    "півмільйона": Decimal(500_000),
    "полмиллиона": Decimal(500_000),
    "паўмільёна": Decimal(500_000),
}
_ONE_AND_A_HALF: Final = "півтори півтора полторы полтора паўтары паўтара"


def _table(lines: Sequence[str], first: int, step: int) -> dict[str, Decimal]:
    return {word: Decimal(first + step * place) for place, line in enumerate(lines) for word in line.split()}


_UNITS: Final = _table(_UNDER_TWENTY, 0, 1)
_SMALL: Final = _UNITS | _table(_TENS, 20, 10) | _table(_HUNDREDS, 100, 100)
_SCALES: Final = dict.fromkeys(_THOUSAND.split(), 1000) | dict.fromkeys(_MILLION.replace("ё", "е").split(), 1_000_000)
_WHOLE_GROUPS: Final = {word.replace("ё", "е"): value for word, value in _SPECIAL.items()}
_HALVES: Final = frozenset(_ONE_AND_A_HALF.split())
NUMBER_WORDS: Final = frozenset((*_SMALL, *_SCALES, *_ABBREVIATED, *_WHOLE_GROUPS, *_HALVES, "hundred", "a", "and"))

Token = str | Decimal


@dataclass(slots=True)
class _Sum:
    """What the words came to so far: finished scales, and the group under a thousand that is being said.

    `room` is what the next word of the group must stay below: 100 after "two hundred", 10 after "twenty".
    """

    total: Decimal = Decimal(0)
    group: Decimal | None = None
    room: int = 1000
    last_scale: int = 10**18

    def small(self, value: Decimal) -> bool:
        if value >= self.room or (value == 0 and self.group is not None):
            return False
        self.group = (self.group or 0) + value
        self.room = 100 if value >= 100 else 10 if value >= 20 else 0
        return True

    def hundred(self) -> bool:
        """The English word, which multiplies what was said before it."""
        if self.group is not None and not (1 <= self.group <= 9 and self.room == 0):
            return False
        self.group, self.room = (self.group or Decimal(1)) * 100, 100
        return True

    def whole_group(self, value: Decimal) -> bool:
        """A group in digits, or a word that is complete in itself."""
        if self.group is not None:
            return False
        self.group, self.room = value, 0
        return True

    def scale(self, value: int) -> bool:
        if value >= self.last_scale or self.group == 0:
            return False
        self.total += (1 if self.group is None else self.group) * value
        self.group, self.room, self.last_scale = None, 1000, value
        return True

    @property
    def started(self) -> bool:
        return self.group is not None or self.total > 0

    def result(self) -> Decimal | None:
        if self.group is not None and self.group >= self.last_scale:
            return None
        return self.total + (self.group or 0)


def read_number(tokens: Sequence[Token]) -> Decimal | None:
    """The number that normalised words say, groups in digits as Decimal: `двісті`, `2 тисячі 500`, `півтори тисячі`.

    None when a word is not a number or when the words do not make one ("двадцять сто").
    """
    if not tokens:
        return None
    said = _Sum()
    for place, token in enumerate(tokens):
        if not _take(said, token, last=place + 1 == len(tokens)):
            return None
    return said.result()


def _take(said: _Sum, token: Token, *, last: bool) -> bool:
    if isinstance(token, Decimal):
        return said.whole_group(token)
    word = token.replace("ё", "е")
    if word in _SMALL:
        return said.small(_SMALL[word])
    if word in _SCALES:
        return said.scale(_SCALES[word])
    if word in _ABBREVIATED:
        return said.group is not None and said.scale(_ABBREVIATED[word])
    if word == "hundred":
        return said.hundred()
    if word in _WHOLE_GROUPS:
        return said.whole_group(_WHOLE_GROUPS[word])
    return not last and _take_unfinished(said, word)


def _take_unfinished(said: _Sum, word: str) -> bool:
    """Words after which something must follow: `a hundred`, `hundred and five`, `півтори тисячі`."""
    if word == "a":
        return said.small(Decimal(1))
    if word == "and":
        return said.started
    return word in _HALVES and said.whole_group(Decimal("1.5"))
