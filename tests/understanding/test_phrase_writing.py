"""Phrases written into a flow's file: what was there stays as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dialog.phrase_writing import NotWritable, with_phrases
from core.dialog.understanding import words_of
from tests.understanding.phrase_sets import FLOWS

FLOW = """\
# About this flow.
flow: pay
entry:  # how people get here
  phrases:
    uk: [переказ, "надіслати: гроші"]  # the base
    ru:
      - перевод  # as it is
      - отправь
    en: []
  command: pay
steps:
  - {id: a, say: b, end: done}
"""


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("uk", '    uk: [переказ, "надіслати: гроші", скинь]  # the base'),
        ("ru", "      - отправь\n      - скинь\n    en: []"),
        ("en", "    en: [скинь]\n"),
        ("be", "    en: []\n    be: [скинь]\n  command"),
    ],
)
def test_a_phrase_is_written_where_its_author_would_write_it(lang: str, line: str) -> None:
    written = with_phrases(FLOW, lang, ["скинь"])

    assert line in written
    assert [kept for kept in FLOW.splitlines() if kept not in written.splitlines()] == (
        [] if lang in ("ru", "be") else [kept for kept in FLOW.splitlines() if kept.startswith(f"    {lang}:")]
    )


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        ("", "entry:\n  phrases:\n    uk: [скинь]\nsteps:"),
        ("entry: {command: pay}\n", "entry: {command: pay, phrases: {uk: [скинь]}}\n"),
        ("entry: {}\n", "entry: {phrases: {uk: [скинь]}}\n"),
        ("entry:\n  command: pay\n", "entry:\n  command: pay\n  phrases: {uk: [скинь]}\n"),
        ("entry: {phrases: {en: [pay]}}\n", "entry: {phrases: {en: [pay], uk: [скинь]}}\n"),
    ],
)
def test_what_is_missing_on_the_way_is_written_too(entry: str, written: str) -> None:
    flow = f"flow: pay\n{entry}steps:\n  - {{id: a, say: b, end: done}}\n"

    assert written in with_phrases(flow, "uk", ["скинь"])


def test_a_long_list_goes_on_in_the_next_line() -> None:
    flow = f"flow: pay\nentry: {{phrases: {{uk: [{'переказ ' * 16}]}}}}\nsteps: []\n"

    assert ",\n                       скинь гроші" in with_phrases(flow, "uk", ["скинь гроші"])


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.text(min_size=1, max_size=30).map(words_of).filter(bool), min_size=1, max_size=4, unique=True),
       st.sampled_from(["uk", "ru", "be", "en"]))  # fmt: skip
def test_any_words_are_read_back_as_they_were(phrases: list[str], lang: str) -> None:
    for name in ("card_transfer", "system/unrecognised"):
        content = (FLOWS / f"{name}.yaml").read_text(encoding="utf-8")
        before = yaml.load(content, Loader=yaml.BaseLoader)  # noqa: S506

        try:
            after = yaml.load(with_phrases(content, lang, phrases), Loader=yaml.BaseLoader)  # noqa: S506
        except NotWritable:
            continue

        known = before.get("entry", {}).get("phrases", {}).get(lang, [])
        assert after["entry"]["phrases"][lang] == [*known, *phrases]
        assert after["steps"] == before["steps"]


@pytest.mark.parametrize(
    "content", ["[]", "a: &x b", "flow: x", "entry: []\nsteps: []", "entry: {phrases: []}\nsteps: []"]
)
def test_what_is_no_flow_is_left_alone(content: str) -> None:
    with pytest.raises(NotWritable):
        with_phrases(content, "uk", ["скинь"])


def test_the_comments_of_a_shipped_flow_are_all_there(tmp_path: Path) -> None:
    content = (FLOWS / "card_transfer.yaml").read_text(encoding="utf-8")

    written = with_phrases(content, "be", ["скінь грошы", "дай у доўг"])

    differing = [line for line in written.splitlines() if line not in content.splitlines()]
    assert len(differing) == 1
    assert differing[0].endswith("скінь грошы, дай у доўг]")
