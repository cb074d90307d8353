"""How surely the bank knows who is writing. Each level includes the ones before it."""

from __future__ import annotations

from typing import Final

LEVELS: Final = ("none", "phone", "otp", "card")
_RANK: Final = {level: rank for rank, level in enumerate(LEVELS)}


def rank(level: str) -> int:
    """The place of the level in the order, 0 for `none` and for what is no level at all."""
    return _RANK.get(level, 0)
