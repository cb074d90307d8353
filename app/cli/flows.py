"""`teller flows`: what a product owner needs before publishing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.declarations import catalogue_signatures
from app.settings import Settings
from core.dialog.compiler import compile_folder
from core.dialog.flowtest.runner import run_flow_tests
from core.dialog.json_schema import flow_json_schema
from core.dialog.understanding.report import confusion as confusions

cli = typer.Typer(help="The bank's conversations.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Argument(help="folder of flows; the configured one by default")]
_console = Console(highlight=False, soft_wrap=True)


@cli.command()
def check(folder: Folder = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Compile and verify every flow; exit code 1 when anything is an error."""
    compilation = compile_folder(folder or Settings().flows_dir, catalogue_signatures())
    if as_json:
        typer.echo(json.dumps([asdict(problem) for problem in compilation.problems], ensure_ascii=False, indent=1))
    else:
        for problem in compilation.problems:
            _console.print(str(problem), markup=False)
        errors = len(compilation.errors)
        good = f"{len(compilation.programs.flows)} flows are fine." if compilation.programs else ""
        _console.print(good or f"{errors} errors: not publishable.")
    raise typer.Exit(0 if compilation.programs else 1)


@cli.command()
def test(folder: Folder = None) -> None:
    """Run the tests that lie beside the flows, on every channel; exit code 1 when any fails."""
    outcomes = run_flow_tests(folder or Settings().flows_dir, catalogue_signatures())
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        _console.print(str(outcome), markup=False)
    _console.print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    raise typer.Exit(1 if failed or not outcomes else 0)


@cli.command()
def confusion(folder: Folder = None, most: Annotated[int, typer.Option(min=1)] = 20) -> None:
    """List the phrases that are hardest to tell from those of another flow."""
    compilation = compile_folder(folder or Settings().flows_dir, catalogue_signatures())
    if compilation.programs is None:
        _console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    found = confusions({name: flow.entry.phrases for name, flow in compilation.programs.flows.items()})
    for one in found[:most]:
        mark = "(doubtful)" if one.doubtful else ""
        scores = f"{one.own_score:.2f} {one.nearest_score:.2f}"
        _console.print(f"{scores}  {one.intent} / {one.nearest}  {one.phrase} {mark}".rstrip(), markup=False)


@cli.command()
def schema() -> None:
    """Print the JSON Schema that lets an editor complete and underline flow files."""
    typer.echo(json.dumps(flow_json_schema(catalogue_signatures()), ensure_ascii=False, indent=2))
