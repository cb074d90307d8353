"""YAML is read as it was written, and what could be read in two ways is refused where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.kernel.strict_yaml import MAX_BYTES, MAX_DEPTH, MOST_PROBLEMS, Source, read_yaml, read_yaml_file


def accepted(content: bytes | str) -> Source:
    reading = read_yaml(content, "f.yaml")
    assert reading.problems == ()
    assert reading.source is not None
    return reading.source


def refused(content: bytes | str) -> list[tuple[str, int, int]]:
    return [(one.code, one.mark.line, one.mark.column) for one in read_yaml(content, "f.yaml").problems]


def test_every_scalar_is_the_text_that_was_written() -> None:
    text = "on: yes\nphone: 0501234567\nsum: 1.00\ntime: 22:30\nnothing: ~\nempty:\n<<: [null, 0x1F, '5']\n"

    assert accepted(text).data == {
        "on": "yes",
        "phone": "0501234567",
        "sum": "1.00",
        "time": "22:30",
        "nothing": "~",
        "empty": "",
        "<<": ["null", "0x1F", "5"],
    }


@pytest.mark.parametrize(("text", "data"), [("word", "word"), ("- a\n- [b]\n", ["a", ["b"]]), ("{}", {})])
def test_a_document_may_be_of_any_shape(text: str, data: Any) -> None:
    assert accepted(text).data == data


def test_a_byte_order_mark_is_not_a_part_of_the_first_key() -> None:
    source = accepted(b"\xef\xbb\xbfa: 1\n")

    assert source.data == {"a": "1"}
    assert source.key_mark(("a",)) == ("f.yaml", 1, 1)


def test_every_key_and_value_knows_its_line_and_column() -> None:
    source = accepted('a: 1\nb:\n  - {c: "x"}\n')

    assert source.mark(()) == ("f.yaml", 1, 1)
    assert source.key_mark(("b",)) == ("f.yaml", 2, 1)
    assert source.mark(("b",)) == ("f.yaml", 3, 3)
    assert source.key_mark(("b", 0)) == source.mark(("b", 0)) == ("f.yaml", 3, 5)
    assert source.key_mark(("b", 0, "c")) == ("f.yaml", 3, 6)


def test_the_mark_of_a_quoted_value_is_behind_its_quote() -> None:
    assert accepted('a: "x"\n').mark(("a",)) == ("f.yaml", 1, 5)


def test_a_place_that_was_not_written_has_the_marks_of_the_nearest_one_around_it() -> None:
    source = accepted("a: 1\nb:\n  - {c: x}\n")

    assert source.mark(("b", 7, "nowhere")) == source.mark(("b",))
    assert source.key_mark(("b", 7, "nowhere")) == source.key_mark(("b",))


REFUSED = [
    ("a: &x 1\n", "anchor", 1, 4),
    ("a: 1\nb: *x\n", "anchor", 2, 4),
    ("*x : 1\n", "anchor", 1, 1),
    ("&x a: 1\n", "anchor", 1, 1),
    ("a: &x {b: 1}\n", "anchor", 1, 4),
    ("a: !!python/object:os.system 1\n", "tag", 1, 4),
    ("a: !!str 1\n", "tag", 1, 4),
    ("a: ! 1\n", "tag", 1, 4),
    ("a: !!set [b]\n", "tag", 1, 4),
    ("a: 1\n---\nb: 2\n", "many_documents", 2, 1),
    ("", "empty", 1, 1),
    ("# only a comment\n", "empty", 1, 1),
    ("a: [1, 2\n", "yaml", 2, 1),
    ("a: 1\n b: 2\n", "yaml", 2, 3),
    ("%YAML 9.9\n---\na: 1\n", "yaml", 1, 1),
    ("? [a]\n: 1\n", "key_not_text", 1, 3),
    ("a: 1\nb: \x00", "yaml", 2, 4),
    ("a: 1\nїжак: \x07", "yaml", 2, 7),
    ("a: 1\nb: \ud800", "not_utf8", 2, 1),
    (b"a: 1\nb: \xff\xfe\n", "not_utf8", 2, 1),
    (b"a: " + b"x" * MAX_BYTES, "too_large", 1, 1),
]


@pytest.mark.parametrize(("content", "code", "line", "column"), REFUSED)
def test_what_can_be_read_in_two_ways_or_not_at_all_is_refused_where_it_stands(
    content: bytes | str, code: str, line: int, column: int
) -> None:
    assert refused(content) == [(code, line, column)]
    assert read_yaml(content, "f.yaml").source is None


def test_the_reason_why_it_is_not_yaml_is_told() -> None:
    (problem,) = read_yaml("a: 'x\n", "f.yaml").problems

    assert problem.sentence == "this is not YAML: while scanning a quoted scalar, found unexpected end of stream"


def test_every_doubled_key_is_told_with_the_line_of_the_first_and_the_first_value_is_kept() -> None:
    reading = read_yaml("a: 1\na: {c: 2, c: 3}\nb: 4\n", "f.yaml")

    assert [(one.code, one.mark.line, one.mark.column) for one in reading.problems] == [
        ("doubled_key", 2, 1),
        ("doubled_key", 2, 11),
    ]
    assert reading.problems[0].sentence.startswith("the key 'a' is written twice, first in line 1")
    assert reading.source is not None
    assert reading.source.data == {"a": "1", "b": "4"}
    assert reading.source.mark(("a",)) == ("f.yaml", 1, 4)


def test_a_file_of_nothing_but_doubled_keys_does_not_make_a_problem_of_each() -> None:
    problems = read_yaml("a: 1\n" * 10_000, "f.yaml").problems

    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].code == "too_many_problems"


def test_a_bomb_of_aliases_does_not_grow() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))

    assert refused(bomb) == [("anchor", 1, 4)]


def test_nesting_is_read_down_to_the_limit() -> None:
    assert accepted("[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH).data


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("[" * (MAX_DEPTH + 1) + "x" + "]" * (MAX_DEPTH + 1), MAX_DEPTH + 2),
        ("[" * 200_000, MAX_DEPTH + 2),
        ("{a: " * 60_000, MAX_DEPTH * 4 + 5),
        ("- " * 100_000, MAX_DEPTH * 2 + 3),
        ("? " * 100_000, 3),
    ],
)
def test_nesting_that_would_overflow_the_stack_of_a_composer_is_refused_at_the_limit(text: str, column: int) -> None:
    assert refused(text)[0][1:] == (1, column)


PIECES = st.sampled_from([*"{}[]:,-&*!|>'\"#%@` \n\t?~x1\x00\x07\ud800\ufeff\x85", "- ", ": ", "--- ", "...\n", "ї"])


@given(st.binary(max_size=4000) | st.text(max_size=4000) | st.lists(PIECES, max_size=1500).map("".join))
@example("[" * 4000)
@example('"\\ud800"')
def test_any_content_gives_a_document_or_a_problem_with_a_place_and_a_sentence(content: bytes | str) -> None:
    reading = read_yaml(content, "f.yaml")

    assert reading.source is not None or reading.problems
    assert all(one.mark.line >= 1 and one.mark.column >= 1 and one.sentence for one in reading.problems)


TREES = st.recursive(
    st.text("aї: -#'\"{[&*!\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)


def _written(tree: Any) -> str:
    """The tree in YAML's flow style with everything quoted."""
    if isinstance(tree, str):
        return '"' + tree.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(tree, list):
        return "[" + ", ".join(map(_written, tree)) + "]"
    return "{" + ", ".join(f"{_written(key)}: {_written(value)}" for key, value in tree.items()) + "}"


@given(TREES)
def test_a_tree_that_is_written_is_read_again(tree: Any) -> None:
    assert accepted(_written(tree)).data == tree


def test_a_file_is_read_under_the_name_that_marks_show(tmp_path: Path) -> None:
    path = tmp_path / "long" / "way.yaml"
    path.parent.mkdir()
    path.write_text("a: 1\n", encoding="utf-8")

    reading = read_yaml_file(path, "way.yaml")

    assert reading.source is not None
    assert reading.source.data == {"a": "1"}
    assert reading.source.mark(()) == ("way.yaml", 1, 1)


def test_a_file_that_is_too_large_or_not_there_is_a_problem(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a" * (MAX_BYTES + 1))

    (too_large,) = read_yaml_file(large, "large.yaml").problems
    (unreadable,) = read_yaml_file(tmp_path / "gone.yaml", "gone.yaml").problems

    assert (too_large.code, too_large.sentence) == ("too_large", f"the file is larger than {MAX_BYTES} bytes")
    assert (unreadable.code, unreadable.sentence) == (
        "unreadable",
        "the file cannot be read: No such file or directory",
    )
