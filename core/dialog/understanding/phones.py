"""Phone numbers as people write them."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from core.dialog.understanding.normal import normalise

# Letters are refused: the library would read them as the keys of a telephone.
_WRITTEN: Final = re.compile(r"\+?[0-9() ./\-‐‑–]{5,40}")


def read_phone(text: str, region: str = "UA") -> str | None:
    """E.164 of a number that exists in its numbering plan, else None.

    A number without `+` is read as one of `region` first, then as an international one.
    """
    written = normalise(text)
    if not _WRITTEN.fullmatch(written):
        return None
    return _valid(written, region) or (None if written.startswith("+") else _valid(f"+{written}", None))


def _valid(written: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
