"""Money, days, times and plurals are written as CLDR has them, in all four languages."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text
from core.dialog.texts.languages import LANGUAGES
from core.dialog.texts.plurals import CATEGORIES, plural_index
from core.kernel.money import exponent

CURRENCIES = ("UAH", "USD", "EUR", "BYN", "JPY", "PLN", "GBP", "KWD")
SUM = compile_text("{sum}", {"sum": SlotType("money")})
DAY = compile_text("{day|date}", {"day": SlotType("date")})
TIME = compile_text("{at|time}", {"at": SlotType("text")})


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_currency_has_the_decimals_of_iso_4217_and_cldr(currency: str) -> None:
    assert exponent(currency) == get_currency_precision(currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(CURRENCIES), st.sampled_from(LANGUAGES))
def test_money_is_written_as_babel_writes_it(amount: int, currency: str, lang: str) -> None:
    written = SUM.render({"sum": {"amount": amount, "currency": currency}}, lang)

    assert written == format_currency(Decimal(amount).scaleb(-exponent(currency)), currency, locale=lang)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_day_is_written_as_babel_writes_it(day: date, lang: str) -> None:
    assert DAY.render({"day": day.isoformat()}, lang) == format_date(day, "long", locale=lang)


@given(st.times(), st.sampled_from(LANGUAGES))
def test_a_time_is_written_as_babel_writes_it(at: time, lang: str) -> None:
    moment = datetime.combine(date(2026, 1, 5), at)

    assert TIME.render({"at": moment.isoformat()}, lang) == format_time(at, "short", locale=lang)


@given(st.integers(-10_000, 10_000), st.sampled_from(LANGUAGES))
def test_the_form_of_a_plural_is_the_one_of_cldr(number: int, lang: str) -> None:
    assert CATEGORIES[lang][plural_index(lang, number)] == Locale.parse(lang).plural_form(abs(number))
