"""Money as people of a language write it: `1 234,50 ₴`. The pattern comes from babel once a language and currency."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from core.kernel.money import exponent


class _Pattern(NamedTuple):
    """`units`: how many minor ones make a whole one, 1 where there are none."""

    before: str
    after: str
    group: str
    point: str
    units: int


@lru_cache(maxsize=1024)
def _pattern(language: str, currency: str) -> _Pattern:
    locale = Locale.parse(language)
    standard = locale.currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale)
    before, after = (part.replace("¤", symbol) for part in (standard.prefix[0], standard.suffix[0]))
    return _Pattern(before, after, get_group_symbol(locale), get_decimal_symbol(locale), 10 ** exponent(currency))


def format_money(value: Mapping[str, Any], language: str) -> str:
    """`value` is stored money. Separators and the place of the symbol are the language's, decimals the currency's."""
    before, after, group, point, units = _pattern(language, value["currency"])
    amount = value["amount"]
    if type(amount) is not int:
        raise TypeError("stored money counts whole minor units")
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), units)
    written = f"{whole:,}".replace(",", group) if whole > 999 else str(whole)
    if units == 1:
        return f"{sign}{before}{written}{after}"
    return f"{sign}{before}{written}{point}{str(units + rest)[1:]}{after}"
