"""Whatever a value is, its ink stays in its own boxes, and nothing of it is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from imagegen.errors import ValueRefused
from imagegen.fonts import font
from imagegen.layout import DoesNotFit, arrange, typeset
from imagegen.load import load_template
from imagegen.studio import TEMPLATES, Studio
from imagegen.template import Pattern, QrLayer, TextLayer
from imagegen.values import clean

Open = Callable[[bytes], Image.Image]
RECEIPT = load_template(TEMPLATES / "receipt.yaml").template
LETTERS = "ҐґЄєІіЇїЎўЙЩщjfgyQW№₴•«»'ʼ-0123456789 ,.…"

LONGEST = {
    "amount": "999 999 999 999 999 999 999 999 999,99 ₴",
    "fee": "888 888 888 888 888 888 888 888 888,88 ₴",
    "total": "999 999 999 999 999 999 999 999 999,99 ₴",
    "payee": "Товариство з обмеженою відповідальністю «Ґанок і Ґудзики імені Їжакевича та його учнів» " * 2,
    "source": "Накопичувальний рахунок для виплат працівникам підприємства у гривні",
    "reference": "TLR-WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "at": "понеділок, 22 листопада 2025, 14:05:33",
    "status": "Перевіряємо в банку отримувача",
}


def boxes(field: str) -> list[tuple[int, int, int, int]]:
    layers = [layer for layer in RECEIPT.layers if isinstance(layer, TextLayer | QrLayer)]
    return [layer.box for layer in layers if layer.value and field in Pattern(layer.value).fields]


def outside(difference: Image.Image, field: str) -> tuple[int, int, int, int] | None:
    for left, top, width, height in boxes(field):
        ImageDraw.Draw(difference).rectangle((left, top, left + width - 1, top + height - 1), fill=0)
    return difference.getbbox()


@pytest.mark.parametrize("field", list(LONGEST))
def test_the_longest_value_keeps_to_the_boxes_of_its_field(
    studio: Studio, receipt: dict[str, str], opened: Open, field: str
) -> None:
    short = opened(studio.draw("receipt", receipt, "uk"))
    long = opened(studio.draw("receipt", {**receipt, field: LONGEST[field]}, "uk"))
    difference = ImageChops.difference(short, long)
    assert difference.getbbox() is not None
    assert outside(difference, field) is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payee=st.text(min_size=1, max_size=200).filter(clean))
def test_no_name_at_all_leaves_its_box(studio: Studio, receipt: dict[str, str], opened: Open, payee: str) -> None:
    short = opened(studio.draw("receipt", receipt, "uk"))
    other = opened(studio.draw("receipt", {**receipt, "payee": payee}, "uk"))
    assert outside(ImageChops.difference(short, other), "payee") is None


def layer(fit: str, *, width: int = 300, align: str = "left", **more: object) -> TextLayer:
    shape = {"kind": "text", "box": [0, 0, width, 120], "value": "{name}", "font": "semibold", "size": 34}
    return TextLayer.model_validate({**shape, "colour": "#000000", "fit": fit, "align": align, **more})


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=LETTERS, min_size=1, max_size=60).map(clean).filter(bool))
@example(text="Ї" * 60)
@pytest.mark.parametrize("fit", ["ellipsis", "wrap"])
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_no_ink_is_lost_at_the_edges_of_a_box(fit: str, align: str, text: str) -> None:
    narrow = layer(fit, align=align, lines=3 if fit == "wrap" else 1, min_size=20)
    size, lines = arrange(text, narrow)
    assert ink(typeset(text, narrow)) == sum(ink(freely_drawn(line.text, size)) for line in lines)


def freely_drawn(words: str, size: int) -> Image.Image:
    picture = Image.new("L", (1000, 200))
    ImageDraw.Draw(picture).text((300, 100), words, fill=255, font=font("semibold", size), anchor="ls")
    return picture


def ink(mask: Image.Image) -> int:
    return sum(coverage * pixels for coverage, pixels in enumerate(mask.histogram()))


def test_a_text_that_shrinks_is_drawn_as_large_as_its_box_allows() -> None:
    inked = typeset("Квитанція про переказ", layer("shrink", min_size=10)).getbbox()
    assert inked is not None
    assert 270 <= inked[2] - inked[0] <= 300


def test_a_text_that_must_not_be_cut_is_refused_below_its_smallest_size() -> None:
    with pytest.raises(DoesNotFit):
        typeset("Квитанція про переказ", layer("shrink", min_size=30))


def test_a_sum_is_refused_rather_than_cut(studio: Studio, receipt: dict[str, str]) -> None:
    with pytest.raises(ValueRefused, match=r"template 'receipt': the value of 'amount' does not fit its place"):
        studio.draw("receipt", {**receipt, "amount": "W" * 40}, "uk")


def test_a_long_name_is_shown_whole_in_smaller_lines_before_any_of_it_is_cut() -> None:
    name = "Рахунок громадської організації Ґанок"
    assert words(name, layer("wrap", lines=2)).endswith("…")
    assert words(name, layer("wrap", lines=3, min_size=20)) == name


def words(text: str, narrow: TextLayer) -> str:
    return " ".join(line.text for line in arrange(text, narrow)[1])


def test_a_word_wider_than_the_box_is_broken_inside() -> None:
    wide = "Щ" * 30
    assert words(wide, layer("wrap", lines=3, size=20)).replace(" ", "") == wide


def test_spaces_that_hold_a_sum_together_are_no_place_for_a_break() -> None:
    lines = arrange("Переказ на суму 1\u00a0250,00\u00a0₴", layer("wrap", lines=2, width=330))[1]
    assert [line.text for line in lines] == ["Переказ на суму", "1\u00a0250,00\u00a0₴"]
