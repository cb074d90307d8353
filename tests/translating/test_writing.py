"""Translations written into their file: any text is read back, and what did not change stays as it was written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dialog.translating.writing import NotWritable, Written, with_translations

FILE = """\
# Translated by Olha.
ask.text:
  of: 8e589edbaa33  # checked twice
  text: "How many?"
tell.say:
  of: ea70b8abb80f
  text: |-
    First
    second
# The last one.
done.say: {of: fae8bcde7bfa, text: "Done."}
"""
TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)


def _read(content: str) -> Any:
    return yaml.load(content, Loader=yaml.BaseLoader)  # noqa: S506


def test_only_the_changed_values_are_written() -> None:
    written = with_translations(FILE, {"ask.text": Written("How many cards?", "0123456789ab")})

    assert written == FILE.replace("How many?", "How many cards?").replace("8e589edbaa33", "0123456789ab")


def test_a_text_of_several_lines_stays_a_block() -> None:
    written = with_translations(FILE, {"tell.say": Written("One\n\ntwo {n}", "ea70b8abb80f")})

    assert "  text: |-\n    One\n\n    two {n}\n# The last one." in written


def test_a_new_key_comes_at_the_end() -> None:
    written = with_translations(FILE, {"new.say": Written("New.", "0123456789ab")})

    assert written == f'{FILE}new.say:\n  of: 0123456789ab\n  text: "New."\n'


def test_a_text_of_the_engine_has_no_digest() -> None:
    assert with_translations('busy: "Wait."\n', {"busy": Written("Just a moment.")}) == 'busy: "Just a moment."\n'


def test_an_empty_file_is_begun() -> None:
    assert _read(with_translations("", {"a.say": Written("A", "0123456789ab")})) == {
        "a.say": {"of": "0123456789ab", "text": "A"}
    }


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["ask.text", "tell.say", "done.say", "new.say"]), TEXT, min_size=1))
def test_any_text_is_read_back(texts: dict[str, str]) -> None:
    before = _read(FILE)
    try:
        after = _read(with_translations(FILE, {key: Written(text, "0123456789ab") for key, text in texts.items()}))
    except NotWritable:
        assert any("\r" in text or not text.isprintable() for text in texts.values())
        return

    assert after == before | {key: {"of": "0123456789ab", "text": text} for key, text in texts.items()}


@pytest.mark.parametrize(
    "content", ["[]", "a: &x b", "ask.text: [a]", "ask.text: {of: x}", "ask.text: {of: [], text: a}"]
)
def test_what_is_no_file_of_translations_is_left_alone(content: str) -> None:
    with pytest.raises(NotWritable):
        with_translations(content, {"ask.text": Written("How many?", "0123456789ab")})
