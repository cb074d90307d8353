"""What a customer typed, read as the type of the slot that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from core.dialog.slot_types import SlotType, to_stored
from core.dialog.texts.formats import BANK_ZONE
from core.dialog.understanding import (
    AmountProblem,
    is_empty,
    read_amount,
    read_bool,
    read_code,
    read_date,
    read_iban,
    read_int,
    read_phone,
)

_LONGEST_TEXT: Final = 1000


def read_answer(slot_type: SlotType, text: str, *, currency: str, now_ms: int, lang: str) -> Any:
    """The stored value, or None when the text is no answer of this type. A secret comes back as it was typed."""
    if is_empty(text):
        return None
    if slot_type.kind == "money":
        amount = read_amount(text, currency)
        return None if isinstance(amount, AmountProblem) else to_stored(amount)
    if slot_type.kind == "date":
        day = read_date(text, today(now_ms))
        return None if day is None else day.isoformat()
    if slot_type.kind == "bool":
        return read_bool(text)
    reader = _READERS.get(slot_type.kind)
    return reader(text) if reader is not None else None


def today(now_ms: int) -> date:
    """The day that customers live in at this moment."""
    return datetime.fromtimestamp(now_ms / 1000, BANK_ZONE).date()


def payee_of(phone: str, name: str = "") -> dict[str, str]:
    """A payee that is known by a phone number only."""
    return {"name": name[:70], "phone": phone, "masked": "", "card_token": "", "card_id": ""}


def _payee(text: str) -> dict[str, str] | None:
    phone = read_phone(text)
    return None if phone is None else payee_of(phone)


def _text(text: str) -> str:
    return text.strip()[:_LONGEST_TEXT]


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "int": read_int,
    "phone": read_phone,
    "iban": read_iban,
    "secret": read_code,
    "payee": _payee,
    "text": _text,
    "id": _text,
}
READABLE: Final = frozenset(_READERS) | {"money", "date", "bool"}
