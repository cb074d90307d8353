"""Values in tests are text, such as `5.00 UAH`; the types that the bank declares say what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from core.dialog.errors import DialogError
from core.dialog.slot_types import SlotType, to_stored
from core.kernel.errors import TellerError
from core.kernel.money import Money

_T = TypeVar("_T")


class ValueUnreadable(DialogError):
    """A value in a test does not have the form of its type."""

    code = "test_value"


def read_value(written: Any, slot_type: SlotType) -> Any:
    """The stored value. Raises `ValueUnreadable`."""
    try:
        return _read(written, slot_type)
    except (TellerError, ValueError, AttributeError) as error:
        raise ValueUnreadable(f"'{str(written)[:60]}' is not a value of type {slot_type}") from error


def _read(written: Any, slot_type: SlotType) -> Any:
    if slot_type.item is not None:
        return [read_value(item, slot_type.item) for item in _instance(written, list)]
    if slot_type.fields:
        return _record(_instance(written, dict), slot_type)
    text = _instance(written, str)
    if slot_type.kind == "money":
        amount, _, currency = text.partition(" ")
        return to_stored(Money.of(amount, currency))
    if slot_type.kind == "int":
        return int(text)
    if slot_type.kind == "bool":
        return {"true": True, "false": False}.get(text, False)
    return text


def _instance(written: Any, form: type[_T]) -> _T:
    if not isinstance(written, form):
        raise ValueUnreadable(f"a {form.__name__} is expected")
    return written


def _record(written: Mapping[str, Any], slot_type: SlotType) -> dict[str, Any]:
    """Fields that the test leaves out are empty; a card has the currency of its balance."""
    record: dict[str, Any] = {name: "" for name in slot_type.fields}
    for name, value in written.items():
        if name not in slot_type.fields:
            raise ValueUnreadable(f"{slot_type} has no field '{name}'")
        record[name] = read_value(value, slot_type.fields[name])
    if "currency" in record and not record["currency"] and record.get("available"):
        record["currency"] = record["available"]["currency"]
    return record
