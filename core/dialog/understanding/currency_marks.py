"""How people write currencies: signs, codes and words, each with the ISO codes that it can mean."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import get_currency_symbol, list_currencies

from core.dialog.understanding.normal import normalise

_WORDS: Final = {
    "UAH": "₴ грн гр гривня гривню гривні гривень гривнів гривна гривну гривны гривен грыўня грыўню грыўні грыўняў"
    " hryvnia hryvnias hryvna",
    "USD": "$ долар долари долара доларів доллар доллары доллара долларов даляр даляры даляраў dollar dollars"
    " бакс бакси баксів баксы баксов баксаў buck bucks",
    "EUR": "€ євро евро еўра euro euros",
    "PLN": "zł злотий злоті злотих злотый злотых злоты злотых zloty",
    "GBP": "£ фунт фунти фунта фунтів фунты фунтов фунтаў pound pounds",
    "RUB": "₽ р руб рубль рублі рубля рублів рубли рублей рублі рублёў rub ruble rubles rouble roubles",
    "BYN": "br р руб рубль рублі рубля рублів рубли рублей рублі рублёў ruble rubles rouble roubles",
    "JPY": "¥ єна йена yen",
    "CNY": "¥ юань юані юанів юани юаней yuan",
}
_MINOR: Final = frozenset(
    "коп копійка копійку копійки копійок копейка копейку копейки копеек капейка капейку капейкі капеек"
    " цент центи центів центы центов цэнт цэнты цэнтаў cent cents kop".split()
)
_LANGUAGES: Final = ("uk", "ru", "be", "en")


def _marks() -> dict[str, frozenset[str]]:
    marks: dict[str, set[str]] = {normalise(code): {code} for code in list_currencies()}
    for code, words in _WORDS.items():
        for word in words.split():
            marks.setdefault(normalise(word), set()).add(code)
    return {mark: frozenset(codes) for mark, codes in marks.items()}


_MARKS: Final = _marks()
CURRENCY_WORDS: Final = frozenset(_MARKS) | _MINOR


@lru_cache(maxsize=256)
def _own_marks(currency: str) -> frozenset[str]:
    """The signs that the four languages write this currency with."""
    return frozenset(normalise(get_currency_symbol(currency, Locale.parse(language))) for language in _LANGUAGES)


def currencies_of(mark: str, expected: str) -> frozenset[str]:
    """The currencies that a normalised word or sign can mean; empty when it is none."""
    if mark in _own_marks(expected):
        return frozenset({expected}) | _MARKS.get(mark, frozenset())
    return _MARKS.get(mark, frozenset())


def is_minor(word: str) -> bool:
    """Whether the word counts hundredths: копійка, cent."""
    return word in _MINOR
