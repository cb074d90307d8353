"""Text into a box: the coverage mask of a text, never larger than its box."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from PIL import Image, ImageDraw

from imagegen.fonts import advance, font, line_height
from imagegen.template import TextLayer

_ELLIPSIS: Final = "…"
_SMALLER: Final = 0.9


class DoesNotFit(Exception):
    """The text is wider than its box at the smallest size allowed."""


@dataclass(frozen=True)
class Line:
    """A text as it will be drawn, in pixels: `width` of its ink, `before` of it left of where the pen starts."""

    text: str
    width: int
    before: int


def arrange(text: str, layer: TextLayer) -> tuple[int, list[Line]]:
    """The size in which the text is drawn, and its lines. Raises DoesNotFit only for `fit: shrink`."""
    return _wrapped(text, layer) if layer.fit == "wrap" else _on_one_line(text, layer)


def typeset(text: str, layer: TextLayer) -> Image.Image:
    """A mask of the size of the layer's box. Raises DoesNotFit only for `fit: shrink`."""
    size, lines = arrange(text, layer)
    face = font(layer.font, size)
    width, height = layer.box[2:]
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    step = line_height(layer.font, size)
    top = 0 if layer.valign == "top" else (height - step * len(lines)) // 2
    baseline = top + face.getmetrics()[0]
    for line in lines:
        left = {"left": 0, "center": (width - line.width) // 2, "right": width - line.width}[layer.align]
        pen.text((left + line.before, baseline), line.text, fill=255, font=face, anchor="ls")
        baseline += step
    return mask


def _measured(text: str, layer: TextLayer, size: int) -> Line:
    left, _, right, _ = font(layer.font, size).getbbox(text, anchor="ls")
    before = max(0, -int(left))
    return Line(text, before + int(right), before)


def _on_one_line(text: str, layer: TextLayer) -> tuple[int, list[Line]]:
    width, smallest, size = layer.box[2], layer.min_size or layer.size, layer.size
    line = _measured(text, layer, size)
    while line.width > width and size > smallest:
        size = max(smallest, min(size * width // line.width, size - 1))
        line = _measured(text, layer, size)
    if line.width > width:
        if layer.fit == "shrink":
            raise DoesNotFit
        line = _cut(text, layer, size)
    return size, [line]


def _wrapped(text: str, layer: TextLayer) -> tuple[int, list[Line]]:
    """The largest size at which the whole text fits, or the smallest one with the last line cut."""
    smallest, size = layer.min_size or layer.size, layer.size
    lines, rest = _broken(text, layer, size)
    while rest and size > smallest:
        size = max(smallest, int(size * _SMALLER))
        lines, rest = _broken(text, layer, size)
    measured = [_measured(line, layer, size) for line in lines]
    if rest:
        measured[-1] = _cut(f"{lines[-1]} {rest}", layer, size)
    return size, measured


def _broken(text: str, layer: TextLayer, size: int) -> tuple[list[str], str]:
    """As many lines as there is room for, broken at spaces or inside a word that is too wide, and what is left."""
    room = min(layer.lines, layer.box[3] // line_height(layer.font, size))
    lines: list[str] = []
    while text and len(lines) < room:
        end = _prefix(text, layer, size)
        space = text.rfind(" ", 1, end + 1) if end < len(text) else 0
        line = text[: space if space > 0 else end]
        lines.append(line)
        text = text[len(line) :].lstrip(" ")
    return lines, text


def _cut(text: str, layer: TextLayer, size: int) -> Line:
    kept = text[: _prefix(text, layer, size, _ELLIPSIS)].rstrip()
    return _measured(kept + _ELLIPSIS, layer, size)


def _prefix(text: str, layer: TextLayer, size: int, end: str = "") -> int:
    """How many leading characters fit together with `end`; at least 1, so that breaking lines always goes on."""
    room = layer.box[2] - sum(advance(layer.font, size, letter) for letter in end)
    reached = list(accumulate(advance(layer.font, size, letter) for letter in text))
    count = max(1, bisect_right(reached, room))
    # Ink may reach over the advances that were added up, as the dots of Ї do.
    while count > 1 and _measured(text[:count] + end, layer, size).width > layer.box[2]:
        count -= 1
    return count
