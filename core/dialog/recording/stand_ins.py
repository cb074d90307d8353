"""What stands in a recording where a personal value was: it has the value's form, and nothing of the value.

Money, days and moments, counts, and the bank's own ids stay, as do the words that the flows themselves compare with.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Set
from typing import Any, Final

from core.dialog.slot_types import SlotType
from core.kernel.masking import mask_text

PHONE: Final = "+380500000000"
IBAN: Final = "UA213223130000026007233566001"
CODE: Final = "000000"
# The number that payment systems publish for trying things out; no card has it.
CARD_NUMBER: Final = "4111 1111 1111 1111"
NAME: Final = "Ххххх"
# No label of a button begins like this, not even a masked one.
UNREADABLE: Final = "ъъъъ"

# Stored in place of a value that did not have the form of its type, so that it is refused again.
MALFORMED: Final = 0

LONGEST: Final = 60
_WORD: Final = re.compile(r"\w")
_MOMENT: Final = re.compile(
    r"(?:\d{4}-\d\d-\d\d)?(?:[T ]?\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_REASON: Final = re.compile(r"[a-z]{1,20}(?:\.[a-z][a-z_]{0,40}){1,3}")
_HUGE: Final = 10**9


def shape(text: str) -> str:
    """Every letter and figure is an х; at most 60 of them."""
    return _WORD.sub("х", text[:LONGEST])


def last_digits(digits: str, conversation: str) -> str:
    """Four other digits, always the same ones for these in this conversation: a card can still be told by them."""
    hashed = hashlib.blake2b(f"{conversation} {digits}".encode(), digest_size=8, person=b"teller-digits").digest()
    return f"{int.from_bytes(hashed, 'big') % 10_000:04}"


def reason_in(reason: str, literals: Set[str]) -> str:
    """A text id such as `error.limit_exceeded` says nothing of a person; anything else may."""
    return reason if not reason or reason in literals or _REASON.fullmatch(reason) else shape(reason)


def small(number: int) -> int:
    """A number of nine figures or more may be a phone or a card: another one of the same length stands for it."""
    if -_HUGE < number < _HUGE:
        return number
    figures = int("1" + "0" * (len(str(abs(number))) - 1))
    return figures if number > 0 else -figures


def data_in(
    data: Mapping[str, Any], types: Mapping[str, SlotType], literals: Set[str], conversation: str
) -> dict[str, Any]:
    """The declared fields of an answer of the bank, each as its type allows it; other fields no flow can read."""
    declared = [(name, value) for name, value in data.items() if name in types and value is not None]
    return {name: value_in(value, types[name], literals, conversation) for name, value in declared}


def value_in(value: Any, slot_type: SlotType, literals: Set[str], conversation: str) -> Any:
    if slot_type.item is not None:
        item = slot_type.item
        rows = value if isinstance(value, list) else None
        return [value_in(row, item, literals, conversation) for row in rows] if rows is not None else MALFORMED
    if slot_type.fields:
        return _record(value, slot_type, literals, conversation) if isinstance(value, dict) else MALFORMED
    stand_in: Callable[[Any, Set[str]], Any] = _SIMPLE.get(slot_type.kind, _text)
    return stand_in(value, literals)


def _money(value: Any, _literals: Set[str]) -> Any:
    if not isinstance(value, dict) or value.keys() != {"amount", "currency"}:
        return MALFORMED
    amount, currency = value["amount"], value["currency"]
    return value if type(amount) is int and _is_currency(currency) else MALFORMED


def _is_currency(value: Any) -> bool:
    return isinstance(value, str) and _CURRENCY.fullmatch(value) is not None


def _number(value: Any, literals: Set[str]) -> Any:
    counts = isinstance(value, int | float) and -_HUGE < value < _HUGE
    return value if counts else _text(value, literals)


def _id(value: Any, _literals: Set[str]) -> str:
    return mask_text(value)[:LONGEST] if isinstance(value, str) else shape(str(value))


def _phone(value: Any, _literals: Set[str]) -> str:
    return PHONE if value else ""


def _iban(value: Any, _literals: Set[str]) -> str:
    return IBAN if value else ""


def _text(value: Any, literals: Set[str]) -> str:
    text = value if isinstance(value, str) else str(value)
    if not text or text in literals or _MOMENT.fullmatch(text):
        return text
    return shape(text)


_SIMPLE: Final[Mapping[str, Callable[[Any, Set[str]], Any]]] = {
    "money": _money,
    "int": _number,
    "bool": _number,
    "id": _id,
    "phone": _phone,
    "iban": _iban,
}
_NUMBERED: Final = frozenset(("pan", "masked"))


def _record(record: dict[str, Any], slot_type: SlotType, literals: Set[str], conversation: str) -> dict[str, Any]:
    masked: dict[str, Any] = {}
    for name, field in slot_type.fields.items():
        value = record.get(name)
        if value is None or value == "" or (name == "currency" and _is_currency(value)):
            if name in record:
                masked[name] = value
        elif name in _NUMBERED:
            digits = "".join(sign for sign in str(value) if sign.isdigit())
            masked[name] = f"••••{last_digits(digits[-4:], conversation)}" if digits else shape(str(value))
        else:
            masked[name] = value_in(value, field, literals, conversation)
    return masked
