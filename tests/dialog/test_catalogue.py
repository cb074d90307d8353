"""The catalogue of checks: complete, and each example shows just what it stands for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.dialog.checks.catalogue import CHECKS, GROUPS, NARROW_CHANNEL, SIGNATURES, Entry
from core.dialog.compiler import compile_folder
from core.dialog.flowtest.runner import run_compiled
from core.dialog.flowtest.untested import untested_steps
from core.dialog.problems import FlowProblem
from tests.dialog.emitted_codes import emitted

SYSTEM = Path(__file__).parent / "fixtures" / "flows" / "system"


def test_every_code_that_can_be_reported_is_in_the_catalogue_and_no_other() -> None:
    found = emitted()

    assert {code: found[code] for code in found.keys() - CHECKS.keys()} == {}
    assert CHECKS.keys() - found.keys() == set()


def test_each_code_is_there_once() -> None:
    codes = Counter(entry.code for group in GROUPS.values() for entry in group)

    assert [code for code, count in codes.items() if count > 1] == []


@pytest.mark.parametrize("code", CHECKS)
def test_an_entry_is_written_in_whole_sentences(code: str) -> None:
    entry = CHECKS[code]

    for sentence in (entry.about, entry.why, entry.fix):
        assert sentence
        assert sentence[0].isupper() or not sentence[0].isalpha()
        assert sentence[-1] in ".?"
    assert entry.shown or entry.files


def problems_of(entry: Entry, folder: Path) -> list[FlowProblem]:
    """What is found in the example, written beside the system flows of the fixture."""
    (folder / "system").mkdir(parents=True)
    for file in SYSTEM.iterdir():
        (folder / "system" / file.name).write_bytes(file.read_bytes())
    (folder / "menu.yaml").write_text("flow: menu\nsteps:\n  - {id: what, say: Menu, end: done}\n")
    for name in entry.removed:
        (folder / name).unlink()
    for name, content in entry.files.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    if not entry.files and not entry.removed:
        folder = folder / "gone"
    channels = (NARROW_CHANNEL,) if entry.checked else ()
    compilation = compile_folder(folder, SIGNATURES, entry.langs, channels)
    touched = {str(folder / name) for name in (*entry.files, *entry.removed)} | {str(folder)}
    problems = [problem for problem in compilation.problems if problem.file in touched]
    if compilation.programs is not None and any(name.endswith(".test.yaml") for name in entry.files):
        outcomes = run_compiled(compilation)
        problems += untested_steps(outcomes, compilation)
        problems += [failure for outcome in outcomes for failure in outcome.failures]
    return problems


@pytest.mark.parametrize("code", CHECKS)
def test_an_example_shows_exactly_what_it_stands_for(code: str, tmp_path: Path) -> None:
    entry = CHECKS[code]

    found = problems_of(entry, tmp_path / "flows")

    assert {problem.code for problem in found} - entry.beside == {code}, [str(problem) for problem in found]
    assert {problem.severity for problem in found if problem.code == code} == {entry.severity}
    assert all(problem.line >= 1 and problem.column >= 1 for problem in found)
