"""The types a slot may have, and the two forms of its value: stored (JSON) and run-time.

Stored: money is `{"amount": minor units, "currency": "UAH"}`, a date is `YYYY-MM-DD`, a phone is E.164, `card`,
`payee`, `flow`, `file` and `location` are mappings of their fields; the rest are int, bool and str. The only value
whose run-time form differs is money: `core.kernel.money.Money`.

A stored `file` also has a `ref`, by which the platform gives the file out. It is no field: a call may take the file
whole, but no text and no formula can look at the `ref`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from core.kernel.errors import ValidationFailed
from core.kernel.money import Money

KINDS: Final = (
    "text", "int", "money", "date", "phone", "card", "payee", "iban", "choice", "id", "secret", "bool", "file",
    "location", "flow",
)  # fmt: skip
_LIST_PREFIX: Final = "list of "


class UnknownType(ValidationFailed):
    """A slot is declared with a type that does not exist; the message suggests the closest one."""

    code = "slot_type_unknown"
    http_status = 422


class SlotValueError(ValidationFailed):
    """A stored value does not have the form of its type. Names the type, never the value."""

    code = "slot_value_invalid"
    http_status = 422


class SlotType(msgspec.Struct, frozen=True):
    """`kind` is one of `KINDS`, or `list` with `item`, or `number` for a bare decimal inside an expression.

    `currency` belongs to money: an ISO code, or "" when another slot tells it at run time.
    """

    kind: str
    currency: str = ""
    item: SlotType | None = None

    @property
    def fields(self) -> Mapping[str, SlotType]:
        """The fields of a record such as `card`; a field that the bank did not fill holds ""."""
        return _FIELDS.get(self.kind, _NO_FIELDS)

    def __str__(self) -> str:
        return f"{_LIST_PREFIX}{self.item}" if self.item is not None else self.kind


_NO_FIELDS: Final[Mapping[str, SlotType]] = {}
_FIELDS: Final[Mapping[str, Mapping[str, SlotType]]] = {
    "card": {
        "id": SlotType("id"),
        "name": SlotType("text"),
        "pan": SlotType("text"),
        "currency": SlotType("text"),
        "available": SlotType("money"),
    },
    "payee": {
        "name": SlotType("text"),
        "phone": SlotType("phone"),
        "masked": SlotType("text"),
        "card_token": SlotType("id"),
        "card_id": SlotType("id"),
    },
    "file": {
        "kind": SlotType("text"),
        "name": SlotType("text"),
        "size": SlotType("int"),
        "caption": SlotType("text"),
    },
    "location": {"latitude": SlotType("number"), "longitude": SlotType("number")},
    "flow": {
        "name": SlotType("id"),
        "title": SlotType("text"),
    },
}


def parse_type(written: str) -> SlotType:
    """`text`, `money`, `list of card`. Raises `UnknownType`; a list of lists does not exist."""
    words = " ".join(written.split())
    if words.startswith(_LIST_PREFIX):
        return SlotType("list", item=_parse_kind(words.removeprefix(_LIST_PREFIX)))
    return _parse_kind(words)


def _parse_kind(word: str) -> SlotType:
    if word in KINDS:
        return SlotType(word)
    raise UnknownType(f"unknown type '{word[:40]}'{did_you_mean(word, KINDS)}; types are {', '.join(KINDS)}")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'amount'?` for the known name closest to `name`, or "" when none is close."""
    close = difflib.get_close_matches(name[:60], list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def to_runtime(value: Any, slot_type: SlotType) -> Any:
    """The stored value with every money in it, also inside records and lists, as `Money`.

    Raises `SlotValueError` when the value has another form than its type.
    """
    if slot_type.kind == "money":
        return _money(value)
    if slot_type.item is not None:
        return [to_runtime(item, slot_type.item) for item in _of(list, value, slot_type)]
    if slot_type.fields:
        record = _of(dict, value, slot_type)
        return {name: _field_to_runtime(field, slot_type.fields.get(name)) for name, field in record.items()}
    return value


def _field_to_runtime(value: Any, field_type: SlotType | None) -> Any:
    absent = value is None or value == ""
    return value if absent or field_type is None else to_runtime(value, field_type)


def _of(form: type, value: Any, slot_type: SlotType) -> Any:
    if not isinstance(value, form):
        raise SlotValueError(f"a value of type '{slot_type}' must be a {form.__name__}, got {type(value).__name__}")
    return value


def _money(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    if not isinstance(value, dict) or value.keys() != {"amount", "currency"} or not isinstance(value["currency"], str):
        raise SlotValueError("stored money must be a mapping of exactly 'amount' and 'currency'")
    return Money(value["amount"], value["currency"])


def to_stored(value: Any) -> Any:
    """The reverse of `to_runtime`: every `Money`, also inside mappings and lists, becomes a JSON mapping."""
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    if isinstance(value, Mapping):
        return {name: to_stored(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_stored(item) for item in value]
    return value
