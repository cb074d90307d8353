"""`+` and `-` on numbers and on money of one currency. There is no other arithmetic."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.expression import Run, Slots
from core.dialog.expressions.money_pairs import declared_currency, is_money_pair, money_pair
from core.dialog.expressions.native import infix, money_sum
from core.dialog.expressions.operands import INT, NUMBER, NUMBER_KINDS, Operand, written_number
from core.dialog.slot_types import SlotType

Operation = Callable[[Any, Any], Any]


def arithmetic(operation: Operation, left: Operand, right: Operand) -> Operand:
    """`operation` is `operator.add` or `operator.sub`. Raises `ExpressionError` when the sides do not fit."""
    spoken = f"{left.spoken} {_signed(operation)} {right.spoken}"
    if is_money_pair(left, right):
        result = SlotType("money", declared_currency(left, right))
        run = _money_run(operation, left, right)
        both = left.number is None and right.number is None
        native = money_sum(_signed(operation), left.looked_into, right.looked_into) if both else None
        return Operand(result, run, left.column, spoken, native=native)
    if not {left.kind, right.kind} <= NUMBER_KINDS:
        message = f"{left.described()} and {right.described()}; + and - need numbers, or money of one currency"
        raise ExpressionError(message, right.column)
    result = INT if left.kind == right.kind == "int" else NUMBER
    if left.number is not None and right.number is not None:
        return written_number(operation(left.number, right.number), result, left.column)
    left_run, right_run = left.run, right.run
    native = infix(_signed(operation), left.written, right.written)
    return Operand(
        result, lambda slots: operation(left_run(slots), right_run(slots)), left.column, spoken, native=native
    )


def _signed(operation: Operation) -> str:
    return "+" if operation is operator.add else "-"


def _money_run(operation: Operation, left: Operand, right: Operand) -> Run:
    pair = money_pair(left, right)

    def run(slots: Slots) -> dict[str, Any]:
        ours, theirs, currency = pair(slots)
        return {"amount": operation(ours, theirs), "currency": currency}

    return run


def negation(operand: Operand, column: int) -> Operand:
    """Unary minus."""
    run, spoken = operand.run, f"-{operand.spoken}"
    if operand.number is not None:
        return written_number(-operand.number, operand.type, column)
    if operand.kind == "money":
        return Operand(operand.type, lambda slots: _negated_money(run(slots)), column, spoken)
    if operand.kind not in NUMBER_KINDS:
        raise ExpressionError(f"{operand.described()}; only a number or money can be negative", column)
    return Operand(operand.type, lambda slots: -run(slots), column, spoken)


def _negated_money(value: Any) -> dict[str, Any]:
    return {"amount": -value["amount"], "currency": value["currency"]}
