"""The expression language as product owners meet it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.dialog.expressions import ExpressionError, compile_expression
from core.dialog.slot_types import SlotType, parse_type

SCOPE = {
    "amount": SlotType("money"),
    "limit": SlotType("money", "UAH"),
    "dollars": SlotType("money", "USD"),
    "yens": SlotType("money", "JPY"),
    "fee": SlotType("money"),
    "source": SlotType("card"),
    "target": SlotType("payee"),
    "count": SlotType("int"),
    "city": SlotType("text"),
    "ref": SlotType("id"),
    "start": SlotType("date"),
    "finish": SlotType("date"),
    "agreed": SlotType("bool"),
    "code": SlotType("secret"),
    "tags": parse_type("list of text"),
    "cards": parse_type("list of card"),
}


def money(amount: int, currency: str = "UAH") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


SLOTS: dict[str, Any] = {
    "amount": money(25_000),
    "limit": money(100_000),
    "yens": money(700, "JPY"),
    "source": {"id": "c1", "name": "Чорна", "pan": "", "currency": "UAH", "available": money(30_000)},
    "target": {"name": "Оля", "phone": "", "masked": "", "card_token": "", "card_id": "k9"},
    "count": 3,
    "city": "Львів",
    "ref": "R-17",
    "start": "2026-02-27",
    "finish": "2026-03-02",
    "agreed": True,
    "tags": ["new", "vip"],
    "cards": [{"id": "c1"}],
}


def value_of(source: str, **slots: Any) -> Any:
    return compile_expression(source, SCOPE).evaluate(SLOTS | slots)


def refusal_of(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as refusal:
        compile_expression(source, SCOPE)
    return refusal.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("amount < 1.00", False),
        ("amount == 250", True),
        ("1 <= amount", True),
        ("amount > source.available", False),
        ("amount + 50 <= source.available", True),
        ("amount + 50.01 <= source.available", False),
        ("100 < amount < 300", True),
        ("100 < amount < 250", False),
        ("-amount < 0", True),
        ("amount in [100, 250.00]", True),
        ("amount not in (100, 200)", True),
        ("yens >= 700", True),
        ("0.1 + 0.2 == 0.3", True),
        ("count - 5 == -2", True),
        ("count in [1, 2]", False),
        ("count == 3.0", True),
        ("city == 'Львів'", True),
        ('city != "Київ"', True),
        ("ref in ['R-17', 'R-18']", True),
        ("starts(ref, 'R-') and len(ref) == 4", True),
        ("lower(city) == 'львів'", True),
        ("'vip' in tags", True),
        ("city not in tags", True),
        ("len(tags) == 2", True),
        ("days_between(start, finish) == 3", True),
        ("start < finish", True),
        ("start >= '2026-02-27'", True),
        ("start == '2026-02-28'", False),
        ("agreed", True),
        ("not agreed or count > 5", False),
        ("agreed == true and agreed != False", True),
        ("known(fee)", False),
        ("known(amount) and known(target.card_id)", True),
        ("known(target.phone) or known(fee)", False),
        ("target.phone == ''", True),
        ("known(fee) and fee > 1", False),
        ("count == 1 or count == 2 or count == 3", True),
        ("  amount\n  > 1  ", True),
        ("(amount > 1)", True),
    ],
)
def test_a_condition_comes_to(source: str, expected: bool) -> None:
    assert value_of(source) is expected


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("amount", "money", money(25_000)),
        ("amount + 0.50", "money", money(25_050)),
        ("1000 - amount", "money", money(75_000)),
        ("limit - amount", "money", money(75_000)),
        ("-amount", "money", money(-25_000)),
        ("source.available", "money", money(30_000)),
        ("source", "card", SLOTS["source"]),
        ("count + 1", "int", 4),
        ("count + 0.5", "number", Decimal("3.5")),
        ("-count", "int", -3),
        ("'hello'", "text", "hello"),
        ("true", "bool", True),
        ("12", "int", 12),
        ("tags", "list", ["new", "vip"]),
    ],
)
def test_a_value_comes_out_as_it_is_stored_and_has_a_type(source: str, kind: str, expected: Any) -> None:
    assert compile_expression(source, SCOPE).type.kind == kind
    assert value_of(source) == expected


def test_a_sum_keeps_the_currency_that_one_side_declares() -> None:
    assert compile_expression("limit + amount", SCOPE).type == SlotType("money", "UAH")


def test_an_expression_shows_itself_and_its_type_and_no_value() -> None:
    assert repr(compile_expression("amount + 1", SCOPE)) == "Expression('amount + 1', money)"


def test_an_expression_knows_its_source_and_the_slots_it_reads() -> None:
    expression = compile_expression("amount > source.available and (known(fee) or city == 'x')", SCOPE)

    assert expression.source == "amount > source.available and (known(fee) or city == 'x')"
    assert expression.reads == {"amount", "source", "fee", "city"}
    assert expression.guarded == {"fee"}


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("amont > 1", "unknown name 'amont'; did you mean 'amount'?", 1),
        ("count > 1 and amont > 1", "unknown name 'amont'; did you mean 'amount'?", 15),
        ("city == 'Львів' and amont > 1", "unknown name 'amont'; did you mean 'amount'?", 21),
        ("source.availble > 1", "card has no field 'availble'; did you mean 'available'?", 1),
        ("amount.currency == 'UAH'", "'amount' is money, which has no fields", 1),
        ("lowr(city) == 'x'", "unknown function 'lowr'; did you mean 'lower'?", 1),
        ("amount > count", "'amount' is money and 'count' is int; they cannot be compared", 10),
        ("amount + count", "'amount' is money and 'count' is int; + and - need numbers, or money of one currency", 10),
        ("limit > dollars", "'limit' is in UAH and 'dollars' in USD", 9),
        ("limit + dollars", "'limit' is in UAH and 'dollars' in USD", 9),
        ("limit > 1.001", "1.001 has more decimals than UAH allows", 9),
        ("yens > 0.5", "0.5 has more decimals than JPY allows", 8),
        ("city > 'a'", "'city' is text, which has no order; only == and != compare it", 1),
        ("source == target", "'source' is card; compare one of its fields", 1),
        ("start > 'tomorrow'", "'tomorrow' is not a date; write it as 2026-03-31", 9),
        ("start == city", "'start' is date and 'city' is text; they cannot be compared", 10),
        ("count and agreed", "'count' is int; 'and' needs something true or false", 1),
        ("not city", "'city' is text; 'not' needs something true or false", 5),
        ("count in 5", "'5' is int; 'in' needs a list", 10),
        ("count in tags", "'count' is int and 'an item of tags' is text; they cannot be compared", 10),
        ("count in [count]", "a list may hold only written numbers and texts", 11),
        ("count in [1] in [2]", "'in' cannot be followed by another comparison", 10),
        ("count is 3", "write '==' or '!=' instead of 'is'", 10),
        ("len(city, ref)", "len(text or list) takes 1, got 2", 1),
        ("len(count)", "'count' is int; write len(text or list)", 5),
        ("known(1)", "known(slot) takes the name of a slot", 1),
        ("known()", "known(slot) takes 1 argument", 1),
        ("-city", "'city' is text; only a number or money can be negative", 1),
        ("count * 2", "only + and - can be calculated here", 1),
        ("9**9**9", "only + and - can be calculated here", 1),
        ("count = 3", "this cannot be read as an expression; write '==' to compare", 7),
        ("count == 3 4", "this cannot be read as an expression", 12),
        ("agreed && agreed", "this cannot be read as an expression; write 'and' instead of '&&'", 9),
        ("city == None", "None does not exist here; known(slot) tells whether a slot has a value", 9),
        ("count == 0x10", "write a number with at most 15 digits, a point and at most 9 decimals", 10),
        ("city == 'a\\n'", "a backslash has no meaning in an expression", 11),
        ("", "the expression is empty", 0),
    ],
)
def test_a_mistake_is_named_in_the_words_of_its_author(source: str, message: str, column: int) -> None:
    refusal = refusal_of(source)

    assert (refusal.message, refusal.column) == (message, column)


@pytest.mark.parametrize(
    "source",
    [
        "code == '1234'",
        "source.__class__",
        "().__class__.__bases__",
        "city.upper()",
        "__import__('os').system('id')",
        "(lambda: 1)()",
        "[x for x in tags]",
        "city if agreed else ref",
        "{'a': 1}",
        "tags[0]",
        "f'{city}'",
        "b'x' == b'x'",
        "len(*tags)",
        "len(text=city)",
        "count if",
        "(count := 5)",
        "await city",
        "1e999",
        "1and agreed",
        "1_000",
        "1j",
        "~count",
        "+count",
        "city % 'x'",
        "(" * 300,
        "not " * 120 + "agreed",
        "-" * 400 + "1",
        "1" * 400,
        "a" * 501,
        "\x00",
        "\ud800",
        "amount <> 1",
        "...",
    ],
)
def test_nothing_outside_the_language_gets_in(source: str) -> None:
    assert refusal_of(source).code == "expression_invalid"


def test_an_expression_may_be_nested_twenty_deep_and_no_deeper() -> None:
    assert value_of("not " * 18 + "agreed") is True
    assert "nested deeper than 20" in refusal_of("not " * 20 + "agreed").message


@pytest.mark.parametrize(
    ("source", "slots", "message"),
    [
        ("fee > 1", {}, "'fee' has no value yet"),
        ("fee > 1", {"fee": None}, "'fee' has no value yet"),
        ("source.available > 1", {"source": {"id": "c1", "available": ""}}, "'source.available' has no value"),
        ("source.name == 'x'", {"source": {}}, "'source.name' has no value"),
        ("amount > fee", {"fee": money(1, "USD")}, "'amount' is in UAH and 'fee' in USD"),
        ("amount + fee", {"fee": money(1, "USD")}, "'amount' is in UAH and 'fee' in USD"),
        ("amount < 1.50", {"amount": money(1, "JPY")}, "1.50 has more decimals than JPY allows"),
        ("limit < 1", {"limit": money(1, "USD")}, "'limit' is declared in UAH and holds USD"),
        ("amount < 1", {"amount": "250"}, "a slot holds a value that is not of its declared type"),
        ("amount < 1", {"amount": money(1, "uah")}, "a slot holds a value that is not of its declared type"),
        ("days_between(start, finish) > 1", {"start": "x"}, "a slot holds a value that is not of its declared type"),
        ("known(source.name)", {"source": 5}, "a slot holds a value that is not of its declared type"),
    ],
)
def test_a_value_that_is_missing_or_wrong_is_a_typed_error_when_it_runs(
    source: str, slots: dict[str, Any], message: str
) -> None:
    expression = compile_expression(source, SCOPE)

    with pytest.raises(ExpressionError) as refusal:
        expression.evaluate(SLOTS | slots)

    assert refusal.value.message == message


def test_what_is_decided_first_spares_the_rest() -> None:
    assert value_of("known(fee) and fee > 1") is False
    assert value_of("agreed or fee > 1") is True
