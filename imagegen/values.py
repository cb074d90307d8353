"""Makes a customer's values fit to be drawn: one line of visible characters, no card number in it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from core.kernel.masking import mask_text

# Controls, format characters (also those that turn the direction of writing), surrogates, private use, unassigned,
# and marks that no letter took in: basic layout cannot place them.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_BREAKS: Final = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_SPACES: Final = re.compile(" {2,}")


def clean(value: str) -> str:
    """Normal form C, breaks turned into spaces, invisible characters gone, card numbers masked, ends trimmed."""
    composed = _BREAKS.sub(" ", unicodedata.normalize("NFC", value))
    visible = "".join(letter for letter in composed if unicodedata.category(letter) not in _DROPPED)
    return mask_text(_SPACES.sub(" ", visible).strip())
