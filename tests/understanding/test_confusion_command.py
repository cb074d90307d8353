"""`teller flows confusion`: what a product owner reads about phrases that are too much alike."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from app.cli.flows import cli
from tests.understanding.phrase_sets import FLOWS


def test_the_hardest_phrases_are_listed_with_both_flows() -> None:
    result = CliRunner().invoke(cli, ["confusion", str(FLOWS), "--most", "3"])

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert len(lines) == 4
    assert all("balance" in line or "card_transfer" in line or "language" in line for line in lines[:3])
    assert lines[3].startswith("Doubtful: be ")


def test_machines_read_every_phrase_with_its_language_and_the_nearest_other_flow() -> None:
    result = CliRunner().invoke(cli, ["confusion", str(FLOWS), "--json"])

    assert result.exit_code == 0
    report = json.loads(result.output)
    assert {one["lang"] for one in report} == {"uk", "ru", "be", "en"}
    assert all(one["nearest"] not in ("", one["flow"]) for one in report)
    assert sum(one["doubtful"] for one in report) < len(report) / 20


def test_phrases_too_much_alike_are_marked(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(FLOWS, flows)
    language = flows / "language.yaml"
    language.write_text(language.read_text().replace("uk: [мова,", "uk: [переказати грошики, мова,"))

    result = CliRunner().invoke(cli, ["confusion", str(flows), "--most", "3", "--fail"])

    assert "uk  language / card_transfer  переказати грошики (doubtful)" in result.output
    assert result.exit_code == 1


def test_a_folder_with_errors_has_no_report(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["confusion", str(tmp_path)])

    assert result.exit_code == 1
