"""Money: exact in every currency, never a float, never two currencies at once."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.money import Money, MoneyError, exponent

CURRENCIES = {"JPY": 0, "UAH": 2, "KWD": 3, "CLF": 4}
amounts = st.integers(-(10**15) + 1, 10**15 - 1)
currencies = st.sampled_from(sorted(CURRENCIES))


@pytest.mark.parametrize(("currency", "decimals"), CURRENCIES.items())
def test_the_exponent_is_that_of_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@given(amount=amounts, currency=currencies)
def test_law_what_is_written_reads_back_as_the_same_sum(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    written, unit = str(money).split(" ")
    assert unit == currency
    assert Money.of(written, currency) == money
    assert Money.of(money.decimal, currency) == money


@given(amount=st.integers(-(10**40), 10**40), currency=currencies, precision=st.integers(1, 28))
def test_law_the_decimal_is_exact_whatever_the_size_and_the_context(amount: int, currency: str, precision: int) -> None:
    with localcontext() as context:
        context.prec = precision
        decimal = Money(amount, currency).decimal
    assert decimal.as_tuple().exponent == -CURRENCIES[currency]
    assert int(str(decimal).replace(".", "")) == amount


@given(a=amounts, b=amounts, c=amounts, currency=currencies)
def test_law_sums_are_sums_of_whole_minor_units(a: int, b: int, c: int, currency: str) -> None:
    x, y, z = Money(a, currency), Money(b, currency), Money(c, currency)
    assert (x + y) + z == x + (y + z)
    assert x + y == y + x
    assert x - y == x + -y
    assert (x + y - y).amount == a
    assert (x < y, x <= y, x > y, x >= y) == (a < b, a <= b, a > b, a >= b)


@pytest.mark.parametrize(("written", "currency"), [("0.5", "JPY"), ("1.234", "UAH"), ("1.2345", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused_not_rounded(written: str, currency: str) -> None:
    with pytest.raises(MoneyError, match="more decimals"):
        Money.of(written, currency)


def test_trailing_zeros_are_no_decimals() -> None:
    assert Money.of("1.0", "JPY") == Money(1, "JPY")
    assert Money.of("1.2300", "UAH") == Money(123, "UAH")


@pytest.mark.parametrize(
    "written",
    ["", " ", "1,5", "1e3", "NaN", "Infinity", "+1", "1.", ".5", "1 000", "0x10", "1_000", "--1", "1\n", "٣٥", "１２",
     "۱.۵", "9" * 16, Decimal("NaN"), Decimal("1E+2"), True, False, 0.1, 1.0, None, b"1", [1]],
)  # fmt: skip
def test_what_is_no_decimal_sum_is_refused(written: Any) -> None:
    with pytest.raises(MoneyError):
        Money.of(written, "UAH")


@pytest.mark.parametrize("amount", [1.0, True, "1", None, Decimal(1)])
def test_the_amount_is_a_whole_number_and_nothing_else(amount: Any) -> None:
    with pytest.raises(MoneyError, match="whole number"):
        Money(amount, "UAH")


@pytest.mark.parametrize("currency", ["", "uah", "UA", "UAHH", "УАН", "U1H", "UAH\n", "грн"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(MoneyError, match="ISO 4217"):
        Money(1, currency)


@given(a=amounts, b=amounts)
def test_law_two_currencies_never_meet(a: int, b: int) -> None:
    hryvnia, yen = Money(a, "UAH"), Money(b, "JPY")
    for meet in (
        lambda: hryvnia + yen, lambda: hryvnia - yen, lambda: hryvnia < yen,
        lambda: hryvnia <= yen, lambda: hryvnia > yen, lambda: hryvnia >= yen,
    ):  # fmt: skip
        with pytest.raises(MoneyError, match="two currencies"):
            meet()
    assert hryvnia != yen


@pytest.mark.parametrize("other", [1, 1.0, "1 UAH", None, Decimal(1)])
def test_money_only_meets_money(other: Any) -> None:
    with pytest.raises(MoneyError, match="only meets money"):
        Money(1, "UAH") + other


def test_money_from_json_is_checked_like_any_other() -> None:
    assert msgspec.json.decode(b'{"amount": 5, "currency": "UAH"}', type=Money) == Money(5, "UAH")
    for hostile in (b'{"amount": 5.0, "currency": "UAH"}', b'{"amount": true, "currency": "UAH"}'):
        with pytest.raises((msgspec.ValidationError, MoneyError)):
            msgspec.json.decode(hostile, type=Money)
    with pytest.raises(MoneyError):
        msgspec.json.decode(b'{"amount": 5, "currency": "uah"}', type=Money)


def test_a_refused_sum_is_a_422_with_a_stable_code() -> None:
    assert (MoneyError.code, MoneyError.http_status) == ("amount_invalid", 422)
    assert MoneyError("x").text_id == "error.amount_invalid"
