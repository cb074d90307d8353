"""What is left of a personal value when it is masked: enough to recognise it, not enough to use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_DOTS: Final = "••••"
_ENOUGH_DIGITS: Final = 8  # A card number, phone or IBAN has more; a house number or a code has fewer.
_MASKING_SIGNS: Final = frozenset("*•●·xXхХ")


def mask(value: Any) -> str:
    """`••••4567` for numbers, `О••• К•••` for names, card and payee by what the bank already masked."""
    return _mask_record(value) if isinstance(value, Mapping) else _mask_text(value)


def last4(value: str) -> str:
    """The last four letters or digits: `1234` of a card number, of an IBAN, of a masked number."""
    return "".join(sign for sign in value if sign.isalnum())[-4:]


def _mask_text(value: str) -> str:
    digits = [sign for sign in value if sign.isdigit()]
    already_masked = len(digits) >= 4 and not _MASKING_SIGNS.isdisjoint(value)
    if len(digits) >= _ENOUGH_DIGITS or already_masked:
        return _DOTS + "".join(digits[-4:])
    return " ".join(f"{word[0]}•••" for word in value.split())


def _mask_record(record: Mapping[str, Any]) -> str:
    if "title" in record:  # A flow, which is nobody's secret.
        return str(record["title"])
    if "pan" in record:
        return f"{record.get('name') or ''} {_mask_text(record['pan'])}".strip()
    return record.get("masked") or _mask_text(record.get("phone") or record.get("name") or "")
