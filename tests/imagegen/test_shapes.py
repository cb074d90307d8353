"""Masks of geometric layers and codes: smooth edges, right places, nothing outside."""

from __future__ import annotations

import pytest

from imagegen.qr import TooDense, qr_mask
from imagegen.shapes import line, rectangle, shape

FULL, NONE = 255, 0


def test_a_box_without_a_radius_is_covered_to_its_corners() -> None:
    assert rectangle(30, 20, 0).getcolors() == [(600, FULL)]


def test_a_rounded_box_has_empty_corners_smooth_edges_and_a_full_middle() -> None:
    mask = rectangle(60, 40, 20)
    assert (mask.getpixel((0, 0)), mask.getpixel((59, 39)), mask.getpixel((30, 20))) == (NONE, NONE, FULL)
    assert len(mask.getcolors() or []) > 2


def test_a_line_lies_where_its_ends_are() -> None:
    mask, (left, top) = line((100, 50), (10, 25), (90, 25), 4, None)
    assert mask.getpixel((50 - left, 25 - top)) == FULL
    box = mask.getbbox()
    assert box is not None
    assert (box[0] + left, box[1] + top) == (8, 23)
    assert (box[2] + left, box[3] + top) == pytest.approx((92, 27), abs=1)


def test_a_dashed_line_has_gaps_of_the_length_asked_for() -> None:
    mask, (left, top) = line((200, 50), (10, 25), (190, 25), 2, (20, 10))
    middle = [mask.getpixel((x - left, 25 - top)) for x in range(10, 190)]
    assert middle[:19] == [FULL] * 19
    assert middle[23:28] == [NONE] * 5
    assert middle[30:49] == [FULL] * 19


def test_a_line_along_the_edge_is_cut_at_the_canvas() -> None:
    mask, corner = line((100, 50), (0, 0), (100, 0), 10, None)
    assert corner == (0, 0)
    assert mask.width == 100
    assert mask.height < 50


def test_a_line_of_no_length_is_a_dot() -> None:
    mask, (left, top) = line((100, 50), (20, 20), (20, 20), 6, (5, 5))
    assert mask.getpixel((20 - left, 20 - top)) == FULL


def test_the_brand_mark_keeps_its_proportions_in_a_wide_box() -> None:
    body, letter = shape("teller", 120, 60)
    assert body.size == letter.size == (60, 60)
    assert body.getpixel((30, 25)) == letter.getpixel((30, 25)) == FULL


def test_a_code_leaves_a_quiet_zone_of_four_modules_on_every_side() -> None:
    left, top, right, bottom = qr_mask("TLR-7K2M93QX", 290).getbbox() or (0, 0, 0, 0)
    assert (left, top, 290 - right, 290 - bottom) == (40, 40, 40, 40)


@pytest.mark.parametrize(("text", "side"), [("x" * 5000, 2000), ("x" * 300, 200), ("TLR-7K2M93QX", 115)])
def test_a_code_that_nobody_could_read_is_not_drawn(text: str, side: int) -> None:
    with pytest.raises(TooDense):
        qr_mask(text, side)
