"""The words for numbers in Ukrainian, Russian, Belarusian and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
ABBREVIATED: Final = {**dict.fromkeys("к k тис тыс".split(), 1000), "млн": 1_000_000}
_SPECIAL: Final = {
    **dict.fromkeys("півтораста полтораста паўтараста".split(), Decimal(150)),
    **dict.fromkeys("півсотні полсотни паўсотні полтинник полтіннік".split(), Decimal(50)),
    **dict.fromkeys("п'ятихатка п'ятихатку пятихатка пятихатку".split(), Decimal(500)),
    **dict.fromkeys("півтисячі полтысячи паўтысячы".split(), Decimal(500)),
    **dict.fromkeys("півмільйона полмиллиона паўмільёна".split(), Decimal(500_000)),
}
# What a scale must follow: "півтори тисячі", "пів мільйона".
HALVES: Final = {
    **dict.fromkeys("півтори півтора полторы полтора паўтары паўтара".split(), Decimal("1.5")),
    **dict.fromkeys("пів пол паў half".split(), Decimal("0.5")),
}
AND_A_HALF: Final = frozenset((("з", "половиною"), ("с", "половиной"), ("з", "паловай"), ("and", "a", "half")))


def _table(lines: Sequence[str], first: int, step: int) -> dict[str, Decimal]:
    return {word: Decimal(first + step * place) for place, line in enumerate(lines) for word in line.split()}


def plain(word: str) -> str:
    """A word as it is looked up: without soft signs and apostrophes, which people leave out."""
    return word.replace("ё", "е").replace("ь", "").replace("'", "")


def _values(words: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {plain(word): value for word, value in words.items()}


_UNITS: Final = _table(_UNDER_TWENTY, 0, 1)
SMALL: Final = _values(_UNITS | _table(_TENS, 20, 10) | _table(_HUNDREDS, 100, 100))
HUNDRED_WORDS: Final = frozenset(map(plain, _HUNDRED.split()))
SCALES: Final = dict.fromkeys(map(plain, _THOUSAND.split()), 1000) | dict.fromkeys(
    map(plain, _MILLION.split()), 1_000_000
)
WHOLE_GROUPS: Final = _values(_SPECIAL)

# Every word that numbers are read from, as it is spelled.
_LINES: Final = (*_UNDER_TWENTY, *_TENS, *_HUNDREDS, _HUNDRED, _THOUSAND, _MILLION)
_JOINING: Final = {"a": None, "and": None} | {word: None for words in AND_A_HALF for word in words}
NUMBER_WORDS: Final = frozenset(
    (*(word for line in _LINES for word in line.split()), *ABBREVIATED, *_SPECIAL, *HALVES, *_JOINING)
)
