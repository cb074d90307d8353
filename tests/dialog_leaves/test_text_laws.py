"""Our own fast formatting says what babel says, in every language and for every sum."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text
from core.dialog.texts.languages import LANGUAGES
from core.dialog.texts.plurals import CATEGORIES, plural_index

languages = st.sampled_from(LANGUAGES)
currencies = st.sampled_from(["UAH", "BYN", "RUB", "USD", "EUR", "PLN", "GBP", "JPY", "KWD"])
SHOWN = compile_text("{sum}", {"sum": SlotType("money")})


@given(st.integers(-(10**15), 10**15), currencies, languages)
def test_money_is_written_as_babel_writes_it(amount: int, currency: str, language: str) -> None:
    decimals = {"JPY": 0, "KWD": 3}.get(currency, 2)
    expected = format_currency(Decimal(amount).scaleb(-decimals), currency, locale=language)

    assert SHOWN.render({"sum": {"amount": amount, "currency": currency}}, language) == expected


@given(st.integers(0, 10**9), languages)
def test_the_plural_form_is_the_one_of_the_unicode_rules(number: int, language: str) -> None:
    category = Locale.parse(language).plural_form(number)

    assert CATEGORIES[language][plural_index(language, number)] == category


@pytest.mark.parametrize(
    ("number", "form"), [(0, "карток"), (1, "картка"), (2, "картки"), (5, "карток"), (11, "карток"), (21, "картка")]
)
def test_the_slavic_forms_go_with_their_numbers(number: int, form: str) -> None:
    text = compile_text("{n|plural: картка, картки, карток}", {"n": SlotType("int")})

    assert text.render({"n": number}, "uk") == form


def test_a_plural_with_too_few_forms_falls_back_to_its_last_one() -> None:
    text = compile_text("{n|plural: card, cards}", {"n": SlotType("int")})

    assert text.render({"n": 7}, "uk") == "cards"
