"""`teller flows check`: what a product owner runs before publishing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.flows.shared import Folder, compiled, console


def check(folder: Folder = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Compile and verify every flow; exit code 1 when anything is an error."""
    compilation = compiled(folder)
    if as_json:
        typer.echo(json.dumps([asdict(problem) for problem in compilation.problems], ensure_ascii=False, indent=1))
    else:
        for problem in compilation.problems:
            console.print(str(problem), markup=False)
        errors = len(compilation.errors)
        good = f"{len(compilation.programs.flows)} flows are fine." if compilation.programs else ""
        console.print(good or f"{errors} errors: not publishable.")
    raise typer.Exit(0 if compilation.programs else 1)
