"""Who gets which part of a split: the same for the same parts, evenly spread, without chance or time."""

from __future__ import annotations

import hashlib
from typing import Final

# Shares are written in percent with at most one decimal.
WHOLE: Final = 1000


def share_of(written: str) -> int:
    """Tenths of a percent of `20%` or `12.5%`."""
    percent, _, tenths = written.removesuffix("%").partition(".")
    return int(percent) * 10 + int(tenths or 0)


def draw(*parts: object) -> int:
    """A number from 0 up to `WHOLE` that depends on all parts and on nothing else."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8, person=b"teller-split").digest()
    return int.from_bytes(digest, "big") % WHOLE
