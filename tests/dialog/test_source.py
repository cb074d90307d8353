"""Files of flows: what cannot be read is a problem at its place, and files belong to a flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.dialog.compiler import compile_folder
from core.dialog.loader import load_folder
from core.dialog.problems import Problems
from core.dialog.source import read_source
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS, UK


def test_what_yaml_is_refused_for_is_a_problem_of_the_flow_where_it_stands() -> None:
    problems = Problems()

    source = read_source("flow: a\nflow: b\nabout: &x text\n", "f.yaml", problems)

    assert source is None
    assert [(one.code, one.line, one.column) for one in problems.found] == [("doubled_key", 2, 1), ("anchor", 3, 8)]
    assert str(problems.found[1]) == (
        "f.yaml:3:8: error [anchor] anchors (&) and aliases (*) are not allowed. Write it out."
    )


def test_a_doubled_key_is_a_problem_and_the_rest_of_the_file_is_still_read() -> None:
    problems = Problems()

    source = read_source("flow: a\nflow: b\nsteps: []\n", "f.yaml", problems)

    assert source is not None
    assert source.data == {"flow": "a", "steps": []}
    assert problems.has_errors


def test_a_broken_file_is_a_problem_and_the_others_are_still_read(folder: Path) -> None:
    (folder / "order_card.yaml").write_text("flow: order_card\nsteps: [\n", encoding="utf-8")

    compilation = compile_folder(folder, SIGNATURES, UK)

    assert compilation.programs is None
    assert [(Path(one.file).name, one.line) for one in compilation.errors if one.code == "yaml"] == [
        ("order_card.yaml", 3)
    ]
    assert "card_transfer" in compilation.folder.flows


def test_a_flow_beside_the_system_flows_takes_the_place_of_one_of_the_same_name(folder: Path) -> None:
    own = "flow: help\nsteps: [{id: tell, say: Our own help, end: done}]\n"
    (folder / "help.yaml").write_text(own, encoding="utf-8")

    compilation = compile_folder(folder, SIGNATURES, UK)

    assert compilation.programs is not None
    assert compilation.programs.flows["help"].file == str(folder / "help.yaml")


def test_engine_texts_must_be_whole_and_known(folder: Path) -> None:
    texts = folder / "system" / "engine.uk.yaml"
    written = texts.read_text(encoding="utf-8").replace("busy:", "bussy:").replace("{what}", "{whot}")
    texts.write_text(written, encoding="utf-8")

    errors = compile_folder(folder, SIGNATURES, UK).errors

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
