"""The fonts that are shipped, by the names that templates use."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PIL import ImageFont

FOLDER: Final = Path(__file__).with_name("fonts")
FILES: Final = MappingProxyType(
    {"regular": "Inter-Regular.otf", "semibold": "Inter-SemiBold.otf", "display": "InterDisplay-SemiBold.otf"}
)


@lru_cache(maxsize=256)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font in one size (pixels an em), read once.

    Basic layout on purpose: the other engine depends on a library of the machine, and equal input would no longer
    give equal bytes everywhere.
    """
    return ImageFont.truetype(FOLDER / FILES[name], size, layout_engine=ImageFont.Layout.BASIC)


def line_height(name: str, size: int) -> int:
    """Pixels from the highest to the lowest ink that a line of this font may have."""
    ascent, descent = font(name, size).getmetrics()
    return ascent + descent


@lru_cache(maxsize=16384)
def advance(name: str, size: int, letter: str) -> float:
    """Pixels the pen moves on for one character; basic layout adds them up."""
    return font(name, size).getlength(letter)
