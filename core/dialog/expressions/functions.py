"""The pure functions of the language. `known` is not here: it is the one that may look at a slot without a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.operands import BOOL, INT, TEXT, TEXT_KINDS, Operand
from core.dialog.slot_types import SlotType

_DATE: Final = frozenset({"date"})


@dataclass(frozen=True, slots=True)
class Function:
    """`params`: the kinds that each argument may have. `signature` is shown when a call does not fit."""

    signature: str
    params: tuple[frozenset[str], ...]
    result: SlotType
    call: Callable[..., Any]


def _days_between(first: str, second: str) -> int:
    return (date.fromisoformat(second) - date.fromisoformat(first)).days


FUNCTIONS: Final = {
    "len": Function("len(text or list)", (TEXT_KINDS | {"list", "secret"},), INT, len),
    "lower": Function("lower(text)", (TEXT_KINDS,), TEXT, str.lower),
    "starts": Function("starts(text, prefix)", (TEXT_KINDS, TEXT_KINDS), BOOL, str.startswith),
    "days_between": Function("days_between(date, date)", (_DATE, _DATE), INT, _days_between),
}


def function_call(function: Function, arguments: Sequence[Operand], column: int) -> Operand:
    """The compiled call. Raises `ExpressionError` when number or types of the arguments do not fit."""
    if len(arguments) != len(function.params):
        raise ExpressionError(f"{function.signature} takes {len(function.params)}, got {len(arguments)}", column)
    for argument, kinds in zip(arguments, function.params, strict=True):
        if argument.kind not in kinds:
            raise ExpressionError(f"{argument.described()}; write {function.signature}", argument.column)
    call = function.call
    spoken = f"{function.signature.partition('(')[0]}(…)"
    if len(arguments) == 1:
        only = arguments[0].run
        return Operand(function.result, lambda slots: call(only(slots)), column, spoken)
    first, second = arguments[0].run, arguments[1].run
    return Operand(function.result, lambda slots: call(first(slots), second(slots)), column, spoken)
