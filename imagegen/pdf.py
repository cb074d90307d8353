"""A drawn picture as a PDF of one page: lossless, so that letters stay sharp, and as small as the PNG.

Pillow's own way to save a PDF turns colours into JPEG, which blurs letters, or writes palette pictures as text, two
bytes for one; here its PDF objects are used with the picture packed by Flate (PDF 1.4, 3.3.3 and 4.8).
"""

from __future__ import annotations

import io
import zlib
from typing import Final

from PIL import Image
from PIL.PdfParser import PdfBinary, PdfDict, PdfName, PdfParser

_PIXELS_A_POINT: Final = 2
_COMPRESSION: Final = 6


def pdf_of(picture: Image.Image, title: str) -> bytes:
    """`picture` has a palette. Equal input gives equal bytes: no time and no chance is written."""
    file = io.BytesIO()
    pdf = PdfParser(f=file)
    if title:
        pdf.info["Title"] = title
    pdf.start_writing()
    pdf.write_header()
    page, contents = pdf.next_object_id(0), pdf.next_object_id(0)
    pdf.pages.append(page)
    pdf.write_catalog()
    drawn = pdf.write_obj(None, stream=zlib.compress(picture.tobytes(), _COMPRESSION), **_described(picture))
    width, height = (side / _PIXELS_A_POINT for side in picture.size)
    resources = PdfDict({"XObject": PdfDict({"picture": drawn})})
    pdf.write_page(page, MediaBox=[0, 0, width, height], Resources=resources, Contents=contents)
    pdf.write_obj(contents, stream=b"q %f 0 0 %f 0 0 cm /picture Do Q" % (width, height))
    pdf.write_xref_and_trailer()
    return file.getvalue()


def _described(picture: Image.Image) -> dict[str, object]:
    palette = picture.getpalette("RGB") or []
    colours = [PdfName("Indexed"), PdfName("DeviceRGB"), len(palette) // 3 - 1, PdfBinary(palette)]
    return {
        "Type": PdfName("XObject"),
        "Subtype": PdfName("Image"),
        "Width": picture.width,
        "Height": picture.height,
        "BitsPerComponent": 8,
        "ColorSpace": colours,
        "Filter": PdfName("FlateDecode"),
    }
