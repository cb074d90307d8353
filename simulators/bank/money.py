"""Sums: whole minor units in JSON, decimal text in XML, and the bank's price list."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from simulators.bank.errors import RestRefusal

# All accounts of the simulated bank are in currencies of two decimals (ISO 4217).
_MINOR_IN_MAJOR: Final = 100

SMALLEST_TRANSFER: Final = 100
LARGEST_TRANSFER: Final = 10_000_000
_SMALLEST_FEE: Final = 500
_FEE_PER_MILLE: Final = 5


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """`amount` in minor units, `currency` of ISO 4217."""

    amount: Annotated[int, Meta(ge=0, le=999_999_999_999)]
    currency: Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]

    def json(self) -> dict[str, object]:
        return {"amount": self.amount, "currency": self.currency}


def check_transfer_amount(money: Money, currency: str) -> None:
    """Raises `RestRefusal` 13 (other currency than the card's), 3103 (too small) or 61 (over the bank's own limit)."""
    if money.currency != currency:
        raise RestRefusal(422, "13", f"the card is in {currency}, the sum in {money.currency}")
    if money.amount < SMALLEST_TRANSFER:
        raise RestRefusal(422, "3103", f"the smallest transfer is {decimal_text(SMALLEST_TRANSFER)}")
    if money.amount > LARGEST_TRANSFER:
        raise RestRefusal(422, "61", f"the largest transfer is {decimal_text(LARGEST_TRANSFER)}")


def transfer_fee(amount: int, *, between_own_cards: bool) -> int:
    """0.5 %, half a minor unit rounded up, at least 5.00; nothing between own cards."""
    if between_own_cards:
        return 0
    return max(_SMALLEST_FEE, (amount * _FEE_PER_MILLE + 500) // 1000)


def decimal_text(amount: int) -> str:
    """105010 -> `1050.10`."""
    sign = "-" if amount < 0 else ""
    major, minor = divmod(abs(amount), _MINOR_IN_MAJOR)
    return f"{sign}{major}.{minor:02d}"
