"""Compiling variants of the fixture flows from text."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from core.dialog.compiler import Compilation, build_set, compile_loaded
from core.dialog.compiling.flow import compile_flow
from core.dialog.engine_texts import compile_engine_texts
from core.dialog.loader import FlowFiles, FlowFolder, load_folder
from core.dialog.problems import FlowProblem
from core.dialog.program import ProgramSet
from core.dialog.signatures import build_catalogue
from core.dialog.source import read_source
from tests.dialog.bank import SIGNATURES

FLOWS: Final = Path(__file__).parent / "fixtures" / "flows"
CARD_TRANSFER: Final = (FLOWS / "card_transfer.yaml").read_text(encoding="utf-8")
UK: Final = ("uk",)


def compile_with(*changed: str, langs: tuple[str, ...] = UK) -> Compilation:
    """The fixture folder with these flows put in, or in place of those of the same name."""
    return compile_loaded(with_changes(*changed), build_catalogue(SIGNATURES), langs)


def with_changes(*changed: str) -> FlowFolder:
    folder = load_folder(FLOWS)
    for text in changed:
        name = text.partition("flow:")[2].split()[0]
        files = folder.flows.setdefault(name, FlowFiles(name))
        files.flow = read_source(text, f"{name}.yaml", folder.problems)
    return folder


def programs_with(*changed: str) -> ProgramSet:
    compilation = compile_with(*changed)
    assert compilation.programs is not None, [str(problem) for problem in compilation.errors]
    return compilation.programs


def unproven_with(*changed: str) -> ProgramSet:
    """The same for flows that the verifier refuses: what the engine does where a proof was wrong or is missing."""
    folder, catalogue = with_changes(*changed), build_catalogue(SIGNATURES)
    sources = [files.flow for files in folder.flows.values() if files.flow is not None]
    compiled = [compile_flow(source, {}, catalogue, UK, folder.problems) for source in sources]
    assert not folder.problems.has_errors, [str(problem) for problem in folder.problems.found]
    texts = compile_engine_texts(folder.engine, UK, folder.problems, folder.path)
    return build_set([one.program for one in compiled if one is not None], texts, catalogue)


def problems_of(*changed: str) -> list[FlowProblem]:
    """Errors of the changed flows only."""
    return list(compile_with(*changed).errors)


def replaced(old: str, new: str, text: str = CARD_TRANSFER) -> str:
    """The text with one passage replaced; the passage must be there."""
    assert old in text, f"the fixture has no {old!r}"
    return text.replace(old, new, 1)


def codes(problems: list[FlowProblem]) -> set[str]:
    return {problem.code for problem in problems}
