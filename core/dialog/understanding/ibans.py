"""International bank account numbers (ISO 13616), checked by length and by modulo 97 (ISO 7064)."""

from __future__ import annotations

import re
from typing import Final

from core.dialog.understanding.normal import normalise

_FORM: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# Countries whose accounts our customers pay to; the length of others is not checked.
_LENGTHS: Final = {
    **{"UA": 29, "BY": 28, "PL": 28, "DE": 22, "AT": 20, "CZ": 24, "SK": 24, "HU": 28, "RO": 24, "MD": 24, "GE": 22},
    **{"LT": 20, "LV": 21, "EE": 20, "FR": 27, "IT": 27, "ES": 24, "PT": 25, "NL": 18, "BE": 16, "GB": 22, "TR": 26},
}
# The same letters on a Cyrillic keyboard; the check digits tell whether the guess was right.
_LOOK_ALIKES: Final = str.maketrans("АВЕКМНОРСТХІ", "ABEKMHOPCTXI")


def read_iban(text: str) -> str | None:
    """The IBAN in capitals without spaces, or None when its form, length or check digits are wrong."""
    iban = re.sub(r"[\s\-]", "", normalise(text)).upper().translate(_LOOK_ALIKES)
    if not _FORM.fullmatch(iban) or len(iban) != _LENGTHS.get(iban[:2], len(iban)):
        return None
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return iban if int(digits) % 97 == 1 else None
