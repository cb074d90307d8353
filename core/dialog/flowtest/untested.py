"""Steps that no test goes through, as problems at their place: for flows that have tests of their own."""

from __future__ import annotations

from collections.abc import Iterable

from core.dialog.compiler import Compilation
from core.dialog.flowtest.coverage import coverage
from core.dialog.flowtest.runner import TestOutcome
from core.dialog.problems import FlowProblem, Problems


def untested_steps(outcomes: Iterable[TestOutcome], compilation: Compilation) -> list[FlowProblem]:
    """Steps that were written with an id, of flows that have a `<flow>.test.yaml`."""
    programs, problems = compilation.programs, Problems()
    if programs is None:
        return []
    missing = set(coverage(outcomes, programs).missing_steps)
    for name, program in programs.flows.items():
        files = compilation.folder.flows.get(name)
        if files is None or files.tests is None:
            continue
        for step in program.steps.values():
            if "." not in step.id and f"{name}.{step.id}" in missing:
                problems.info("untested_step", step.mark, f"no test reaches '{step.id}'", "Write a test that does.")
    return problems.found
