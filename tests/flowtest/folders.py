"""Folders of flows with their tests, put together from texts over the fixture flows of the language."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from core.dialog.compiler import Compilation, build_set, compile_loaded
from core.dialog.compiling.flow import compile_flow
from core.dialog.engine_texts import compile_engine_texts
from core.dialog.loader import FlowFolder
from core.dialog.signatures import build_catalogue
from core.dialog.source import read_source
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import UK, with_changes

WRONG: Final = Path(__file__).parent / "wrong"
HEAD: Final = "flow: small\nentry: {command: small}\n"


def folder_with(flow: str, tests: str, *others: str) -> FlowFolder:
    """The fixture folder with this flow, its tests, and other flows."""
    folder = with_changes(flow, *others)
    name = flow.partition("flow:")[2].split()[0]
    folder.flows[name].tests = read_source(tests, f"{name}.test.yaml", folder.problems)
    for other, files in folder.flows.items():
        if other != name:
            files.tests = None
    return folder


def proven(flow: str, tests: str, *others: str) -> Compilation:
    compilation = compile_loaded(folder_with(flow, tests, *others), build_catalogue(SIGNATURES), UK)
    assert compilation.programs is not None, [str(problem) for problem in compilation.errors]
    return compilation


def unproven(flow: str, tests: str, *others: str) -> Compilation:
    """For flows that the verifier refuses: what would be found if it did not."""
    folder, catalogue = folder_with(flow, tests, *others), build_catalogue(SIGNATURES)
    sources = [files.flow for files in folder.flows.values() if files.flow is not None]
    compiled = [compile_flow(source, {}, catalogue, UK, folder.problems) for source in sources]
    assert not folder.problems.has_errors, [str(problem) for problem in folder.problems.found]
    texts = compile_engine_texts(folder.engine, UK, folder.problems, folder.path)
    programs = build_set([one.program for one in compiled if one is not None], texts, catalogue)
    return Compilation(programs, (), folder)


def wrong(name: str) -> Compilation:
    """One of the flows that are wrong on purpose, with its tests."""
    part = (WRONG / "a_part.yaml").read_text(encoding="utf-8")
    flow, tests = (
        (WRONG / f"{name}.yaml").read_text(encoding="utf-8"),
        (WRONG / f"{name}.test.yaml").read_text(encoding="utf-8"),
    )
    return unproven(flow, tests, part)
