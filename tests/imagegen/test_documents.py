"""Documents: the same picture as a PDF of one page, read back by another reader and looked at pixel by pixel."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.PdfParser import PdfParser

from imagegen.errors import FieldMissing, UnknownLanguage, UnknownTemplate
from imagegen.studio import Studio


def read(document: bytes) -> tuple[PdfParser, dict[bytes, Any], Any]:
    """The file, its only page and the picture on it."""
    pdf = PdfParser(buf=document)
    [reference] = pdf.pages
    page = pdf.read_indirect(reference)
    return pdf, page, pdf.read_indirect(page[b"Resources"][b"XObject"][b"picture"])


def shown(picture: Any) -> Image.Image:
    details = picture.dictionary
    size = (details[b"Width"], details[b"Height"])
    indices = Image.frombytes("P", size, zlib.decompress(picture.buf))
    indices.putpalette(details[b"ColorSpace"][3])
    return indices.convert("RGB")


def test_a_document_shows_the_picture_to_the_pixel(studio: Studio, receipt: dict[str, str]) -> None:
    _, page, picture = read(studio.document("receipt", receipt, "uk"))

    drawn = Image.open(io.BytesIO(studio.draw("receipt", receipt, "uk"))).convert("RGB")
    assert shown(picture).tobytes() == drawn.tobytes()
    assert page[b"MediaBox"] == [0, 0, drawn.width / 2, drawn.height / 2]


def test_a_document_is_small_and_equal_input_gives_equal_bytes(studio: Studio, receipt: dict[str, str]) -> None:
    first = studio.document("receipt", receipt, "be", "Квитанцыя")

    assert first == studio.document("receipt", receipt, "be", "Квитанцыя")
    assert len(first) < len(studio.draw("receipt", receipt, "be"))


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Квитанція R1 (копія) \\ ;", "Квитанція R1 (копія) \\ ;"),
        ("4111 1111 1111 1111", "••••1111"),
        ("a\x00\u202eb", "ab"),
    ],
)
def test_the_title_is_clean_text(studio: Studio, receipt: dict[str, str], title: str, kept: str) -> None:
    pdf, _, _ = read(studio.document("receipt", receipt, "uk", title))

    assert pdf.info.Title == kept


def test_a_title_has_an_end(studio: Studio, receipt: dict[str, str]) -> None:
    pdf, _, _ = read(studio.document("receipt", receipt, "uk", "я" * 5000))

    assert pdf.info.Title == "я" * 200


def test_what_cannot_be_drawn_cannot_be_a_document(studio: Studio, receipt: dict[str, str]) -> None:
    with pytest.raises(UnknownTemplate):
        studio.document("no_such", receipt, "uk")
    with pytest.raises(UnknownLanguage):
        studio.document("receipt", receipt, "de")
    with pytest.raises(FieldMissing):
        studio.document("receipt", {}, "uk")


async def test_a_document_drawn_beside_the_loop_is_the_same(studio: Studio, receipt: dict[str, str]) -> None:
    beside = await studio.document_async("receipt", receipt, "en", "Receipt")

    assert beside == studio.document("receipt", receipt, "en", "Receipt")
