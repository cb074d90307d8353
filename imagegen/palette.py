"""Colours as indices. A ramp leads from the colour of a surface to the colour of an ink drawn on it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from PIL import Image

RGB = tuple[int, int, int]
Ramp = tuple[RGB, RGB]

MOST_RAMPS: Final = 10
_COLOURS: Final = 256
# Steps from surface to ink: at the sizes of a receipt's text the eye sees no difference to 255.
_STEPS: Final = 15


class Palette:
    """The picture of what never changes as indices, its colours, and a table for each ramp.

    `tables[ramp]` has 256 entries: coverage of the ink (0 none, 255 full) to index.
    """

    def __init__(self, picture: Image.Image, ramps: AbstractSet[Ramp]) -> None:
        """`picture` is RGB; at most MOST_RAMPS ramps, and each one's surface is a colour of the picture."""
        kept = _COLOURS - _STEPS * len(ramps)
        reduced = picture.quantize(kept, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        colours = bytearray(reduced.getpalette("RGB") or b"")
        self.indices = Image.frombytes("L", reduced.size, reduced.tobytes())
        self.tables: dict[Ramp, bytes] = {}
        for surface, ink in sorted(ramps):
            self.tables[surface, ink] = self._add(_nearest(colours, surface), ink, colours)
        self.colours = bytes(colours)

    @staticmethod
    def _add(surface: int, ink: RGB, colours: bytearray) -> bytes:
        first = len(colours) // 3
        under = colours[surface * 3 : surface * 3 + 3]
        for step in range(1, _STEPS + 1):
            colours += bytes(round(a + (b - a) * step / _STEPS) for a, b in zip(under, ink, strict=True))
        steps = (round(coverage * _STEPS / 255) for coverage in range(256))
        return bytes(first + step - 1 if step else surface for step in steps)


def _nearest(colours: bytearray, wanted: RGB) -> int:
    def distance(index: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(colours[index * 3 : index * 3 + 3], wanted, strict=True))

    return min(range(len(colours) // 3), key=distance)
