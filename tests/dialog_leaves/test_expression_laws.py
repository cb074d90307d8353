"""Laws of the expression language that hold for every input."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from core.dialog.expressions import Expression, ExpressionError, compile_expression, compile_path
from core.dialog.expressions.expression import MALFORMED
from core.dialog.slot_types import SlotType

SCOPE = {
    "a": SlotType("money"),
    "b": SlotType("money"),
    "c": SlotType("money"),
    "n": SlotType("int"),
    "t": SlotType("text"),
    "card": SlotType("card"),
    "ok": SlotType("bool"),
}
SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

amounts = st.integers(-(10**12), 10**12)
decimals = st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False)
currencies = st.sampled_from(["UAH", "BYN", "JPY", "KWD"])

MONEY = {"amount": 100, "currency": "UAH"}

_WORDS = ["a", "n", "t", "card", "ok", "true", "known", "len", "__class__", "import", "lambda", "eval", "None"]
_MARKS = ["(", ")", "[", "]", ".", ",", "+", "-", "**", "*", "==", "<", "in", "not", "and", "or", "is", ":=", "'", '"']
_NUMBERS = ["1", "0.5", "1e9", "0x1", "9" * 30, "1_0", "1j"]
pieces = st.lists(st.sampled_from([*_WORDS, *_MARKS, *_NUMBERS, " ", "\n", "#", "é"]), max_size=40)


def evaluate(source: str, **slots: Any) -> Any:
    return compile_expression(source, SCOPE).evaluate(slots)


def compiled_or_refused(source: str) -> Expression | ExpressionError:
    try:
        return compile_expression(source, SCOPE)
    except ExpressionError as error:
        return error


def money(amount: int, currency: str = "UAH") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


@given(st.one_of(st.text(max_size=600), pieces.map(" ".join), pieces.map("".join)))
@example("a" + ".a" * 300)
@example("[" * 120 + "]" * 120)
@example("1 if " * 100)
def test_any_text_is_an_expression_or_an_expression_error(source: str) -> None:
    outcome = compiled_or_refused(source)

    if isinstance(outcome, ExpressionError):
        assert 0 <= outcome.column <= len(source) + 1
    else:
        assert outcome.reads <= SCOPE.keys()


@given(pieces.map(" ".join))
def test_an_expression_gives_a_value_or_an_expression_error_on_any_slots(source: str) -> None:
    outcome = compiled_or_refused(source)

    if isinstance(outcome, Expression):
        with contextlib.suppress(ExpressionError):
            assert outcome.evaluate({"a": money(1), "n": 1, "t": 5, "card": {}}) is not None


@given(st.sampled_from(["__class__", "__dict__", "keys", "get", "items", "format", "mro", "pop"]))
def test_no_attribute_of_a_python_object_can_be_reached(attribute: str) -> None:
    for base in ("a", "card", "t", "n", "ok", "'x'", "1"):
        with pytest.raises(ExpressionError):
            compile_expression(f"{base}.{attribute}", SCOPE)


@given(amounts, amounts, currencies)
def test_adding_money_is_commutative_and_taking_it_away_undoes_it(x: int, y: int, currency: str) -> None:
    slots = {"a": money(x, currency), "b": money(y, currency)}

    assert evaluate("a + b", **slots) == evaluate("b + a", **slots) == money(x + y, currency)
    assert evaluate("a + b - b", **slots) == slots["a"]
    assert evaluate("a - b", **slots) == evaluate("-b + a", **slots)


@given(amounts, amounts, amounts)
def test_adding_money_is_associative(x: int, y: int, z: int) -> None:
    slots = {"a": money(x), "b": money(y), "c": money(z)}

    assert evaluate("(a + b) + c", **slots) == evaluate("a + (b + c)", **slots)


@given(decimals, decimals)
def test_written_numbers_are_added_without_a_rounding_error(x: Decimal, y: Decimal) -> None:
    assert evaluate(f"{x:f} + {y:f}") == x + y
    assert evaluate(f"{x:f} + {y:f} - {y:f} == {x:f}") is True


@given(amounts, amounts, st.sampled_from(sorted(SIGNS)))
def test_money_compares_as_its_minor_units_do(x: int, y: int, sign: str) -> None:
    assert evaluate(f"a {sign} b", a=money(x), b=money(y)) is SIGNS[sign](x, y)


@given(amounts, decimals, st.sampled_from(sorted(SIGNS)))
def test_a_written_number_compares_with_money_as_the_sum_that_it_says(x: int, written: Decimal, sign: str) -> None:
    minor = int(written.scaleb(2))

    assert evaluate(f"a {sign} {written:f}", a=money(x)) is SIGNS[sign](x, minor)
    assert evaluate(f"{written:f} {sign} a", a=money(x)) is SIGNS[sign](minor, x)


@given(amounts, amounts, amounts)
def test_a_chain_means_each_of_its_pairs(x: int, y: int, z: int) -> None:
    slots = {"a": money(x), "b": money(y), "c": money(z)}

    assert evaluate("a < b <= c", **slots) is evaluate("a < b and b <= c", **slots)


@given(amounts, amounts)
def test_exactly_one_of_less_equal_and_greater_holds(x: int, y: int) -> None:
    slots = {"a": money(x), "b": money(y)}

    assert [evaluate(f"a {sign} b", **slots) for sign in ("<", "==", ">")].count(True) == 1


@given(amounts, amounts, st.sampled_from(sorted(SIGNS)))
def test_two_currencies_never_compare_whatever_the_sums(x: int, y: int, sign: str) -> None:
    with pytest.raises(ExpressionError, match="UAH"):
        evaluate(f"a {sign} b", a=money(x, "UAH"), b=money(y, "BYN"))


@given(st.lists(st.sampled_from(["a", "n", "t", "card", "available", "pan", "x", "true", "not", "ї", ""]), max_size=3))
def test_a_path_means_the_same_without_a_syntax_tree(parts: list[str]) -> None:
    written = ".".join(parts)
    slots = {"a": MONEY, "n": 3, "t": "word", "card": {"id": "c", "pan": "", "available": MONEY}}
    quick, refusal = said_of(compile_path, written)
    if quick is None and refusal is None:
        return
    whole, other_refusal = said_of(compile_expression, written)

    assert refusal == other_refusal
    if quick is not None and whole is not None:
        assert (quick.type, quick.reads, quick.guarded) == (whole.type, whole.reads, whole.guarded)
        with contextlib.suppress(ExpressionError):
            assert quick.evaluate(slots) == whole.evaluate(slots)


def said_of(compiler: Callable[..., Expression | None], written: str) -> tuple[Expression | None, object]:
    """The expression, or the message and the column of the refusal."""
    try:
        return compiler(written, SCOPE), None
    except ExpressionError as error:
        return None, (error.message, error.column)


_SUMS = st.builds(lambda amount, currency: {"amount": amount, "currency": currency}, st.integers(-9, 300), currencies)
_ODD = st.sampled_from([None, "", "word", 7, {}, {"amount": "1", "currency": "UAH"}, {"amount": 1}])
_STORED = st.fixed_dictionaries(
    {},
    optional={
        "a": _SUMS | _ODD,
        "b": _SUMS | _ODD,
        "n": st.integers(-3, 3) | _ODD,
        "t": st.sampled_from(["", "n", "word"]) | _ODD,
        "card": st.fixed_dictionaries({"id": st.just("c")}, optional={"pan": st.just(""), "available": _SUMS}) | _ODD,
        "ok": st.booleans() | _ODD,
    },
)
_LEAVES = st.sampled_from(["a", "b", "n", "t", "card.pan", "card.available", "ok", "1", "2.50", '"word"', "known(a)"])
_FORMULAS = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds("{} {} {}".format, inner, st.sampled_from(["==", "!=", "<", ">=", "+", "-", "and", "or"]), inner)
        | st.builds("not ({})".format, inner)
        | st.builds("({})".format, inner)
    ),
    max_leaves=5,
)


@given(_FORMULAS, _STORED)
@settings(max_examples=600, suppress_health_check=[HealthCheck.filter_too_much])
def test_the_quick_form_says_what_the_closures_say(written: str, slots: dict[str, Any]) -> None:
    expression, _ = said_of(compile_expression, written)
    assume(expression is not None)
    assert expression is not None

    assert outcome(expression.evaluate, slots) == outcome(expression.run, slots)


def outcome(evaluate: Callable[[dict[str, Any]], Any], slots: dict[str, Any]) -> object:
    try:
        value = evaluate(slots)
    except ExpressionError as error:
        return error.message
    except MALFORMED:
        return "a slot holds a value that is not of its declared type"
    return (type(value), value)
