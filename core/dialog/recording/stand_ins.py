"""What stands in a recording where a personal value was: it has the value's form, and nothing of the value.

Money, days and moments, counts, and the bank's own ids stay, as do the words that the flows themselves compare with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from typing import Any, Final
from zlib import crc32

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
_MOMENT: Final = re.compile(
    r"(?:\d{4}-\d\d-\d\d)?(?:[T ]?\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_REASON: Final = re.compile(r"error\.[a-z][a-z_]{0,40}")
_HUGE: Final = 10**9


class _Shapes(dict[int, str]):
    """What each character is written as; filled as characters come, with those of Unicode's first plane only."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        written = "х" if sign.isalnum() or sign == "_" else sign
        if code < 0x10000:
            self[code] = written
        return written


_SHAPES: Final = _Shapes()


def shape(text: str) -> str:
    """Every letter and figure is an х; at most 60 of them."""
    return text[:LONGEST].translate(_SHAPES)


def last_digits(digits: str, conversation: str) -> str:
    """Four other digits, always the same ones for these in this conversation: a card can still be told by them.

    Four digits can be tried out whatever they are hashed with, so the cheapest hash is as good as any.
    """
    return str(10_000 + crc32(f"{conversation} {digits}".encode()) % 10_000)[1:]


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
    kept: dict[str, Any] = {}
    for name, value in data.items():
        slot_type = types.get(name)
        if slot_type is not None and value is not None:
            kept[name] = value_in(value, slot_type, literals, conversation)
    return kept


def value_in(value: Any, slot_type: SlotType, literals: Set[str], conversation: str) -> Any:
    if slot_type.item is None:
        return _mask_of(slot_type.kind)(value, literals, conversation)
    if not isinstance(value, list):
        return MALFORMED
    mask = _mask_of(slot_type.item.kind)
    return [mask(row, literals, conversation) for row in value]


# Takes a value of one type, the words that flows compare with and the conversation, and gives what may be written down.
Mask = Callable[[Any, Set[str], str], Any]


def _money(value: Any, _literals: Set[str], _conversation: str) -> Any:
    if type(value) is not dict or len(value) != 2 or type(value.get("amount")) is not int:
        return MALFORMED
    currency = value.get("currency")
    return value if currency in _USUAL or _is_currency(currency) else MALFORMED


def _is_currency(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()


def _number(value: Any, literals: Set[str], conversation: str) -> Any:
    counts = type(value) in _NUMBERS and -_HUGE < value < _HUGE
    return value if counts else _text(value, literals, conversation)


def _id(value: Any, _literals: Set[str], _conversation: str) -> str:
    return mask_text(value)[:LONGEST] if isinstance(value, str) else shape(str(value))


def _phone(value: Any, _literals: Set[str], _conversation: str) -> str:
    return PHONE if value else ""


def _iban(value: Any, _literals: Set[str], _conversation: str) -> str:
    return IBAN if value else ""


def _text(value: Any, literals: Set[str], _conversation: str) -> str:
    text = value if isinstance(value, str) else str(value)
    if not text or text in literals or (text[0] in _FIGURES and _MOMENT.fullmatch(text)):
        return text
    return "х" * min(len(text), LONGEST)


def _currency(value: Any, literals: Set[str], conversation: str) -> Any:
    return value if value in _USUAL or _is_currency(value) else _text(value, literals, conversation)


def _masked_number(value: Any, _literals: Set[str], conversation: str) -> str:
    """Of a card's number, masked by the bank or not."""
    number = str(value)
    last = number[-4:]
    if not last.isdecimal():
        last = "".join(sign for sign in number if sign.isdecimal())[-4:]
    return f"••••{last_digits(last, conversation)}" if last else shape(number)


# Looked up before anything else is asked of a currency.
_USUAL: Final = ("UAH", "USD", "EUR")
_NUMBERS: Final = (bool, int, float)
_FIGURES: Final = frozenset("0123456789")
_BY_FIELD: Final[Mapping[str, Mask]] = {"currency": _currency, "pan": _masked_number, "masked": _masked_number}
_MASKS: Final[dict[str, Mask]] = {
    "text": _text,
    "choice": _text,
    "money": _money,
    "int": _number,
    "number": _number,
    "bool": _number,
    "id": _id,
    "phone": _phone,
    "iban": _iban,
}


def _mask_of(kind: str) -> Mask:
    mask = _MASKS.get(kind)
    if mask is None:
        fields = SlotType(kind).fields
        mask = _MASKS[kind] = _record_mask(fields) if fields else _text
    return mask


def _record_mask(fields: Mapping[str, SlotType]) -> Mask:
    plan = [(name, _BY_FIELD.get(name) or _mask_of(field.kind)) for name, field in fields.items()]

    def mask(record: Any, literals: Set[str], conversation: str) -> Any:
        if not isinstance(record, dict):
            return MALFORMED
        masked: dict[str, Any] = {}
        for name, mask_field in plan:
            value = record.get(name)
            if value is None or value == "":
                if name in record:
                    masked[name] = value
            else:
                masked[name] = mask_field(value, literals, conversation)
        return masked

    return mask
