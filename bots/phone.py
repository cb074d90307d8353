"""Telephone numbers as platforms send them, to E.164."""

from __future__ import annotations

from typing import Final

import phonenumbers

_LENGTH_MAX: Final = 64


def e164(received: str) -> str:
    """`380501112233` and `+380 50 111-22-33` give `+380501112233`; what is no international number stays as received,
    at most 64 characters of it. Without `+` it must be a number in use, or a local one would be taken for foreign."""
    written = received.strip()[:_LENGTH_MAX]
    international = written.startswith("+")
    try:
        number = phonenumbers.parse(written if international else f"+{written}", None)
    except phonenumbers.NumberParseException:
        return written
    accepts = phonenumbers.is_possible_number if international else phonenumbers.is_valid_number
    if not accepts(number):
        return written
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
