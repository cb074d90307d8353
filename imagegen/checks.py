"""What the models of a template cannot see by themselves: whether its parts agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from core.kernel.strict_yaml import Place
from imagegen.fonts import line_height
from imagegen.qr import TooDense, qr_mask
from imagegen.template import Box, Canvas, Layer, LineLayer, Pattern, QrLayer, Template, TextLayer

Fault = tuple[Place, str]


def faults(template: Template) -> Iterator[Fault]:
    """Every fault with the place of the value that is to blame."""
    yield from _colour_faults(template.canvas, template, ("canvas",))
    for index, layer in enumerate(template.layers):
        place: Place = ("layers", index)
        yield from _colour_faults(layer, template, place)
        yield from _binding_faults(layer, template, place)
        yield from _canvas_faults(layer, template.canvas, place)
        yield from _room_faults(layer, template, place)
    yield from _overlaps(template)


def _colour_faults(layer: Layer | Canvas, template: Template, place: Place) -> Iterator[Fault]:
    for key in ("colour", "accent"):
        colour = getattr(layer, key, None)
        if colour is not None and not colour.startswith("#") and colour not in template.colours:
            yield (*place, key), f"'{colour}' is no colour; write #RRGGBB or a name from colours:"


def _binding_faults(layer: Layer, template: Template, place: Place) -> Iterator[Fault]:
    if isinstance(layer, TextLayer) and layer.label is not None and layer.label not in template.texts:
        yield (*place, "label"), f"the text '{layer.label}' is not in texts:"
    if isinstance(layer, TextLayer | QrLayer) and layer.value is not None:
        for field in Pattern(layer.value).fields:
            if field not in template.data:
                yield (*place, "value"), f"the field '{field}' is not declared in data:"


def _canvas_faults(layer: Layer, canvas: Canvas, place: Place) -> Iterator[Fault]:
    corners: list[tuple[str, int, int]]
    if isinstance(layer, LineLayer):
        corners = [("start", *layer.start), ("end", *layer.end)]
    else:
        left, top, width, height = layer.box
        corners = [("box", left + width, top + height)]
    for key, right, bottom in corners:
        if right > canvas.width or bottom > canvas.height:
            yield (*place, key), f"the layer reaches ({right}, {bottom}), outside the canvas of {_size(canvas)}"


def _size(canvas: Canvas) -> str:
    return f"{canvas.width} x {canvas.height}"


def _room_faults(layer: Layer, template: Template, place: Place) -> Iterator[Fault]:
    if isinstance(layer, TextLayer):
        needed = line_height(layer.font, layer.size)
        if needed > layer.box[3]:
            yield (*place, "box"), f"the box is {layer.box[3]} high; a line of this font and size needs {needed}"
    if isinstance(layer, QrLayer) and not _longest_fits(layer, template):
        yield (*place, "box"), "the code of the longest value would be too dense for the box"


def _longest_fits(layer: QrLayer, template: Template) -> bool:
    pattern = Pattern(layer.value)
    if not template.data.keys() >= set(pattern.fields):
        return True
    # No character takes more bytes in the code than one of four bytes in UTF-8.
    longest = pattern.fill({field: "\U0001f600" * template.data[field].max for field in pattern.fields})
    try:
        qr_mask(longest, layer.box[2])
    except TooDense:
        return False
    return True


def _overlaps(template: Template) -> Iterator[Fault]:
    changing = [
        (index, layer.box)
        for index, layer in enumerate(template.layers)
        if isinstance(layer, TextLayer | QrLayer) and layer.value is not None
    ]
    for (_, first), (index, second) in combinations(changing, 2):
        if _meet(first, second):
            yield ("layers", index, "box"), f"the box lies over another value's box {list(first)}"


def _meet(first: Box, second: Box) -> bool:
    return all(
        first[axis] < second[axis] + second[axis + 2] and second[axis] < first[axis] + first[axis + 2]
        for axis in (0, 1)
    )
