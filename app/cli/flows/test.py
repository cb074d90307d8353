"""`teller flows test`: plays the tests that lie beside the flows."""

from __future__ import annotations

import typer

from app.cli.flows.shared import Folder, console, flows_folder
from app.declarations import catalogue_signatures
from core.dialog.flowtest.runner import run_flow_tests


def test(folder: Folder = None) -> None:
    """Run the tests that lie beside the flows, on every channel; exit code 1 when any fails."""
    outcomes = run_flow_tests(flows_folder(folder), catalogue_signatures())
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        console.print(str(outcome), markup=False)
    console.print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    raise typer.Exit(1 if failed or not outcomes else 0)
