"""Slot types: how they are declared and how their values are stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.slot_types import KINDS, SlotType, SlotValueError, UnknownType, parse_type, to_runtime, to_stored
from core.kernel.money import Money

UAH_500 = {"amount": 50_000, "currency": "UAH"}
CARD = {"id": "c7", "name": "Чорна", "pan": "5375 41** **** 0008", "currency": "UAH", "available": UAH_500}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_declared_alone_and_as_a_list(kind: str) -> None:
    assert parse_type(kind) == SlotType(kind)
    assert parse_type(f"list of {kind}") == SlotType("list", item=SlotType(kind))


@pytest.mark.parametrize("written", ["money", "list of card", "text"])
def test_a_type_is_written_back_as_it_was_declared(written: str) -> None:
    assert str(parse_type(written)) == written


def test_spaces_around_a_type_do_not_matter() -> None:
    assert parse_type("  list  of   card ") == parse_type("list of card")


@pytest.mark.parametrize(
    ("written", "suggested"), [("mony", "money"), ("string of text", None), ("list of crad", "card"), ("", None)]
)
def test_an_unknown_type_is_refused_and_the_closest_one_is_suggested(written: str, suggested: str | None) -> None:
    with pytest.raises(UnknownType, match="unknown type") as refusal:
        parse_type(written)

    assert (f"did you mean '{suggested}'?" in refusal.value.detail) is (suggested is not None)


def test_a_list_of_lists_does_not_exist() -> None:
    with pytest.raises(UnknownType):
        parse_type("list of list of text")


def test_a_card_has_the_fields_that_flows_read() -> None:
    fields = parse_type("card").fields

    assert {name: field.kind for name, field in fields.items()} == {
        "id": "id",
        "name": "text",
        "pan": "text",
        "currency": "text",
        "available": "money",
    }


def test_a_payee_has_the_fields_that_flows_read() -> None:
    fields = parse_type("payee").fields

    assert {name: field.kind for name, field in fields.items()} == {
        "name": "text",
        "phone": "phone",
        "masked": "text",
        "card_token": "id",
        "card_id": "id",
    }


def test_a_plain_type_has_no_fields() -> None:
    assert not parse_type("text").fields


def test_money_inside_cards_inside_lists_becomes_money_at_run_time() -> None:
    cards = to_runtime([CARD], parse_type("list of card"))

    assert cards[0]["available"] == Money(50_000, "UAH")
    assert cards[0]["pan"] == CARD["pan"]


def test_a_field_that_the_bank_left_empty_stays_empty() -> None:
    card = to_runtime({"id": "c7", "available": ""}, parse_type("card"))

    assert card == {"id": "c7", "available": ""}


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        ({"amount": 5}, "money"),
        ({"amount": 5, "currency": "UAH", "more": 1}, "money"),
        ({"amount": 5, "currency": 980}, "money"),
        ("5.00", "money"),
        (UAH_500, "list of money"),
        ([UAH_500], "card"),
        ("c7", "payee"),
    ],
)
def test_a_stored_value_of_another_form_is_refused_without_being_quoted(value: Any, declared: str) -> None:
    with pytest.raises(SlotValueError) as refusal:
        to_runtime(value, parse_type(declared))

    assert "c7" not in str(refusal.value)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["UAH", "BYN", "JPY", "KWD"]))
def test_money_stored_and_taken_out_is_the_same_money(amount: int, currency: str) -> None:
    money = Money(amount, currency)

    assert to_runtime(to_stored(money), SlotType("money")) == money
    assert to_stored({"sums": [money], "n": 1}) == {"sums": [{"amount": amount, "currency": currency}], "n": 1}
