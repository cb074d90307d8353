"""The shipped receipt: a valid picture, readable by machines, the same for the same data, one for each language."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from imagegen.studio import Studio

LANGUAGES = ("uk", "ru", "be", "en")
Open = Callable[[bytes], Image.Image]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_receipt_is_a_png_of_its_declared_size(
    studio: Studio, receipt: dict[str, str], opened: Open, lang: str
) -> None:
    picture = opened(studio.draw("receipt", receipt, lang))
    assert picture.size == (1080, 1350)


def test_the_receipt_is_stored_by_palette_and_carries_neither_time_nor_text(
    studio: Studio, receipt: dict[str, str]
) -> None:
    picture = Image.open(io.BytesIO(studio.draw("receipt", receipt, "uk")))
    assert (picture.format, picture.mode, picture.info) == ("PNG", "P", {})


def test_the_receipt_is_small_enough_for_every_messenger(studio: Studio, receipt: dict[str, str]) -> None:
    assert len(studio.draw("receipt", receipt, "uk")) < 100_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_code_in_the_finished_picture_is_the_reference(
    studio: Studio, receipt: dict[str, str], opened: Open, lang: str
) -> None:
    codes = zxingcpp.read_barcodes(opened(studio.draw("receipt", receipt, lang)))
    assert [(code.format, code.text) for code in codes] == [(zxingcpp.BarcodeFormat.QRCode, receipt["reference"])]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reference=st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZabcxyz-_/ҐЄІЇЎéß", min_size=1, max_size=40))
def test_any_reference_comes_back_from_the_code(
    studio: Studio, receipt: dict[str, str], opened: Open, reference: str
) -> None:
    picture = opened(studio.draw("receipt", {**receipt, "reference": reference}, "en"))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [reference]


def test_the_code_survives_the_jpeg_that_a_messenger_makes_of_it(
    studio: Studio, receipt: dict[str, str], opened: Open
) -> None:
    squeezed = io.BytesIO()
    opened(studio.draw("receipt", receipt, "uk")).resize((640, 800)).save(squeezed, "JPEG", quality=60)
    codes = zxingcpp.read_barcodes(Image.open(squeezed))
    assert [code.text for code in codes] == [receipt["reference"]]


def test_equal_input_gives_equal_bytes_in_another_studio_too(studio: Studio, receipt: dict[str, str]) -> None:
    other = Studio()
    assert other.draw("receipt", receipt, "be") == studio.draw("receipt", receipt, "be")
    other.close()


def test_drawing_leaves_no_trace_in_the_next_picture(studio: Studio, receipt: dict[str, str]) -> None:
    before = studio.draw("receipt", receipt, "uk")
    studio.draw("receipt", {**receipt, "payee": "Хтось зовсім інший", "amount": "9 999 999,99 ₴"}, "uk")
    assert studio.draw("receipt", receipt, "uk") == before


def test_each_language_has_its_own_labels(studio: Studio, receipt: dict[str, str]) -> None:
    pictures = {lang: studio.draw("receipt", receipt, lang) for lang in LANGUAGES}
    assert all(pictures[first] != pictures[second] for first, second in combinations(LANGUAGES, 2))


@pytest.mark.parametrize("field", ["amount", "fee", "total", "payee", "source", "reference", "at", "status"])
def test_every_field_is_seen_in_the_picture(studio: Studio, receipt: dict[str, str], opened: Open, field: str) -> None:
    first = opened(studio.draw("receipt", receipt, "uk"))
    second = opened(studio.draw("receipt", {**receipt, field: "7"}, "uk"))
    assert ImageChops.difference(first, second).getbbox() is not None


def test_flat_surfaces_have_exactly_the_colours_of_the_template(
    studio: Studio, receipt: dict[str, str], opened: Open
) -> None:
    picture = opened(studio.draw("receipt", receipt, "uk"))
    assert picture.getpixel((0, 0)) == (0x0B, 0x4A, 0x44)
    assert picture.getpixel((540, 1290)) == (0xFF, 0xFF, 0xFF)
