"""The command for authors: `python -m imagegen preview`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imagegen.__main__ import main
from imagegen.studio import Studio


@pytest.mark.parametrize("lang", ["uk", "ru", "be", "en"])
def test_a_preview_is_the_template_with_its_example_data(studio: Studio, tmp_path: Path, lang: str) -> None:
    out = tmp_path / "x.png"
    assert main(["preview", "receipt", "--lang", lang, "--out", str(out)]) == 0
    assert out.read_bytes() == studio.draw("receipt", studio.example("receipt"), lang)


def test_a_preview_can_be_a_document(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    assert main(["preview", "receipt", "--out", str(out)]) == 0
    assert out.read_bytes() == studio.document("receipt", studio.example("receipt"), "uk")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["preview", "poster", "--out", "x.png"], "no template 'poster'; there are: receipt"),
        (["preview", "receipt", "--lang", "de", "--out", "x.png"], "template 'receipt' has no language 'de'"),
        (["preview", "receipt", "--out", "/proc/none/x.png"], "No such file or directory"),
        (["preview", "receipt", "--out", "x.png", "--templates", "/nowhere"], "the folder /nowhere has no templates"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_one(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    command = [sys.executable, "-m", "imagegen", "preview", "receipt", "--out", str(out)]
    assert subprocess.run(command, check=False).returncode == 0
    assert out.read_bytes().startswith(b"\x89PNG")
