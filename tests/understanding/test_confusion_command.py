"""`teller flows confusion`: what a product owner reads about phrases that are too much alike."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner

from app.cli.flows import cli
from tests.understanding.phrase_sets import FLOWS


def test_the_hardest_phrases_are_listed_with_both_flows() -> None:
    result = CliRunner().invoke(cli, ["confusion", str(FLOWS), "--most", "3"])

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert len(lines) == 3
    assert all("balance" in line or "card_transfer" in line or "language" in line for line in lines)


def test_phrases_too_much_alike_are_marked(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(FLOWS, flows)
    language = flows / "language.yaml"
    language.write_text(language.read_text().replace("uk: [мова,", "uk: [переказати грошики, мова,"))

    result = CliRunner().invoke(cli, ["confusion", str(flows), "--most", "3"])

    assert "language / card_transfer  переказати грошики (doubtful)" in result.output


def test_a_folder_with_errors_has_no_report(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["confusion", str(tmp_path)])

    assert result.exit_code == 1
