"""Numbers in words up to the millions: Ukrainian, Russian, Belarusian and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# One line a number from 0 to 19: the words of all four languages, in the forms that name a count of something, then in
# those that follow "a transfer of". Soft signs and apostrophes are not looked at, as people leave them out.
_UNDER_TWENTY: Final = (
    "нуль ноль zero нуля ноля",
    "один одна одну одне одно адзін адна адну one одного однієї одной аднаго адной",
    "два дві две дзве two двох двух дзвюх",
    "три тры three трьох трех трох",
    "чотири четыре чатыры four чотирьох четырех чатырох",
    "п'ять пять пяць five п'яти пяти пяці",
    "шість шесть шэсць six шести шасці",
    "сім семь сем seven семи сямі",
    "вісім восемь восем eight восьми васьмі",
    "дев'ять девять дзевяць nine дев'яти девяти дзевяці",
    "десять дзесяць ten десяти дзесяці",
    "одинадцять одиннадцать адзінаццаць eleven одинадцяти одиннадцати адзінаццаці",
    "дванадцять двенадцать дванаццаць twelve дванадцяти двенадцати дванаццаці",
    "тринадцять тринадцать трынаццаць thirteen тринадцяти тринадцати трынаццаці",
    "чотирнадцять четырнадцать чатырнаццаць fourteen чотирнадцяти четырнадцати чатырнаццаці",
    "п'ятнадцять пятнадцать пятнаццаць fifteen п'ятнадцяти пятнадцати пятнаццаці",
    "шістнадцять шестнадцать шаснаццаць sixteen шістнадцяти шестнадцати шаснаццаці",
    "сімнадцять семнадцать сямнаццаць seventeen сімнадцяти семнадцати сямнаццаці",
    "вісімнадцять восемнадцать васямнаццаць eighteen вісімнадцяти восемнадцати васямнаццаці",
    "дев'ятнадцять девятнадцать дзевятнаццаць nineteen дев'ятнадцяти девятнадцати дзевятнаццаці",
)
_TENS: Final = (
    "двадцять двадцать дваццаць twenty двадцяти двадцати дваццаці",
    "тридцять тридцать трыццаць thirty тридцяти тридцати трыццаці",
    "сорок сорак forty сорока сарака",
    "п'ятдесят пятьдесят пяцьдзясят пяцьдзесят fifty п'ятдесяти пятидесяти пяцідзесяці",
    "шістдесят шестьдесят шэсцьдзясят шэсцьдзесят sixty шістдесяти шестидесяти шасцідзесяці",
    "сімдесят семьдесят семдзесят seventy сімдесяти семидесяти сямідзесяці",
    "вісімдесят восемьдесят восемдзесят eighty вісімдесяти восьмидесяти васьмідзесяці",
    "дев'яносто девяносто дзевяноста ninety дев'яноста девяноста",
)
_HUNDREDS: Final = (
    "сто ста",
    "двісті двести дзвесце двохсот двухсот двухсот",
    "триста трыста трьохсот трехсот трохсот",
    "чотириста четыреста чатырыста чотирьохсот четырехсот чатырохсот",
    "п'ятсот пятьсот пяцьсот п'ятисот пятисот пяцісот",
    "шістсот шестьсот шэсцьсот шестисот шасцісот",
    "сімсот семьсот семсот семисот сямісот",
    "вісімсот восемьсот восемсот восьмисот васьмісот",
    "дев'ятсот девятьсот дзевяцьсот дев'ятисот девятисот дзевяцісот",
)
_HUNDRED: Final = "hundred сотня сотню сотні сотень сотни сотен соцень сотка сотку"
_THOUSAND: Final = (
    "тисяча тисячу тисячі тисяч тысяча тысячу тысячи тысяч тысячы тыщ тыща тыщу тыщи штука штуку штуки"
    " thousand thousands"
)
_MILLION: Final = (
    "мільйон мільйона мільйони мільйонів миллион миллиона миллионы миллионов"
    " мільён мільёна мільёны мільёнаў million millions"
)
_ABBREVIATED: Final = {**dict.fromkeys("к k тис тыс".split(), 1000), "млн": 1_000_000}
_SPECIAL: Final = {
    **dict.fromkeys("півтораста полтораста паўтараста".split(), Decimal(150)),
    **dict.fromkeys("півсотні полсотни паўсотні полтинник полтіннік".split(), Decimal(50)),
    **dict.fromkeys("п'ятихатка п'ятихатку пятихатка пятихатку".split(), Decimal(500)),
    **dict.fromkeys("півтисячі полтысячи паўтысячы".split(), Decimal(500)),
    **dict.fromkeys("півмільйона полмиллиона паўмільёна".split(), Decimal(500_000)),
}
# What a scale must follow: "півтори тисячі", "пів мільйона".
_HALVES: Final = {
    **dict.fromkeys("півтори півтора полторы полтора паўтары паўтара".split(), Decimal("1.5")),
    **dict.fromkeys("пів пол паў half".split(), Decimal("0.5")),
}
_AND_A_HALF: Final = frozenset((("з", "половиною"), ("с", "половиной"), ("з", "паловай"), ("and", "a", "half")))
_HALF: Final = "½"  # How the words above are noted; nobody can write it, as it is no plain digit.


def _table(lines: Sequence[str], first: int, step: int) -> dict[str, Decimal]:
    return {word: Decimal(first + step * place) for place, line in enumerate(lines) for word in line.split()}


def _plain(word: str) -> str:
    return word.replace("ё", "е").replace("ь", "").replace("'", "")


def _values(words: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {_plain(word): value for word, value in words.items()}


_UNITS: Final = _table(_UNDER_TWENTY, 0, 1)
_SMALL: Final = _values(_UNITS | _table(_TENS, 20, 10) | _table(_HUNDREDS, 100, 100))
_HUNDRED_WORDS: Final = frozenset(map(_plain, _HUNDRED.split()))
_SCALES: Final = dict.fromkeys(map(_plain, _THOUSAND.split()), 1000) | dict.fromkeys(
    map(_plain, _MILLION.split()), 1_000_000
)
_WHOLE_GROUPS: Final = _values(_SPECIAL)
_LINES: Final = (*_UNDER_TWENTY, *_TENS, *_HUNDREDS, _HUNDRED, _THOUSAND, _MILLION)
NUMBER_WORDS: Final = frozenset(
    (*(word for line in _LINES for word in line.split()), *_ABBREVIATED, *_SPECIAL, *_HALVES)
    + ("a", "and", *(word for words in _AND_A_HALF for word in words))
)

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
        """A word that multiplies what was said before it: "two hundred", "twelve hundred", "півтори сотні"."""
        count = Decimal(1) if self.group is None else self.group
        if self.group is not None and (self.room or not 0 < count < 100 or count % 10 == 0):
            return False
        self.group, self.room = count * 100, 100 if count == int(count) else 0
        return True

    def and_a_half(self) -> bool:
        """Behind a count of what is still to be said: "two and a half thousand"."""
        if self.group is None or self.group != int(self.group):
            return False
        self.group, self.room = self.group + Decimal("0.5"), 0
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
    tokens = _with_halves(tokens)
    for place, token in enumerate(tokens):
        if not _take(said, token, last=place + 1 == len(tokens)):
            return None
    return said.result()


def _with_halves(tokens: Sequence[Token]) -> Sequence[Token]:
    """The words that mean "and a half" as one token, and "half a" as "half"."""
    noted: list[Token] = []
    for token in tokens:
        noted.append(token)
        if tuple(noted[-2:]) in _AND_A_HALF:
            noted[-2:] = [_HALF]
        elif tuple(noted[-3:]) in _AND_A_HALF:
            noted[-3:] = [_HALF]
        elif noted[-2:] == ["half", "a"]:
            noted.pop()
    return noted


def _take(said: _Sum, token: Token, *, last: bool) -> bool:
    if isinstance(token, Decimal):
        return said.whole_group(token)
    word = _plain(token)
    if word in _SMALL:
        return said.small(_SMALL[word])
    if word in _SCALES:
        return said.scale(_SCALES[word])
    if word in _ABBREVIATED:
        return said.group is not None and said.scale(_ABBREVIATED[word])
    if word in _HUNDRED_WORDS:
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
    if word == _HALF:
        return said.and_a_half()
    return word in _HALVES and said.whole_group(_HALVES[word])
