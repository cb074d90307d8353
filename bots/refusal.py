"""A platform's words about a refusal, made fit for an exception text."""

from __future__ import annotations

import re
from typing import Final

from core.kernel.masking import mask_text

# Platforms quote what they refuse: addresses of one-time pages, access tokens and the customer's words.
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|\S*://\S*|\S*bot\d+:\S*|\S{24,}")
_LENGTH_MAX: Final = 200


def platform_words(description: str) -> str:
    """The description without quotations, addresses, tokens and card numbers, one line of at most 200 characters."""
    return mask_text(" ".join(_QUOTED.sub("…", description[: 4 * _LENGTH_MAX]).split()))[:_LENGTH_MAX]
