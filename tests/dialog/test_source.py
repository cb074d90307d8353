"""YAML is read as it was written, and what could be read in two ways is refused at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.compiler import compile_folder
from core.dialog.loader import load_folder
from core.dialog.problems import Problems
from core.dialog.source import MAX_BYTES, read_source
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS, UK


def test_every_scalar_is_the_text_that_was_written() -> None:
    source = read_source("on: yes\nphone: 0501234567\nsum: 1.00\ntime: 22:30\nempty:\n", "f.yaml", Problems())

    assert source is not None
    assert source.data == {"on": "yes", "phone": "0501234567", "sum": "1.00", "time": "22:30", "empty": ""}


def test_every_node_knows_its_line_and_column() -> None:
    source = read_source('a: 1\nb:\n  - {c: "x"}\n', "f.yaml", Problems())

    assert source is not None
    assert source.mark(("b", 0)) == ("f.yaml", 3, 5)
    assert source.key_mark(("b", 0, "c")) == ("f.yaml", 3, 6)
    assert source.mark(("b", 0, "c")) == ("f.yaml", 3, 10)
    assert source.mark(("b", 7, "nowhere")) == ("f.yaml", 3, 3)


REFUSED = [
    ("a: 1\na: 2\n", "doubled_key", 2, 1),
    ("a: &x 1\n", "anchor", 1, 4),
    ("a: 1\nb: *x\n", "anchor", 2, 4),
    ("a: !!python/object:os.system 1\n", "tag", 1, 4),
    ("a: !!str 1\n", "tag", 1, 4),
    ("a: 1\n---\nb: 2\n", "many_documents", 2, 1),
    ("", "empty", 1, 1),
    ("# only a comment\n", "empty", 1, 1),
    ("a: [1, 2\n", "yaml", 2, 1),
    ("a: 1\n b: 2\n", "yaml", 2, 3),
    ("? [a]\n: 1\n", "key_not_text", 1, 3),
    ("a: " + "[" * 40 + "]" * 40, "too_deep", 1, 28),
    ("a: \x00", "yaml", 1, 1),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSED)
def test_what_can_be_read_in_two_ways_is_refused_where_it_stands(text: str, code: str, line: int, column: int) -> None:
    problems = Problems()

    read_source(text, "f.yaml", problems)

    assert [(one.code, one.line, one.column) for one in problems.found] == [(code, line, column)]


def test_a_file_that_is_too_large_or_not_text_is_refused() -> None:
    problems = Problems()

    assert read_source(b"a: " + b"x" * MAX_BYTES, "big.yaml", problems) is None
    assert read_source(b"a: 1\nb: \xff\xfe\n", "bytes.yaml", problems) is None

    assert [(one.code, one.line) for one in problems.found] == [("too_large", 1), ("not_utf8", 2)]


def test_a_bomb_of_aliases_does_not_grow() -> None:
    problems = Problems()
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))

    assert read_source(bomb, "bomb.yaml", problems) is None
    assert problems.found[0].code == "anchor"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    problems = Problems()

    source = read_source(content, "any.yaml", problems)

    assert source is not None or problems.has_errors


def test_a_broken_file_is_a_problem_and_the_others_are_still_read(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    for file in FLOWS.rglob("*.yaml"):
        (tmp_path / file.relative_to(FLOWS)).write_bytes(file.read_bytes())
    (tmp_path / "order_card.yaml").write_text("flow: order_card\nsteps: [\n", encoding="utf-8")

    compilation = compile_folder(tmp_path, SIGNATURES, UK)

    assert compilation.programs is None
    assert [(Path(one.file).name, one.line) for one in compilation.errors if one.code == "yaml"] == [
        ("order_card.yaml", 3)
    ]
    assert "card_transfer" in compilation.folder.flows


def test_a_flow_beside_the_system_flows_takes_the_place_of_one_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    for file in FLOWS.rglob("*.yaml"):
        (tmp_path / file.relative_to(FLOWS)).write_bytes(file.read_bytes())
    own = "flow: help\nsteps: [{id: tell, say: Our own help, end: done}]\n"
    (tmp_path / "help.yaml").write_text(own, encoding="utf-8")

    compilation = compile_folder(tmp_path, SIGNATURES, UK)

    assert compilation.programs is not None
    assert compilation.programs.flows["help"].file == str(tmp_path / "help.yaml")


def test_engine_texts_must_be_whole_and_known(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    for file in FLOWS.rglob("*.yaml"):
        (tmp_path / file.relative_to(FLOWS)).write_bytes(file.read_bytes())
    texts = tmp_path / "system" / "engine.uk.yaml"
    written = texts.read_text(encoding="utf-8").replace("busy:", "bussy:").replace("{what}", "{whot}")
    texts.write_text(written, encoding="utf-8")

    errors = compile_folder(tmp_path, SIGNATURES, UK).errors

    assert {"engine_text_unknown", "engine_text_missing", "text"} <= {one.code for one in errors}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("other.yaml", "flow: another\nsteps: [{id: a, end: done}]\n", "file_name"),
        ("card_transfer.de.yaml", "a.b: {of: x, text: y}\n", "file_name"),
        ("nothing.uk.yaml", "a.b: {of: x, text: y}\n", "lonely_file"),
    ],
)
def test_files_must_belong_to_a_flow(tmp_path: Path, name: str, content: str, code: str) -> None:
    (tmp_path / "card_transfer.yaml").write_bytes((FLOWS / "card_transfer.yaml").read_bytes())
    (tmp_path / name).write_text(content, encoding="utf-8")

    assert code in {one.code for one in load_folder(tmp_path).problems.found}


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert [one.code for one in load_folder(tmp_path / "nowhere").problems.found] == ["no_folder"]
