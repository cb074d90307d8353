"""Sums of money as people type them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text
from core.dialog.understanding import AmountProblem, find_amount, read_amount
from core.kernel.money import Money

SHOWN = compile_text("{sum}", {"sum": SlotType("money")})


@pytest.mark.parametrize(
    ("text", "minor_units"),
    [
        ("200", 20_000),
        (" 200. ", 20_000),
        ("200!", 20_000),
        ("200,5", 20_050),
        ("200.50", 20_050),
        ("0.01", 1),
        ("1 000,50", 100_050),
        ("1\u00a0000,50", 100_050),
        ("1\u202f000", 100_000),
        ("12 000 000", 1_200_000_000),
        ("1'000", 100_000),
        ("1’000.20", 100_020),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("1,234,567", 123_456_700),
        ("1.234.567,8", 123_456_780),
        ("1234,5", 123_450),
        ("２００", 20_000),
        ("2\u200b00", 20_000),
        ("1,5к", 150_000),
        ("1.5k", 150_000),
        ("1,5 тис", 150_000),
        ("5 тыс. грн", 500_000),
        ("2 тисячі 500", 250_000),
        ("3 млн", 300_000_000),
        ("200 грн", 20_000),
        ("200грн.", 20_000),
        ("200 UAH", 20_000),
        ("₴200", 20_000),
        ("200₴", 20_000),
        ("грн 200", 20_000),
        ("200 гривень 50 копійок", 20_050),
        ("сто гривен пять копеек", 10_005),
        ("50 коп", 50),
        ("сто грн", 10_000),
        ("двісті", 20_000),
        ("двести", 20_000),
        ("дзвесце", 20_000),
        ("two hundred", 20_000),
        ("a hundred", 10_000),
        ("Двадцять п'ять", 2_500),
        ("двадцять п’ять", 2_500),
        ("twenty-five", 2_500),
        ("one hundred and five", 10_500),
        ("one thousand and five", 100_500),
        ("сто двадцать пять тысяч триста одна гривна", 12_530_100),
        ("мільйон двісті тисяч", 120_000_000),
        ("два мільёны", 200_000_000),
        ("тысяча", 100_000),
        ("півтори тисячі", 150_000),
        ("полторы тысячи", 150_000),
        ("паўтары тысячы", 150_000),
        ("півтора мільйона", 150_000_000),
        ("полтораста", 15_000),
        ("півтисячі", 50_000),
        ("9 999 999 999,99", 999_999_999_999),
    ],
)
def test_a_sum_in_hryvnias_is_read(text: str, minor_units: int) -> None:
    assert read_amount(text, "UAH") == Money(minor_units, "UAH")


@pytest.mark.parametrize(
    ("text", "currency", "minor_units"),
    [
        ("25 рублёў", "BYN", 2_500),
        ("25 рублей", "RUB", 2_500),
        ("10 br", "BYN", 1_000),
        ("10 руб 20 коп", "BYN", 1_020),
        ("$5", "USD", 500),
        ("п'ять доларів", "USD", 500),
        ("1.234", "JPY", 1_234),
        ("1,234 ¥", "JPY", 1_234),
        ("1.2345", "CLF", 12_345),
        ("1,50", "KWD", 1_500),
    ],
)
def test_a_sum_in_another_currency_of_the_slot_is_read(text: str, currency: str, minor_units: int) -> None:
    assert read_amount(text, currency) == Money(minor_units, currency)


@pytest.mark.parametrize("text", ["1.234", "1,000", "12.345", "100,500", "1.500к", "₴ 1,234"])
def test_three_digits_behind_the_only_separator_could_be_a_thousand_times_more_and_are_refused(text: str) -> None:
    assert read_amount(text, "UAH") is AmountProblem.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.001", "UAH"),
        ("1 000,505", "UAH"),
        ("1,234.567", "UAH"),
        ("1.5", "JPY"),
        ("1.0000000000001", "UAH"),
        ("5 грн 1,5 коп", "UAH"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused_and_not_rounded(text: str, currency: str) -> None:
    assert read_amount(text, currency) is AmountProblem.TOO_PRECISE


@pytest.mark.parametrize("text", ["200$", "$200", "200 usd", "200 евро", "сто рублів", "PLN 5", "200 доларів"])
def test_another_currency_than_the_expected_one_is_named_as_the_reason(text: str) -> None:
    assert read_amount(text, "UAH") is AmountProblem.OTHER_CURRENCY


@pytest.mark.parametrize("text", ["0", "0,00", "нуль", "-5", "−5 грн", "- 5", "мінус п'ять", "minus 5"])
def test_nothing_and_less_than_nothing_cannot_be_paid(text: str) -> None:
    assert read_amount(text, "UAH") is AmountProblem.NOT_POSITIVE


@pytest.mark.parametrize("text", ["10 000 000 000", "10000000000", "9" * 40, "99999 млн"])
def test_a_sum_above_the_limit_is_too_large(text: str) -> None:
    assert read_amount(text, "UAH") is AmountProblem.TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "   ",
            "грн",
            "к",
            "тис",
            "hello",
            "5²",
            "½",
            "①",
            "1e5",
            "0x10",
            "+200",
            "100-200",
            "200 5",
            "200 грн 5",
        ),
        *("1000 000", "1,50,00", "1.2.3", "1,234.567,89", "0501234567", "4444 5555 6666 1111", "двадцять сто"),
        *("двадцять двадцять", "сто двісті", "тисяча мільйон", "п'ять двадцять", "сто нуль", "півтори", "hundred and"),
        *("200 крб", "грн 200 грн", "5 грн 5 usd", "5 грн 100 коп", "5,5 грн 5 коп", "1" * 101),
        *("5 тисяч 7000", "a", "and five", "twenty hundred", "٢٠٠"),
    ],
)
def test_what_is_not_surely_one_sum_is_unreadable(text: str) -> None:
    assert read_amount(text, "UAH") is AmountProblem.UNREADABLE


@given(
    st.integers(1, 999_999_999_999),
    st.sampled_from(["UAH", "BYN", "USD", "EUR", "RUB", "PLN", "JPY"]),
    st.sampled_from(["uk", "ru", "be", "en"]),
)
def test_a_sum_shown_in_any_language_and_typed_back_is_the_same_sum(amount: int, currency: str, language: str) -> None:
    shown = SHOWN.render({"sum": {"amount": amount, "currency": currency}}, language)

    assert read_amount(shown, currency) == Money(amount, currency)


@given(st.text(max_size=120), st.sampled_from(["UAH", "JPY", "KWD"]))
@example("9" * 100 + ".9", "UAH")
@example("тисяч " * 16, "UAH")
def test_any_text_is_a_payable_sum_or_a_reason(text: str, currency: str) -> None:
    read = read_amount(text, currency)

    if isinstance(read, Money):
        assert 0 < read.amount <= 999_999_999_999
        assert read.currency == currency
    else:
        assert read in AmountProblem


@pytest.mark.parametrize(
    ("text", "minor_units", "rest"),
    [
        ("перекажи 200", 20_000, "перекажи"),
        ("Перекажи 1 000,50 грн мамі", 100_050, "перекажи мамі"),
        ("transfer two hundred and fifty to Anna", 25_000, "transfer to anna"),
        ("пополни 0501234567 на сто грн", 10_000, "пополни 0501234567 на"),
        ("200", 20_000, ""),
    ],
)
def test_the_only_sum_of_a_sentence_is_found_and_the_rest_is_kept(text: str, minor_units: int, rest: str) -> None:
    assert find_amount(text, "UAH") == (Money(minor_units, "UAH"), rest)


@pytest.mark.parametrize(
    "text", ["замов одну картку", "перекажи 200 або 300", "перекажи", "", "1.234 мамі", "слово " * 17 + "200"]
)
def test_a_sentence_with_no_sum_or_with_several_names_none(text: str) -> None:
    assert find_amount(text, "UAH") is None
