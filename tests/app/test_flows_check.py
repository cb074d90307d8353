"""`teller flows check` and `graph`: for people, for programs, for the annotations of a code host; exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli

FLOWS = Path(__file__).resolve().parents[2] / "flows"
SHIPPED = sum(file.name.count(".") == 1 for file in FLOWS.rglob("*.yaml"))

BROKEN_LINE = (FLOWS / "balance.yaml").read_text().splitlines().index("    none: no_cards") + 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped flows, checked for Telegram only."""
    monkeypatch.setenv("TELLER_FLOW_CHANNELS", '["telegram"]')
    monkeypatch.chdir(tmp_path)
    for file in FLOWS.rglob("*.yaml"):
        copy = tmp_path / "flows" / file.relative_to(FLOWS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return tmp_path / "flows"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["flows", *map(str, arguments)])


def broken(folder: Path) -> Path:
    flow = folder / "balance.yaml"
    flow.write_text(flow.read_text().replace("none: no_cards", "none: no_card", 1))
    return folder


def warned(folder: Path) -> Path:
    flow = folder / "balance.yaml"
    flow.write_text(flow.read_text().replace("  booked: money\n", "  booked: money\n  spare: text\n", 1))
    return folder


def test_flows_that_are_fine_are_counted_and_the_code_is_0(folder: Path) -> None:
    result = run("check", "--no-tests", folder)

    assert result.exit_code == 0
    assert result.output.strip() == f"{SHIPPED} flows are fine."


def test_an_error_shows_its_line_with_a_caret_and_the_code_is_1(folder: Path) -> None:
    result = run("check", broken(folder))

    lines = result.output.splitlines()
    place = next(number for number, line in enumerate(lines) if "[unknown_step]" in line)
    assert result.exit_code == 1
    assert "flows/balance.yaml" in lines
    assert (
        lines[place]
        .strip()
        .startswith(f"{BROKEN_LINE}:11  error [unknown_step] there is no step 'no_card'; did you mean")
    )
    assert lines[place + 1].endswith("    none: no_card")
    assert lines[place + 1].index("no_card") == lines[place + 2].index("^")
    assert lines[-1] == "Not publishable: 2 errors."


def test_a_warning_fails_only_where_it_is_asked_to(folder: Path) -> None:
    assert run("check", "--no-tests", warned(folder)).exit_code == 0
    assert run("check", "--no-tests", "--strict", folder).exit_code == 1


def test_a_folder_that_is_not_there_has_a_code_of_its_own(tmp_path: Path) -> None:
    result = run("check", tmp_path / "nowhere")

    assert result.exit_code == 2
    assert "[no_folder]" in result.output


def test_json_is_one_object_of_a_stable_form(folder: Path) -> None:
    result = run("check", "--json", broken(folder))

    answer = json.loads(result.output)
    assert answer.keys() == {"publishable", "flows", "counts", "problems"}
    assert (answer["publishable"], answer["flows"]) == (False, None)
    assert answer["counts"].keys() == {"error", "warning", "info"}
    [problem] = [one for one in answer["problems"] if one["code"] == "unknown_step"]
    assert problem.keys() == {"code", "severity", "file", "line", "column", "sentence", "fix"}
    assert problem["file"] == str(folder / "balance.yaml")


def test_annotations_are_escaped_and_name_files_as_seen_from_here(folder: Path) -> None:
    broken(folder)

    result = run("check", "--github", "flows")

    [line] = [one for one in result.output.splitlines() if "unknown_step" in one]
    assert line.startswith(
        f"::error file=flows/balance.yaml,line={BROKEN_LINE},col=11,title=unknown_step::there is no step"
    )
    assert all(one.startswith(("::error ", "::warning ", "::notice ")) for one in result.output.splitlines())


def test_a_step_that_no_test_reaches_is_told(folder: Path) -> None:
    flow = folder / "balance.yaml"
    text = flow.read_text().replace("    none: no_cards\n", "    none: no_cards\n    else: odd\n", 1)
    flow.write_text(text + "  - {id: odd, handoff: cards}\n")

    result = run("check", folder)

    assert result.exit_code == 0
    assert "[untested_step] no test reaches 'odd'" in result.output


def test_a_flow_is_drawn_with_money_and_the_ways_of_the_engine_marked(folder: Path) -> None:
    drawn = run("graph", "card_transfer", "--flows", folder).output

    assert drawn.startswith("flowchart TD")
    assert '    card_transfer__pay["pay: call bank.transfer"]:::money' in drawn
    assert '  card_transfer__review -.->|"edit amount"| card_transfer__sum' in drawn
    assert '  card_transfer__pay -->|"ok"| card_transfer__receipt' in drawn


def test_all_flows_are_drawn_with_who_runs_whom(folder: Path) -> None:
    drawn = run("graph", "--format", "dot", "--flows", folder).output

    assert drawn.startswith("digraph flows {")
    assert 'menu__transfer -> card_transfer__login [label="runs" style=dashed];' in drawn
    assert drawn.strip().endswith("}")


def test_a_flow_that_is_not_there_cannot_be_drawn(folder: Path) -> None:
    result = run("graph", "card_transfr", "--flows", folder)

    assert result.exit_code == 2
    assert "card_transfer" in result.output
