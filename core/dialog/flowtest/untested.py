"""Steps that no test goes through, as problems at their place: for flows that have tests of their own."""

from __future__ import annotations

from collections.abc import Iterable

from core.dialog.compiler import Compilation
from core.dialog.flowtest.coverage import coverage
from core.dialog.flowtest.runner import TestOutcome
from core.dialog.problems import FlowProblem, Problems


def untested_steps(outcomes: Iterable[TestOutcome], compilation: Compilation) -> list[FlowProblem]:
    """Steps that were written with an id, of flows that have a `<flow>.test.yaml`."""
    problems = Problems()
    if compilation.programs is None:
        return []
    for flow in coverage(outcomes, compilation.programs).flows:
        files = compilation.folder.flows.get(flow.flow)
        if files is None or files.tests is None:
            continue
        for gap in flow.missing_steps:
            step = gap.name.removeprefix(f"{flow.flow}.")
            if "." not in step:
                problems.info("untested_step", gap.mark, f"no test reaches '{step}'", "Write a test that does.")
    return problems.found
