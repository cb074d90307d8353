"""Arguments are checked against the declaration before anything is sent; messages never repeat a value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bank_api.catalogue.arguments import checked_arguments, fits
from core.kernel.errors import ValidationFailed

MONEY = {"amount": 1, "currency": "UAH"}

RIGHT: list[tuple[str, Any]] = [
    ("text", ""),
    ("text", "Привіт\nсвіте"),
    ("choice", "yes"),
    ("int", -5),
    ("bool", False),
    ("money", MONEY),
    ("money", {"amount": 0, "currency": "JPY"}),
    ("money", {"amount": 999_999_999_999, "currency": "UAH"}),
    ("date", "2028-02-29"),
    ("phone", "+380671112233"),
    ("card", {"id": "card_1"}),
    ("card", {"id": "card_1", "name": "N", "pan": "••••1234", "currency": "UAH", "available": MONEY}),
    ("payee", {"phone": "+380671112233"}),
    ("payee", {"name": "N", "masked": "••••1", "card_token": "t", "card_id": "", "phone": ""}),
    ("iban", "UA213223130000026007233566001"),
    ("id", "op_1"),
    ("secret", "123456"),
    ("list of int", []),
    ("list of money", [MONEY, MONEY]),
]
WRONG: list[tuple[str, Any]] = [
    ("text", None),
    ("text", 5),
    ("text", "x" * 1001),
    ("text", "a\x00b"),
    ("text", "\ud800"),
    ("int", True),
    ("int", 1.0),
    ("int", "1"),
    ("int", 2**53),
    ("bool", 1),
    ("money", 5),
    ("money", {"amount": 5}),
    ("money", {"amount": 5.0, "currency": "UAH"}),
    ("money", {"amount": True, "currency": "UAH"}),
    ("money", {"amount": "5", "currency": "UAH"}),
    ("money", {"amount": 5, "currency": "грн"}),
    ("money", {"amount": 5, "currency": None}),
    ("money", {"amount": 1_000_000_000_000, "currency": "UAH"}),
    ("money", {**MONEY, "x": 1}),
    ("date", "20.11.2026"),
    ("date", "2026-02-30"),
    ("date", 20261120),
    ("phone", "0671112233"),
    ("phone", "+38067111223344556"),
    ("phone", "+38067111223٣"),
    ("phone", "+380671112233\n"),
    ("card", "card_1"),
    ("card", {}),
    ("card", {"id": ""}),
    ("card", {"id": "card_1", "cvv": "123"}),
    ("card", {"id": "card_1", "available": 5}),
    ("card", {"id": "4111111111111111"}),
    ("payee", {}),
    ("payee", {"name": "nobody"}),
    ("payee", {"phone": "+380671112233", "card_id": "card_1"}),
    ("payee", {"phone": "0671112233"}),
    ("payee", {"card_token": "4111111111111111"}),
    ("payee", {"card_token": None}),
    ("payee", {"phone": "+380671112233", "iban": ""}),
    ("iban", "UA223223130000026007233566001"),
    ("iban", "UA21"),
    ("iban", 21),
    ("id", ""),
    ("id", "a b"),
    ("id", "x" * 65),
    ("id", "ід"),
    ("secret", ""),
    ("secret", "x" * 65),
    ("list of int", [1, "2"]),
    ("list of int", (1, 2)),
    ("list of int", [1] * 101),
]


@pytest.mark.parametrize(("kind", "value"), RIGHT)
def test_a_value_of_its_type_fits(kind: str, value: Any) -> None:
    assert fits(kind, value)


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_any_other_value_is_refused_by_the_name_of_the_argument(kind: str, value: Any) -> None:
    with pytest.raises(ValidationFailed) as refused:
        checked_arguments("bank.try", {"thing": kind}, {"thing": value}, {})
    assert refused.value.detail == f"bank.try: the argument thing is not a value of type {kind}"


def test_missing_and_unknown_arguments_are_named() -> None:
    with pytest.raises(ValidationFailed, match=r"bank\.try: the argument a is missing"):
        checked_arguments("bank.try", {"a": "int"}, {}, {})
    with pytest.raises(ValidationFailed, match=r"bank\.try: unknown argument 'b'"):
        checked_arguments("bank.try", {"a": "int"}, {"a": 1, "b": 2}, {})


def test_a_secret_comes_from_where_secrets_travel_and_only_secrets_do() -> None:
    params = {"code": "secret", "note": "text"}
    found = checked_arguments("bank.try", params, {"note": "n"}, {"code": "1234", "note": "other", "pin": "9"})
    assert found == {"note": "n", "code": "1234"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(kind=st.sampled_from([kind for kind, _ in RIGHT]), value=JSON)
def test_no_value_whatever_breaks_the_check(kind: str, value: Any) -> None:
    assert fits(kind, value) in (True, False)
