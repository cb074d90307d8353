"""Whether values fit the types of a declaration. Messages name the place, never the value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from core.kernel.errors import ValidationFailed
from core.kernel.masking import find_card_numbers
from core.kernel.money import MoneyError, exponent

MAX_AMOUNT: Final = 999_999_999_999
MAX_TEXT: Final = 1_000
MAX_ITEMS: Final = 100

_ID: Final = re.compile(r"[\x21-\x7e]{1,64}")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CARD_FIELDS: Final = frozenset({"id", "name", "pan", "currency", "available"})
_PAYEE_WAYS: Final = ("card_id", "card_token", "phone")
_PAYEE_FIELDS: Final = frozenset({"name", "masked", *_PAYEE_WAYS})


def checked_arguments(
    operation: str, params: Mapping[str, str], args: Mapping[str, Any], secrets: Mapping[str, str]
) -> dict[str, Any]:
    """The arguments, with secret ones taken from where secrets travel. Raises `ValidationFailed` naming the first
    argument that is missing, unknown or not of its type."""
    found = {**args, **{name: secrets[name] for name, kind in params.items() if kind == "secret" and name in secrets}}
    if unknown := sorted(found.keys() - params.keys()):
        raise ValidationFailed(f"{operation}: unknown argument {unknown[0][:64]!r}")
    for name, kind in params.items():
        if name not in found:
            raise ValidationFailed(f"{operation}: the argument {name} is missing")
        if not fits(kind, found[name]):
            raise ValidationFailed(f"{operation}: the argument {name} is not a value of type {kind}")
    return found


def fits(kind: str, value: Any) -> bool:
    """Whether the value is one of the type, for example `money`, `card` or `list of card`."""
    if kind.startswith("list of "):
        inner = kind.removeprefix("list of ")
        return isinstance(value, list) and len(value) <= MAX_ITEMS and all(fits(inner, item) for item in value)
    return _TYPES[kind](value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT and not _CONTROL.search(value)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value)) and not find_card_numbers(value)


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**53


def _is_money(value: Any) -> bool:
    if not isinstance(value, Mapping) or value.keys() != {"amount", "currency"} or type(value["amount"]) is not int:
        return False
    try:
        exponent(value["currency"])
    except (MoneyError, TypeError):
        return False
    return abs(value["amount"]) <= MAX_AMOUNT


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_phone(value: Any) -> bool:
    return isinstance(value, str) and bool(_PHONE.fullmatch(value))


def _is_card(value: Any) -> bool:
    """An own card: its id, and what was shown of it."""
    if not isinstance(value, Mapping) or not value.keys() <= _CARD_FIELDS or not _is_id(value.get("id")):
        return False
    texts = [value[name] for name in ("name", "pan", "currency") if name in value]
    return all(map(_is_text, texts)) and ("available" not in value or _is_money(value["available"]))


def _is_payee(value: Any) -> bool:
    """Whoever gets the money, reached in exactly one way: own card, foreign card's token, or phone."""
    if not isinstance(value, Mapping) or not value.keys() <= _PAYEE_FIELDS or not all(map(_is_text, value.values())):
        return False
    ways = [name for name in _PAYEE_WAYS if value.get(name)]
    if len(ways) != 1:
        return False
    return (_is_phone if ways[0] == "phone" else _is_id)(value[ways[0]])


def _is_iban(value: Any) -> bool:
    """ISO 13616: the rearranged number leaves 1 when divided by 97."""
    if not isinstance(value, str) or not _IBAN.fullmatch(value):
        return False
    return int("".join(str(int(letter, 36)) for letter in value[4:] + value[:4])) % 97 == 1


_TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "text": _is_text,
    "choice": _is_text,
    "int": _is_whole,
    "bool": lambda value: isinstance(value, bool),
    "money": _is_money,
    "date": _is_date,
    "phone": _is_phone,
    "card": _is_card,
    "payee": _is_payee,
    "iban": _is_iban,
    "id": _is_id,
    "secret": lambda value: _is_text(value) and 0 < len(value) <= 64,
}
