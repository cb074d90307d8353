"""What may be compared with what: `== != < <= > >=`, `in` and `not in`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.expression import Run, Slots
from core.dialog.expressions.money_pairs import is_money_pair, money_native, money_pair
from core.dialog.expressions.native import Native, infix
from core.dialog.expressions.operands import NUMBER_KINDS, TEXT_KINDS, Operand

Compare = Callable[[Any, Any], bool]

SIGNS: Final[dict[type[ast.cmpop], Compare]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_SIGNS: Final[dict[Compare, str]] = {
    operator.eq: "==",
    operator.ne: "!=",
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
}
_EQUALITY: Final = (operator.eq, operator.ne)


def comparison(sign: Compare, left: Operand, right: Operand) -> tuple[Run, Native]:
    """The compiled comparison and its quick form. Raises `ExpressionError` when the two sides cannot be compared."""
    if is_money_pair(left, right):
        return _money_comparison(sign, left, right), money_native(_SIGNS[sign], left, right)
    _check_comparable(left, right)
    if sign not in _EQUALITY and not _is_ordered(left):
        raise ExpressionError(f"{left.described()}, which has no order; only == and != compare it", left.column)
    left_run, right_run = left.run, right.run
    native = infix(_SIGNS[sign], left.written, right.written)
    return (lambda slots: sign(left_run(slots), right_run(slots))), native


def _money_comparison(sign: Compare, left: Operand, right: Operand) -> Run:
    pair = money_pair(left, right)

    def run(slots: Slots) -> bool:
        ours, theirs, _ = pair(slots)
        return sign(ours, theirs)

    return run


def membership(left: Operand, elements: Sequence[Operand], negated: bool) -> Run:
    """`left in [a, b]` for written constants."""
    equal = [comparison(operator.eq, left, element)[0] for element in elements]
    if left.kind == "money":
        return lambda slots: any(run(slots) for run in equal) is not negated
    constants = frozenset(element.run({}) for element in elements)
    run = left.run
    return lambda slots: (run(slots) in constants) is not negated


def list_membership(left: Operand, right: Operand, negated: bool) -> Run:
    """`left in slot` for a slot that is a list."""
    item = right.type.item
    if item is None:
        raise ExpressionError(f"{right.described()}; 'in' needs a list", right.column)
    _check_comparable(left, Operand(item, right.run, right.column, f"an item of {right.spoken}"))
    left_run, right_run = left.run, right.run
    return lambda slots: (left_run(slots) in right_run(slots)) is not negated


def _check_comparable(left: Operand, right: Operand) -> None:
    for operand in (left, right):
        if operand.type.fields:
            raise ExpressionError(f"{operand.described()}; compare one of its fields", operand.column)
    if not _same_family(left, right):
        raise ExpressionError(f"{left.described()} and {right.described()}; they cannot be compared", right.column)


def _same_family(left: Operand, right: Operand) -> bool:
    kinds = {left.kind, right.kind}
    if kinds <= TEXT_KINDS or kinds <= NUMBER_KINDS:
        return True
    if "date" in kinds and kinds <= {"date", "text"}:
        return all(operand.kind == "date" or _is_written_date(operand) for operand in (left, right))
    return len(kinds) == 1 and kinds <= {"bool", "money"}


def _is_written_date(operand: Operand) -> bool:
    if operand.text is None:
        return False
    try:
        return date.fromisoformat(operand.text).isoformat() == operand.text
    except ValueError as error:
        message = f"'{operand.text}' is not a date; write it as 2026-03-31"
        raise ExpressionError(message, operand.column) from error


def _is_ordered(operand: Operand) -> bool:
    return operand.kind in NUMBER_KINDS or operand.kind == "date"
