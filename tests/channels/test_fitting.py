"""Cutting texts and labels: nothing visible is lost, no sign that a person sees as one is taken apart."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.fitting import fit, fit_labels, split_text, utf16_length
from bots.graphemes import border_before, is_border
from bots.webhook import repair_escapes, visible_text

FAMILY, FLAGS, THUMB, ENGLAND = "👨‍👩‍👧‍👦", "🇺🇦🇵🇱", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"
SIGNS = st.one_of(
    st.sampled_from([FAMILY, "🇺🇦", THUMB, ENGLAND, "é", "한", "각", "й", "\r\n", "☀️", " ", "\n", "ї", "क्"]),
    st.characters(exclude_categories=["Cs"]),
)
TEXTS = st.lists(SIGNS, max_size=60).map("".join)


def clusters(text: str) -> list[str]:
    borders = [place for place in range(len(text) + 1) if is_border(text, place)]
    return [text[start:end] for start, end in pairwise(borders)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("abї", ["a", "b", "ї"]),
        (FAMILY + "a", [FAMILY, "a"]),
        (FLAGS + "🇱", ["🇺🇦", "🇵🇱", "🇱"]),
        (THUMB + "b", [THUMB, "b"]),
        (ENGLAND + "x", [ENGLAND, "x"]),
        ("e\u0301i\u0306\u0301", ["e\u0301", "i\u0306\u0301"]),
        ("\r\n\n", ["\r\n", "\n"]),
        ("\u1112\u1161\u11ab\uac00\u11a8", ["\u1112\u1161\u11ab", "\uac00\u11a8"]),
        ("\u1100\u1100\uac00!", ["\u1100\u1100\uac00", "!"]),
        ("☀\ufe0f!", ["☀\ufe0f", "!"]),
        ("\r\n\u0591a", ["\r\n", "\u0591", "a"]),
        (" \u0591a", [" \u0591", "a"]),
    ],
)
def test_a_text_falls_into_what_a_person_sees_as_signs(text: str, expected: list[str]) -> None:
    assert clusters(text) == expected


def test_a_cluster_without_end_is_cut_somewhere() -> None:
    assert border_before("a" + "\u0301" * 5000, 4000) == 4000


@settings(deadline=None)
@given(TEXTS, st.integers(min_value=20, max_value=60))
@example("\r\n\u0591", 20)
@example("a \u0591b", 20)
@example("  \u0591", 20)
def test_a_split_text_keeps_every_visible_sign_within_the_limit(text: str, limit: int) -> None:
    ranges = split_text(text, limit, utf16_length)
    parts = [text[start:end] for start, end in ranges]
    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert all(is_border(text, start) and is_border(text, end) for start, end in ranges)
    borders = [0, *(place for start_end in ranges for place in start_end), len(text)]
    dropped = [text[left:right] for left, right in zip(borders[::2], borders[1::2], strict=True)]
    assert not any(visible_text(gap) for gap in dropped)


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(min_value=4, max_value=40))
def test_a_fitted_text_is_the_text_or_its_beginning(text: str, limit: int) -> None:
    short = fit(text, limit, utf16_length)
    assert utf16_length(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(["Так", "Так (2)", "", "а" * 70]), TEXTS), max_size=30))
def test_labels_stay_within_the_limit_and_distinct(labels: list[str]) -> None:
    fitted = fit_labels(labels, 20)
    assert len(set(fitted)) == len(labels) == len(fitted)
    assert all(1 <= len(label) <= 20 and visible_text(label) and "\n" not in label for label in fitted)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_utf16_length_is_what_the_encoding_counts(text: str) -> None:
    assert utf16_length(text) == sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(categories=["Cs"]), st.sampled_from('\\u0\x00d8a"я😀')), max_size=30))
def test_repaired_json_differs_only_in_nul_and_half_pairs(text: str) -> None:
    repaired = json.loads(repair_escapes(json.dumps({"a": text}).encode()))["a"]
    mended = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert repaired == mended.replace("\x00", "")
