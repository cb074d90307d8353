"""Two sums that meet in one expression: always of one currency, known when the flow loads or checked when it runs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.expression import Slots
from core.dialog.expressions.native import Native, money_infix, money_with_number
from core.dialog.expressions.operands import Operand
from core.kernel.money import exponent

Pair = Callable[[Slots], tuple[int, int, str]]

_MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_MOST_DECIMALS: Final = 4  # ISO 4217 knows no currency with more.
_exponent: Final = lru_cache(maxsize=256)(exponent)


def is_money_pair(left: Operand, right: Operand) -> bool:
    """Money on both sides, or on one with a written number on the other."""
    if left.kind == "money":
        return right.kind == "money" or right.number is not None
    return right.kind == "money" and left.number is not None


def declared_currency(left: Operand, right: Operand) -> str:
    """The currency that either side declares, "" when neither does. Raises when they declare different ones."""
    ours, theirs = left.type.currency, right.type.currency
    if ours and theirs and ours != theirs:
        raise _two_currencies(left, right, ours, theirs)
    return ours or theirs


def money_pair(left: Operand, right: Operand) -> Pair:
    """Gives both amounts in minor units and their currency. Only for operands that pass `is_money_pair`."""
    declared = declared_currency(left, right)
    if right.number is not None:
        return _with_number(left, right.number, right.column, declared)
    if left.number is not None:
        mirrored = _with_number(right, left.number, left.column, declared)

        def swapped(slots: Slots) -> tuple[int, int, str]:
            amount, written, currency = mirrored(slots)
            return written, amount, currency

        return swapped
    return _both_from_slots(left, right)


def money_native(sign: str, left: Operand, right: Operand) -> Native:
    """The quick form of a comparison of what `money_pair` takes."""
    declared = declared_currency(left, right)
    if right.number is not None:
        return money_with_number(sign, left.looked_into, _minor_units(right.number, right.column), declared)
    if left.number is not None:
        minor_units = _minor_units(left.number, left.column)
        return money_with_number(_MIRRORED.get(sign, sign), right.looked_into, minor_units, declared)
    return money_infix(sign, left.looked_into, right.looked_into)


def _both_from_slots(left: Operand, right: Operand) -> Pair:
    left_run, right_run = left.run, right.run

    def pair(slots: Slots) -> tuple[int, int, str]:
        ours, theirs = left_run(slots), right_run(slots)
        currency = ours["currency"]
        if currency != theirs["currency"]:
            raise _two_currencies(left, right, currency, theirs["currency"])
        return ours["amount"], theirs["amount"], currency

    return pair


def _with_number(money: Operand, number: Decimal, column: int, declared: str) -> Pair:
    """A written number takes the currency of the money that it meets."""
    run, in_minor_units = money.run, _minor_units(number, column)
    if declared:
        in_minor_units(declared)

    def pair(slots: Slots) -> tuple[int, int, str]:
        value = run(slots)
        currency = value["currency"]
        if declared and currency != declared:
            raise ExpressionError(f"'{money.spoken}' is declared in {declared} and holds {currency}", money.column)
        return value["amount"], in_minor_units(currency), currency

    return pair


def _minor_units(number: Decimal, column: int) -> Callable[[str], int]:
    """How many minor units the number is in a currency; a table, since the currency may be known only at run time."""
    scaled = [number.scaleb(decimals) for decimals in range(_MOST_DECIMALS + 1)]
    table = [int(amount) if amount == amount.to_integral_value() else None for amount in scaled]

    def in_currency(currency: str) -> int:
        amount = table[_exponent(currency)]
        if amount is None:
            raise ExpressionError(f"{number:f} has more decimals than {currency} allows", column)
        return amount

    return in_currency


def _two_currencies(left: Operand, right: Operand, ours: str, theirs: str) -> ExpressionError:
    return ExpressionError(f"'{left.spoken}' is in {ours} and '{right.spoken}' in {theirs}", right.column)
