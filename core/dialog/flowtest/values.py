"""Values in tests are text, such as `5.00 UAH`; the types that the bank declares say what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from core.dialog.errors import DialogError
from core.dialog.slot_types import SlotType, did_you_mean, to_stored
from core.kernel.errors import TellerError
from core.kernel.money import Money
from core.kernel.strict_yaml import Place

_T = TypeVar("_T")
_BOOLS: Final[Mapping[str, bool]] = {"true": True, "false": False}
_LOOKS: Final[Mapping[str, str]] = {
    "money": "write it as 5.00 UAH",
    "int": "write a whole number",
    "number": "write a number",
    "bool": "write true or false",
}
_FORMS: Final[Mapping[str, str]] = {"list": "a list", "dict": "a mapping of its fields", "str": "a text"}


class ValueUnreadable(DialogError):
    """A value in a test does not have the form of its type. `place` is the way to it from the value that was read."""

    code = "test_value"

    def __init__(self, detail: str, place: Place = ()) -> None:
        super().__init__(detail)
        self.place = place

    def inside(self, *place: str | int) -> ValueUnreadable:
        """The same, seen from further outside."""
        return ValueUnreadable(self.detail, (*place, *self.place))


def read_value(written: Any, slot_type: SlotType) -> Any:
    """The stored value. Raises `ValueUnreadable`."""
    if slot_type.item is not None:
        return [_within(place, item, slot_type.item) for place, item in enumerate(_form(written, list, slot_type))]
    if slot_type.fields:
        return _record(_form(written, dict, slot_type), slot_type)
    text = _form(written, str, slot_type)
    try:
        return _plain(text, slot_type.kind)
    except (TellerError, ValueError, KeyError) as error:
        how = _LOOKS.get(slot_type.kind)
        advice = f"; {how}" if how else ""
        raise ValueUnreadable(f"'{text[:60]}' is not a value of type {slot_type}{advice}") from error


def _plain(text: str, kind: str) -> Any:
    if kind == "money":
        amount, _, currency = text.partition(" ")
        return to_stored(Money.of(amount, currency))
    if kind in ("int", "number"):
        return int(text) if kind == "int" else float(text)
    return _BOOLS[text] if kind == "bool" else text


def _form(written: Any, form: type[_T], slot_type: SlotType) -> _T:
    if not isinstance(written, form):
        raise ValueUnreadable(f"{_FORMS[form.__name__]} is expected here, a value of type {slot_type}")
    return written


def _within(name: str | int, written: Any, slot_type: SlotType) -> Any:
    try:
        return read_value(written, slot_type)
    except ValueUnreadable as error:
        raise error.inside(name) from error


def _record(written: Mapping[str, Any], slot_type: SlotType) -> dict[str, Any]:
    """Fields that the test leaves out are empty; a card has the currency of its balance."""
    record: dict[str, Any] = {name: "" for name in slot_type.fields}
    for name, value in written.items():
        if name not in slot_type.fields:
            raise ValueUnreadable(f"{slot_type} has no field '{name}'{did_you_mean(name, slot_type.fields)}", (name,))
        record[name] = _within(name, value, slot_type.fields[name])
    if "currency" in record and not record["currency"] and record.get("available"):
        record["currency"] = record["available"]["currency"]
    return record
