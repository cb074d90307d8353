"""Coverage masks of geometric layers. Drawn four times larger and averaged, so that edges are smooth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageDraw

_FINE: Final = 4
_INK: Final = 255

Mask = Image.Image
Draw = Callable[[ImageDraw.ImageDraw, float], None]


def _smooth(width: int, height: int, draw: Draw) -> Mask:
    """`draw` gets a pen and the number of its units in a pixel."""
    large = Image.new("L", (width * _FINE, height * _FINE))
    draw(ImageDraw.Draw(large), _FINE)
    return large.reduce(_FINE)


def rectangle(width: int, height: int, radius: int) -> Mask:
    """A filled box whose corners are rounded by `radius` pixels."""
    if radius == 0:
        return Image.new("L", (width, height), _INK)
    area = (0, 0, width * _FINE - 1, height * _FINE - 1)
    return _smooth(width, height, lambda pen, unit: pen.rounded_rectangle(area, radius * unit, fill=_INK))


def line(
    canvas: tuple[int, int], start: tuple[int, int], end: tuple[int, int], width: int, dash: tuple[int, int] | None
) -> tuple[Mask, tuple[int, int]]:
    """The mask of a line with round ends, cut at the canvas, and where its upper left corner belongs."""
    reach = width // 2 + 1
    left, top = (max(0, min(start[axis], end[axis]) - reach) for axis in (0, 1))
    right, bottom = (min(canvas[axis], max(start[axis], end[axis]) + reach) for axis in (0, 1))
    strokes = _strokes(start, end, dash)

    def draw(pen: ImageDraw.ImageDraw, unit: float) -> None:
        for pair in strokes:
            points = [((x - left) * unit, (y - top) * unit) for x, y in pair]
            pen.line(points, fill=_INK, width=round(width * unit))
            for x, y in points:
                pen.circle((x, y), width * unit / 2, fill=_INK)

    return _smooth(right - left, bottom - top, draw), (left, top)


def _strokes(
    start: tuple[int, int], end: tuple[int, int], dash: tuple[int, int] | None
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    length = math.dist(start, end)
    if dash is None or length == 0:
        return [(start, end)]
    step = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)

    def point(distance: float) -> tuple[float, float]:
        return start[0] + step[0] * distance, start[1] + step[1] * distance

    begins = range(0, math.ceil(length), sum(dash))
    return [(point(begin), point(min(begin + dash[0], length))) for begin in begins]


def _bubble(pen: ImageDraw.ImageDraw, side: float) -> None:
    """A speech bubble: a bank that lives in conversations."""
    pen.rounded_rectangle((0, 0, side - 1, side * 0.84), side * 0.26, fill=_INK)
    pen.polygon([(side * 0.18, side * 0.74), (side * 0.18, side - 1), (side * 0.48, side * 0.80)], fill=_INK)


def _letter(pen: ImageDraw.ImageDraw, side: float) -> None:
    """A T made of two bars, the upper one parted like a card slot."""
    pen.rounded_rectangle((side * 0.24, side * 0.21, side * 0.76, side * 0.34), side * 0.065, fill=_INK)
    pen.rounded_rectangle((side * 0.435, side * 0.21, side * 0.565, side * 0.66), side * 0.065, fill=_INK)


# Each shape: what is painted in `colour`, then what is painted over it in `accent`; the pen's area is a square.
SHAPES: Final[Mapping[str, tuple[Draw, Draw]]] = MappingProxyType({"teller": (_bubble, _letter)})


def shape(name: str, width: int, height: int) -> tuple[Mask, Mask]:
    """The two masks of a named shape, in the largest square at the upper left of the box."""
    side = min(width, height)
    first, second = SHAPES[name]
    return _smooth(side, side, lambda pen, unit: first(pen, side * unit)), _smooth(
        side, side, lambda pen, unit: second(pen, side * unit)
    )
