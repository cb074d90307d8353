"""What a template file may say, as strict models. README.md of this folder explains it to authors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from imagegen.fonts import FILES
from imagegen.shapes import SHAPES

MAX_SIDE: Final = 4096
MAX_VALUE: Final = 1000
LANGUAGES: Final = frozenset({"uk", "ru", "be", "en"})
_HEX: Final = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_HOLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Pattern:
    """A text with holes for fields: `{amount}` or `No. {reference}`."""

    def __init__(self, text: str) -> None:
        self._parts = _HOLE.split(text)
        if any("{" in part or "}" in part for part in self._parts[::2]):
            raise ValueError("braces must hold the name of a field, as in {amount}")
        self.fields = tuple(dict.fromkeys(self._parts[1::2]))

    def fill(self, values: Mapping[str, str]) -> str:
        return "".join(values[part] if index % 2 else part for index, part in enumerate(self._parts))


def _known_font(name: str) -> str:
    if name not in FILES:
        raise ValueError(f"the font '{name}' is not shipped; there are {', '.join(FILES)}")
    return name


def _known_shape(name: str) -> str:
    if name not in SHAPES:
        raise ValueError(f"the shape '{name}' is not known; there are {', '.join(SHAPES)}")
    return name


def _colour(value: str) -> str:
    if value.startswith("#") and not _HEX.match(value):
        raise ValueError(f"'{value}' is no colour; write #RRGGBB or a name from colours:")
    return value


def _hex_colour(value: str) -> str:
    if not _HEX.match(value):
        raise ValueError(f"'{value}' is no colour; write #RRGGBB")
    return value


def _pattern(value: str) -> str:
    Pattern(value)
    return value


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FontName = Annotated[str, AfterValidator(_known_font)]
Colour = Annotated[str, AfterValidator(_colour)]
Place = Annotated[int, Field(ge=0, le=MAX_SIDE)]
Length = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Point = tuple[Place, Place]
Box = tuple[Place, Place, Length, Length]
PatternText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RectLayer(_Strict):
    """A filled box `[x, y, width, height]`; `radius` rounds its corners."""

    kind: Literal["rect"]
    box: Box
    colour: Colour
    radius: Place = 0


class LineLayer(_Strict):
    """A straight line `width` pixels wide; `dash: [on, off]` breaks it."""

    kind: Literal["line"]
    start: Point
    end: Point
    colour: Colour
    width: Annotated[int, Field(ge=1, le=100)] = 2
    dash: tuple[Length, Length] | None = None


class ShapeLayer(_Strict):
    """A drawing made by code, in two colours."""

    kind: Literal["shape"]
    shape: Annotated[str, AfterValidator(_known_shape)]
    box: Box
    colour: Colour
    accent: Colour


class TextLayer(_Strict):
    """One text in its box: `label` names a text of the template, `value` is a pattern of fields.

    `fit` says what happens to a text wider than the box. `shrink` makes it smaller down to `min_size` and then refuses
    it (for what must never be cut); `ellipsis` does the same and then cuts its end; `wrap` breaks it into at most
    `lines` lines, as many as the box has room for, does the same and then cuts the last one.
    """

    kind: Literal["text"]
    box: Box
    label: Name | None = None
    value: PatternText | None = None
    font: FontName
    size: Annotated[int, Field(ge=8, le=400)]
    colour: Colour
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["top", "middle"] = "middle"
    fit: Literal["shrink", "ellipsis", "wrap"] = "shrink"
    min_size: Annotated[int, Field(ge=8, le=400)] | None = None
    lines: Annotated[int, Field(ge=1, le=10)] = 1

    @model_validator(mode="after")
    def _consistent(self) -> TextLayer:
        if (self.label is None) == (self.value is None):
            raise ValueError("a text needs either label: or value:, and not both")
        if self.min_size is not None and self.min_size > self.size:
            raise ValueError("min_size: may not be greater than size:")
        if self.lines > 1 and self.fit != "wrap":
            raise ValueError("more than one of lines: needs fit: wrap")
        return self


class QrLayer(_Strict):
    """A QR code of the filled pattern, centred in a square box together with its quiet zone."""

    kind: Literal["qr"]
    box: Box
    value: PatternText
    colour: Colour

    @model_validator(mode="after")
    def _square(self) -> QrLayer:
        if self.box[2] != self.box[3]:
            raise ValueError("the box of a QR code must be square")
        return self


Layer = Annotated[RectLayer | LineLayer | ShapeLayer | TextLayer | QrLayer, Field(discriminator="kind")]


class Canvas(_Strict):
    """Size in pixels and background."""

    width: Annotated[int, Field(ge=64, le=2160)]
    height: Annotated[int, Field(ge=64, le=2160)]
    colour: Colour


class DataField(_Strict):
    """A value the caller gives: at most `max` characters. The example serves previews and the check at load."""

    example: Annotated[str, Field(min_length=1, max_length=MAX_VALUE)]
    max: Annotated[int, Field(ge=1, le=MAX_VALUE)]

    @model_validator(mode="after")
    def _example_fits(self) -> DataField:
        if len(self.example) > self.max:
            raise ValueError("the example is longer than max: allows")
        return self


def _all_languages(texts: dict[str, str]) -> dict[str, str]:
    if texts.keys() != LANGUAGES:
        raise ValueError(f"a text needs exactly the languages {', '.join(sorted(LANGUAGES))}")
    return texts


Text = Annotated[dict[str, Annotated[str, Field(min_length=1, max_length=200)]], AfterValidator(_all_languages)]


class Template(_Strict):
    """One template file. `colours` names colours, `data` declares fields, `texts` holds the translated labels."""

    canvas: Canvas
    colours: Annotated[dict[Name, Annotated[str, AfterValidator(_hex_colour)]], Field(max_length=40)] = {}
    data: Annotated[dict[Name, DataField], Field(max_length=40)] = {}
    texts: Annotated[dict[Name, Text], Field(max_length=100)] = {}
    layers: Annotated[list[Layer], Field(min_length=1, max_length=200)]

    def rgb(self, colour: str) -> tuple[int, int, int]:
        """Red, green and blue, 0 to 255 each, of `#RRGGBB` or of a name. KeyError for a name that is not there."""
        value = colour if colour.startswith("#") else self.colours[colour]
        red, green, blue = bytes.fromhex(value[1:])
        return red, green, blue
