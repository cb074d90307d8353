"""`teller flows check`: what a product owner runs before publishing."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from app.channel_looks import LOOKS
from app.cli.flows.report import as_object, counted, github_commands, show
from app.cli.flows.shared import Folder, compiled, console
from core.dialog.compiler import Compilation
from core.dialog.flowtest.runner import run_compiled
from core.dialog.flowtest.untested import untested_steps
from core.dialog.problems import FlowProblem

FINE: Final = 0
ERRORS: Final = 1
NOT_LOOKED: Final = 2
_UNSEEN: Final = frozenset(("no_folder", "unreadable"))


def check(
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    github: Annotated[bool, typer.Option("--github", help="print annotations for GitHub workflows")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="warnings fail, too")] = False,
    tests: Annotated[bool, typer.Option(help="play the tests to name the steps that none reaches")] = True,
) -> None:
    """Compile and verify every flow. Exit code 0: fine, maybe with warnings; 1: errors; 2: could not look."""
    compilation = compiled(folder)
    problems = [*compilation.problems, *(_untested(compilation) if tests else ())]
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    flows = len(compilation.programs.flows) if compilation.programs is not None else None
    if as_json:
        typer.echo(json.dumps(as_object(problems, flows), ensure_ascii=False, indent=1))
    elif github:
        for line in github_commands(problems):
            typer.echo(line)
    else:
        show(console, problems)
        console.print(_sum(problems, flows))
    raise typer.Exit(exit_code(problems, strict=strict))


def _untested(compilation: Compilation) -> list[FlowProblem]:
    if compilation.programs is None or all(files.tests is None for files in compilation.folder.flows.values()):
        return []
    return untested_steps(run_compiled(compilation, LOOKS), compilation)


def exit_code(problems: list[FlowProblem], *, strict: bool) -> int:
    counts = counted(problems)
    if any(problem.code in _UNSEEN for problem in problems):
        return NOT_LOOKED
    return ERRORS if counts["error"] or (strict and counts["warning"]) else FINE


def _sum(problems: list[FlowProblem], flows: int | None) -> str:
    counts = counted(problems)
    found = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count)
    if flows is None:
        return f"Not publishable: {found}."
    return f"{flows} flows are fine{f': {found}' if found else ''}."
