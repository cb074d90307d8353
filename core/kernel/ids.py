"""Ids: opaque strings of visible ASCII. Random ones come from an injected source, derived ones from their parts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no letter looks like a digit.

IdSource = Callable[[str], str]


# Two letters at a time: an id is spelled in every turn, several times.
_PAIRS: Final = tuple(f"{first}{second}" for second in _ALPHABET for first in _ALPHABET)


def _spell(number: int, length: int) -> str:
    """The lowest `length` digits of the number in base 32, the lowest one first."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(0, 5 * length, 10)])[:length]


def random_id(prefix: str) -> str:
    """`op_7K2…`: 26 letters, 130 random bits, behind the prefix of its kind."""
    return f"{prefix}_{_spell(secrets.randbits(130), 26)}"


def derived_id(length: int, *parts: object) -> str:
    """The same parts always give the same `length` letters `[0-9A-Z]`: effect ids, nonces, bank references."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=32).digest()
    return _spell(int.from_bytes(digest, "big"), length)
