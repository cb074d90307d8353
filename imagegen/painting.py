"""Paints what never changes: shapes once for a template, labels once for each language."""

from __future__ import annotations

from PIL import Image

from imagegen import shapes
from imagegen.layout import DoesNotFit, typeset
from imagegen.load import LoadedTemplate
from imagegen.template import LineLayer, RectLayer, ShapeLayer, Template, TextLayer


def paint_shapes(template: Template) -> Image.Image:
    """An RGB picture of the background and of all layers without text, in the order of the file."""
    canvas = template.canvas
    picture = Image.new("RGB", (canvas.width, canvas.height), template.rgb(canvas.colour))
    for layer in template.layers:
        match layer:
            case RectLayer():
                mask = shapes.rectangle(*layer.box[2:], layer.radius)
                picture.paste(template.rgb(layer.colour), layer.box[:2], mask)
            case LineLayer():
                mask, corner = shapes.line(picture.size, layer.start, layer.end, layer.width, layer.dash)
                picture.paste(template.rgb(layer.colour), corner, mask)
            case ShapeLayer():
                body, detail = shapes.shape(layer.shape, *layer.box[2:])
                picture.paste(template.rgb(layer.colour), layer.box[:2], body)
                picture.paste(template.rgb(layer.accent), layer.box[:2], detail)
    return picture


def with_labels(picture: Image.Image, loaded: LoadedTemplate, language: str) -> Image.Image:
    """A copy with the labels of one language over the shapes. Raises TemplateError for a label that does not fit."""
    template = loaded.template
    painted = picture.copy()
    for index, layer in enumerate(template.layers):
        if isinstance(layer, TextLayer) and layer.label is not None:
            try:
                mask = typeset(template.texts[layer.label][language], layer)
            except DoesNotFit as error:
                sentence = f"the text '{layer.label}' in '{language}' does not fit its box at the smallest size"
                raise loaded.source.error(sentence, "layers", index, "label") from error
            painted.paste(template.rgb(layer.colour), layer.box[:2], mask)
    return painted
