"""How names and card numbers are shown to people: never whole."""

from __future__ import annotations

import re
from typing import Final

from core.bank_api.bank import CallEnded, unknown
from core.kernel.masking import mask_text

_LAST_FOUR: Final = re.compile(r"(?:^|[^0-9])([0-9]{4})$")
_MAX_NAME: Final = 70


def shown_name(full: str) -> str:
    """`Олена Коваль` -> `Олена К.`: the first name, and the first letter of the last one."""
    words = mask_text(full).split()
    if len(words) < 2:
        return "".join(words)[:_MAX_NAME]
    return f"{words[0][:_MAX_NAME]} {words[-1][0]}."


def shown_card(masked: str) -> str:
    """`414949******1234` -> `••••1234`. Raises `CallEnded` for a text that is no masked number."""
    match = _LAST_FOUR.search(masked)
    if match is None:
        raise CallEnded(unknown("a card's masked number does not end in exactly four digits"))
    return f"••••{match[1]}"
