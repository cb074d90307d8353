"""Data from customers: bounded, cleaned and masked before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.kernel.errors import TellerError
from core.kernel.masking import find_card_numbers
from imagegen.errors import FieldMissing, UnknownLanguage, UnknownTemplate, ValueRefused
from imagegen.studio import Studio
from imagegen.values import clean

Open = Callable[[bytes], Image.Image]
CARD_NUMBER = "4539 1488 0343 6467"
TWO_HALVES = """\
canvas: {width: 400, height: 100, colour: "#FFFFFF"}
data: {first: {example: A, max: 20}, second: {example: B, max: 20}}
layers:
  - {kind: text, value: "{first}{second}", box: [0, 0, 400, 60], font: regular, size: 30, colour: "#000000"}
"""


def test_an_unknown_template_is_named_with_those_that_there_are(studio: Studio) -> None:
    with pytest.raises(UnknownTemplate, match=r"no template 'reciept'; there are: receipt"):
        studio.draw("reciept", {}, "uk")


def test_a_template_name_is_never_a_path(studio: Studio) -> None:
    with pytest.raises(UnknownTemplate):
        studio.draw("../templates/receipt", {}, "uk")


def test_an_unknown_language_is_named_with_those_that_there_are(studio: Studio, receipt: dict[str, str]) -> None:
    with pytest.raises(UnknownLanguage, match=r"template 'receipt' has no language 'de'; there are: be, en, ru, uk"):
        studio.draw("receipt", receipt, "de")


@pytest.mark.parametrize("field", ["amount", "fee", "total", "payee", "source", "reference", "at", "status"])
def test_a_missing_field_is_named_with_its_template(studio: Studio, receipt: dict[str, str], field: str) -> None:
    del receipt[field]
    with pytest.raises(FieldMissing, match=rf"template 'receipt': field '{field}' is missing"):
        studio.draw("receipt", receipt, "uk")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("x" * 201, "has 201 characters, at most 200 are allowed"),
        ("x" * 5_000_000, "has 5000000 characters, at most 200 are allowed"),
        ("", "is blank"),
        (" \n\t ", "is blank"),
        ("\0\x01\u200b\u202e\ufeff", "is blank"),
        ("\ud800", "is blank"),
        (12, "is int, not text"),
        (["Олена"], "is list, not text"),
    ],
)
def test_a_value_that_cannot_be_drawn_is_refused(
    studio: Studio, receipt: dict[str, str], value: object, reason: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        studio.draw("receipt", {**receipt, "payee": value}, "uk")  # type: ignore[dict-item]
    assert caught.value.detail == f"template 'receipt': field 'payee' {reason}"


def test_a_refusal_does_not_repeat_the_value(studio: Studio, receipt: dict[str, str]) -> None:
    with pytest.raises(TellerError) as caught:
        studio.draw("receipt", {**receipt, "amount": "Таємниця" * 6}, "uk")
    assert "Таємниця" not in str(caught.value)


def test_data_that_the_template_does_not_declare_are_not_drawn(studio: Studio, receipt: dict[str, str]) -> None:
    more = {**receipt, "cvv": "123", "x" * 1000: "y" * 100_000}
    assert studio.draw("receipt", more, "uk") == studio.draw("receipt", receipt, "uk")


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        ("Олена\nПетрівна", "Олена Петрівна"),
        ("Олена\r\n\tПетрівна", "Олена Петрівна"),
        ("Оле\0на", "Олена"),
        ("Оле\u202eна\u202c", "Олена"),
        ("\u2067Олена\u2069", "Олена"),
        ("Оле\u00adна\u200d", "Олена"),
        ("И\u0306ван", "Йван"),
        ("О\u0338\u0338\u0338лена", "Олена"),
        ("  Олена   Петрівна  ", "Олена Петрівна"),
        ("1\u00a0250,00\u00a0₴", "1\u00a0250,00\u00a0₴"),
    ],
)
def test_what_is_not_visible_text_is_taken_out(value: str, drawn: str) -> None:
    assert clean(value) == drawn


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (CARD_NUMBER, "••••6467"),
        (f"Картка {CARD_NUMBER}", "Картка ••••6467"),
        (CARD_NUMBER.replace(" ", ""), "••••6467"),
        (CARD_NUMBER.replace(" ", "\n"), "••••6467"),
        (CARD_NUMBER.replace(" ", "\u200b\u202e"), "••••6467"),
        (CARD_NUMBER.replace("8", "8\0\0\0\0"), "••••6467"),
        ("٤٥٣٩ ١٤٨٨ ٠٣٤٣ ٦٤٦٧", "••••٦٤٦٧"),
    ],
)
def test_a_card_number_is_masked_before_it_is_drawn(
    studio: Studio, receipt: dict[str, str], value: str, drawn: str
) -> None:
    assert clean(value) == drawn
    masked = studio.draw("receipt", {**receipt, "payee": drawn}, "uk")
    assert studio.draw("receipt", {**receipt, "payee": value}, "uk") == masked


def test_a_card_number_parted_over_two_fields_of_one_text_is_masked_too(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(TWO_HALVES, encoding="utf-8")
    studio = Studio(tmp_path)
    halves = studio.draw("two", {"first": CARD_NUMBER[:9], "second": CARD_NUMBER[10:]}, "uk")
    assert halves == studio.draw("two", {"first": "••••", "second": "6467"}, "uk")
    studio.close()


def test_a_card_number_does_not_get_into_the_code_either(studio: Studio, receipt: dict[str, str], opened: Open) -> None:
    picture = opened(studio.draw("receipt", {**receipt, "reference": CARD_NUMBER}, "uk"))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["••••6467"]


@given(value=st.text(max_size=200))
def test_cleaning_is_a_law_it_leaves_visible_text_and_changes_nothing_the_second_time(value: str) -> None:
    once = clean(value)
    assert clean(once) == once
    assert once == once.strip()
    assert not any(ord(letter) < 32 for letter in once)
    assert find_card_numbers(once) == []


@pytest.mark.parametrize("payee", ["שלום עולם", "محمد", "王小明", "🙂🙂🙂", "გიორგი", "﷽" * 200, "W" * 200, "é" * 200])
def test_scripts_that_the_fonts_lack_are_drawn_as_empty_boxes_and_break_nothing(
    studio: Studio, receipt: dict[str, str], payee: str
) -> None:
    assert studio.draw("receipt", {**receipt, "payee": payee}, "uk").startswith(b"\x89PNG")
