"""Durations as authors write them: `30s`, `3m`, `12h`, `2d`."""

from __future__ import annotations

import re
from typing import Final

from core.kernel.errors import ValidationFailed

_DURATION: Final = re.compile(r"([1-9]\d{0,5})(s|m|h|d)")
_MILLISECONDS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST_MS: Final = 30 * _MILLISECONDS["d"]


class DurationError(ValidationFailed):
    """Not a duration, or one that is too long: by default longer than 30 days."""

    code = "duration_invalid"
    http_status = 422


def parse_duration(written: str, longest_ms: int = LONGEST_MS) -> int:
    """Milliseconds. Raises `DurationError`."""
    match = _DURATION.fullmatch(written)
    if match is None:
        raise DurationError(f"'{written[:20]}' is not a duration; write a number and s, m, h or d, such as 90s or 15m")
    milliseconds = int(match[1]) * _MILLISECONDS[match[2]]
    if milliseconds > longest_ms:
        raise DurationError(f"'{written}' is longer than {longest_ms // _MILLISECONDS['d']} days")
    return milliseconds
