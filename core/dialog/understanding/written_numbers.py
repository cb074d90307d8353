"""Numbers in digits, with the separators that people of four languages use, and with none of them guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

# "1 000,50": after groups parted by spaces or apostrophes a point or comma can only begin the decimals.
_SPACED: Final = re.compile(r"[1-9][0-9]{0,2}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?")
_PLAIN: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?")
_MANY_GROUPS: Final = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+")
_TWO_KINDS: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_ONE_GROUP: Final = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class Ambiguous(ValueError):
    """`1.234`: a thousand and more, or one and a bit."""


def read_written(written: str, decimals: int) -> Decimal | None:
    """The number, for a currency with so many decimals; None when it is not a number.

    Raises `Ambiguous` for three digits behind the only separator. Without decimals in the currency the separator can
    only part groups.
    """
    if _SPACED.fullmatch(written):
        return Decimal(re.sub(r"[ ']", "", written).replace(",", "."))
    if _ONE_GROUP.fullmatch(written):
        if decimals:
            raise Ambiguous(written)
        return Decimal(re.sub(r"[.,]", "", written))
    if _PLAIN.fullmatch(written):
        return Decimal(written.replace(",", "."))
    if _MANY_GROUPS.fullmatch(written):
        return Decimal(re.sub(r"[.,]", "", written))
    if _TWO_KINDS.fullmatch(written):
        point = max(written.rfind("."), written.rfind(","))
        return Decimal(f"{re.sub(r'[.,]', '', written[:point])}.{written[point + 1 :]}")
    return None
