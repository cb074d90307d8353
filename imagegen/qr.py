"""QR codes (ISO/IEC 18004) as masks."""

from __future__ import annotations

from typing import Final

import zxingcpp
from PIL import Image, ImageOps

# The standard asks for four empty modules around the code.
_QUIET: Final = 4
# Smaller modules are not read reliably from a screen or after a messenger has compressed the picture.
_SMALLEST_MODULE: Final = 4


class TooDense(Exception):
    """The text needs so many modules that they would be too small for the box."""


def qr_mask(text: str, side: int) -> Image.Image:
    """A square mask of `side` pixels, the code in its middle. Raises TooDense."""
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci="UTF-8")
    except ValueError as error:
        raise TooDense from error
    modules = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    scale = side // (modules.width + 2 * _QUIET)
    if scale < _SMALLEST_MODULE:
        raise TooDense
    code_side = modules.width * scale
    large = ImageOps.invert(modules).resize((code_side, code_side), Image.Resampling.NEAREST)
    mask = Image.new("L", (side, side))
    corner = (side - code_side) // 2
    mask.paste(large, (corner, corner))
    return mask
