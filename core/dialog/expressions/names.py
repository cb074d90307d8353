"""Slots and their fields: `amount`, `source.available`, `known(fee)`. A field is looked up in a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.expression import Slots
from core.dialog.expressions.native import Writer, present
from core.dialog.expressions.operands import BOOL, TEXT_KINDS, Operand
from core.dialog.slot_types import SlotType, did_you_mean


def slot(name: str, scope: Mapping[str, SlotType], column: int) -> Operand:
    slot_type = scope.get(name)
    if slot_type is None:
        raise ExpressionError(f"unknown name '{name}'{did_you_mean(name, scope)}", column)

    def run(slots: Slots) -> Any:
        value = slots.get(name)
        if value is None:
            raise ExpressionError(f"'{name}' has no value yet", column)
        return value

    def native(writer: Writer) -> str:
        return present(f"s[{name!r}]", writer)

    return Operand(slot_type, run, column, name, native=native, unchecked=lambda _writer: f"s[{name!r}]")


def field(base: Operand, name: str, column: int) -> Operand:
    if not base.type.fields:
        raise ExpressionError(f"{base.described()}, which has no fields", column)
    field_type = base.type.fields.get(name)
    if field_type is None:
        raise ExpressionError(f"{base.type} has no field '{name}'{did_you_mean(name, base.type.fields)}", column)
    base_run, may_be_empty, spoken = base.run, field_type.kind in TEXT_KINDS, f"{base.spoken}.{name}"

    def run(slots: Slots) -> Any:
        value = base_run(slots).get(name)
        if value is None or (value == "" and not may_be_empty):
            raise ExpressionError(f"'{spoken}' has no value", column)
        return value

    if field_type.kind == "number":
        return Operand(field_type, lambda slots: Decimal(str(run(slots))), column, spoken)

    def unchecked(writer: Writer) -> str:
        return f"{base.looked_into(writer)}[{name!r}]"

    def native(writer: Writer) -> str:
        return present(unchecked(writer), writer) if may_be_empty else f"{writer.bind(run)}(s)"

    return Operand(field_type, run, column, spoken, native=native, unchecked=unchecked)


def known(path: tuple[str, ...], column: int) -> Operand:
    """Whether a slot has a value, and for `slot.field` whether the field has one that is not ""."""
    name, *fields = path

    def run(slots: Slots) -> bool:
        value = slots.get(name)
        for step in fields:
            value = (value.get(step) if value is not None else None) or None
        return value is not None

    native = (lambda _writer: f"(s.get({name!r}) is not None)") if not fields else None
    return Operand(BOOL, run, column, f"known({'.'.join(path)})", native=native)
