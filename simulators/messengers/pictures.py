"""What a platform does with picture bytes before it shows them: it opens them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, UnidentifiedImageError

_MIME: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}

# A decoded picture of this many pixels is refused before it is decoded.
MAX_PIXELS: Final = 60_000_000


class NotAPicture(Exception):
    """The bytes are no whole PNG, JPEG or GIF file."""


@dataclass(frozen=True)
class Picture:
    """`content`: the bytes as they came. `width` and `height` in pixels."""

    content: bytes
    mime: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def open_picture(content: bytes) -> Picture:
    """Decode the whole file, so that a cut one is found. Raises `NotAPicture`."""
    try:
        with Image.open(io.BytesIO(content), formats=list(_MIME)) as image:
            image.verify()
        with Image.open(io.BytesIO(content), formats=list(_MIME)) as image:
            mime = _MIME[str(image.format)]
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise NotAPicture(f"{width}x{height} pixels are too many")
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture(str(error)) from error
    return Picture(content, mime, width, height)


def draw_picture(width: int = 320, height: int = 200) -> Picture:
    """A picture that a person may have taken."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (40, 120, 200)).save(buffer, "PNG")
    return Picture(buffer.getvalue(), "image/png", width, height)
