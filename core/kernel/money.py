"""Money in integer minor units with exact ISO 4217 exponents. No float ever enters or leaves."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec

from core.kernel.errors import ValidationFailed

# ISO 4217: every currency has two decimals except these.
_EXPONENTS: Final = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class MoneyError(ValidationFailed):
    """A sum that is not a sum: float, unknown form, too many decimals or two currencies in one expression."""

    code = "amount_invalid"
    http_status = 422


def exponent(currency: str) -> int:
    """How many decimals the currency has (UAH 2, JPY 0, KWD 3)."""
    if not _CURRENCY.fullmatch(currency):
        raise MoneyError(f"currency must be three capital letters of ISO 4217, got {currency!r}")
    return _EXPONENTS.get(currency, 2)


class Money(msgspec.Struct, frozen=True, order=False):
    """`amount` is a whole number of minor units; it may be negative only in balances."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise MoneyError(f"amount must be a whole number of minor units, got {type(self.amount).__name__}")
        exponent(self.currency)

    @classmethod
    def of(cls, text: str | Decimal | int, currency: str) -> Money:
        """`Money.of("12.30", "UAH")`; refuses more decimals than the currency has instead of rounding."""
        written = str(text)
        if isinstance(text, bool | float) or not _DECIMAL.fullmatch(written):
            raise MoneyError(f"not a decimal sum: {written!r}")
        scaled = Decimal(written).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise MoneyError(f"{written} has more decimals than {currency} allows")
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        # Read from text, because arithmetic would round to the precision of the context.
        return Decimal(f"{self.amount}E-{exponent(self.currency)}")

    def __str__(self) -> str:
        return f"{self.decimal:.{exponent(self.currency)}f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other).amount

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other).amount

    def _same(self, other: Money) -> Money:
        if not isinstance(other, Money):
            raise MoneyError(f"money only meets money, got {type(other).__name__}")
        if other.currency != self.currency:
            raise MoneyError(f"two currencies in one expression: {self.currency} and {other.currency}")
        return other
