"""A template made ready for one language: what never changes is painted once, what changes is laid over a copy.

A changing layer is drawn as a coverage mask that one table turns into palette indices. This works only where the
surface under the layer has one single colour, so that is checked here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PIL import Image

from imagegen.errors import ValueRefused
from imagegen.layout import DoesNotFit, typeset
from imagegen.load import LoadedTemplate
from imagegen.painting import with_labels
from imagegen.palette import MOST_RAMPS, RGB, Palette
from imagegen.pdf import pdf_of
from imagegen.qr import TooDense, qr_mask
from imagegen.template import Pattern, QrLayer, TextLayer
from imagegen.values import clean

# Levels 1 to 3 take the same time on the receipt and 3 is the smallest; README.md of this folder has the figures.
_COMPRESSION: Final = 3


@dataclass(frozen=True)
class _Changing:
    layer: TextLayer | QrLayer
    pattern: Pattern
    surface: RGB
    ink: RGB


class Prepared:
    """Draws one template in one language."""

    def __init__(self, loaded: LoadedTemplate, shapes: Image.Image, language: str) -> None:
        """`shapes` is the picture from `paint_shapes`. Raises TemplateError for faults that show only in paint."""
        picture = with_labels(shapes, loaded, language)
        self._name = loaded.name
        self._changing = tuple(_changing(loaded, picture))
        ramps = {(part.surface, part.ink) for part in self._changing}
        if len(ramps) > MOST_RAMPS:
            sentence = f"values are drawn in {len(ramps)} pairs of colour and background; at most {MOST_RAMPS} work"
            raise loaded.source.error(sentence, "layers")
        self._palette = Palette(picture, ramps)

    def draw(self, values: Mapping[str, str]) -> bytes:
        """A PNG file. `values` are clean and complete. Raises ValueRefused for one that does not fit its place."""
        png = io.BytesIO()
        self._painted(values).save(png, "PNG", compress_level=_COMPRESSION)
        return png.getvalue()

    def document(self, values: Mapping[str, str], title: str) -> bytes:
        """The same picture as a PDF file of one page."""
        return pdf_of(self._painted(values), title)

    def _painted(self, values: Mapping[str, str]) -> Image.Image:
        canvas = self._palette.indices.copy()
        for part in self._changing:
            table = self._palette.tables[part.surface, part.ink]
            canvas.paste(self._mask(part, values).point(table), part.layer.box[:2])
        canvas.putpalette(self._palette.colours)
        return canvas

    def _mask(self, part: _Changing, values: Mapping[str, str]) -> Image.Image:
        # Cleaned again, because digits of two fields side by side may make a card number.
        text = clean(part.pattern.fill(values))
        try:
            if isinstance(part.layer, QrLayer):
                return qr_mask(text, part.layer.box[2])
            return typeset(text, part.layer)
        except (DoesNotFit, TooDense) as error:
            fields = " and ".join(part.pattern.fields)
            raise ValueRefused(f"template '{self._name}': the value of '{fields}' does not fit its place") from error


def _changing(loaded: LoadedTemplate, picture: Image.Image) -> list[_Changing]:
    template = loaded.template
    parts = []
    for index, layer in enumerate(template.layers):
        if not isinstance(layer, TextLayer | QrLayer) or layer.value is None:
            continue
        left, top, width, height = layer.box
        below = picture.crop((left, top, left + width, top + height))
        if below.getcolors(1) is None:
            raise loaded.source.error("a value needs a background of one single colour", "layers", index, "box")
        red, green, blue = below.tobytes()[:3]
        parts.append(_Changing(layer, Pattern(layer.value), (red, green, blue), template.rgb(layer.colour)))
    return parts
