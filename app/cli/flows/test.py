"""`teller flows test`: plays the tests that lie beside the flows."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from app.channel_looks import LOOKS
from app.cli.flows.shared import Folder, compiled, console
from core.dialog.compiler import Compilation
from core.dialog.flowtest.coverage import Count, Coverage, coverage
from core.dialog.flowtest.junit import junit
from core.dialog.flowtest.runner import Chosen, TestOutcome, run_compiled
from core.dialog.flowtest.update import update_tests
from core.dialog.slot_types import did_you_mean

_SLOWEST = 10


def test(
    folder: Folder = None,
    word: Annotated[str, typer.Option("-k", help="only tests with this word in their name")] = "",
    flow: Annotated[str, typer.Option(help="only tests of this flow")] = "",
    channel: Annotated[str, typer.Option(help="only on this channel")] = "",
    update: Annotated[
        bool, typer.Option("--update", help="write what the bot says now into failing bot lines")
    ] = False,
    with_coverage: Annotated[
        bool, typer.Option("--coverage", help="what no test reaches; effects must be whole")
    ] = False,
    least: Annotated[float, typer.Option("--min", min=0, max=100, help="percent of steps and arms to reach")] = 0,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="write the outcomes as JUnit XML")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    slowest: Annotated[bool, typer.Option("--slowest", help="name the ten slowest tests")] = False,
) -> None:
    """Run the tests that lie beside the flows, on every channel; exit code 1 when any fails."""
    names = [look.name for look in LOOKS]
    if channel and channel not in names:
        raise typer.BadParameter(f"there is no channel '{channel}'{did_you_mean(channel, names)}")
    compilation = compiled(folder)
    chosen = Chosen(flow=flow, word=word, channel=channel)
    if update and not _updated(compilation, chosen):
        raise typer.Exit(1)
    if update:
        compilation = compiled(folder)
    outcomes = run_compiled(compilation, LOOKS, chosen, time.perf_counter)
    report = _coverage(outcomes, compilation, flow) if with_coverage or least else None
    if junit_file is not None:
        junit_file.write_text(junit(outcomes), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(_as_json(outcomes, report), ensure_ascii=False, indent=1))
    else:
        _print(outcomes, report, slowest=slowest)
    failed = any(not outcome.passed for outcome in outcomes) or not outcomes
    raise typer.Exit(1 if failed or (report is not None and not _is_enough(report, least)) else 0)


def _updated(compilation: Compilation, chosen: Chosen) -> bool:
    """Write the files, and say what was changed in each; False when the flows do not compile."""
    if compilation.programs is None:
        console.print("The flows have errors; see: teller flows check")
        return False
    updates = update_tests(compilation, LOOKS, chosen)
    for one in updates:
        for change in one.changes:
            console.print(change, markup=False)
        Path(one.file).write_text(one.text, encoding="utf-8")
    console.print(
        f"{sum(len(one.changes) for one in updates)} lines changed; read the difference before you commit it."
    )
    return True


def _coverage(outcomes: Sequence[TestOutcome], compilation: Compilation, flow: str) -> Coverage | None:
    if compilation.programs is None:
        return None
    sources = {name: files.flow for name, files in compilation.folder.flows.items()}
    report = coverage(outcomes, compilation.programs, sources)
    return Coverage(tuple(one for one in report.flows if flow in ("", one.flow)))


def _is_enough(report: Coverage, least: float) -> bool:
    return not report.effect_gaps and report.percent >= least


def _print(outcomes: Sequence[TestOutcome], report: Coverage | None, *, slowest: bool) -> None:
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        _print_failure(outcome)
    if slowest:
        for outcome in sorted(outcomes, key=lambda one: -one.seconds)[:_SLOWEST]:
            console.print(f"{outcome.seconds * 1000:6.0f} ms  {_name(outcome)}", markup=False)
    if report is not None:
        _print_coverage(report)
    if not outcomes:
        console.print("No test was chosen.")
    plays = sum(outcome.runs for outcome in outcomes)
    tests = len({(outcome.file, outcome.line) for outcome in outcomes})
    console.print(
        f"{len(outcomes) - len(failed)} passed, {len(failed)} failed; "
        f"{tests} tests, played {plays} times with what may happen besides"
    )


def _name(outcome: TestOutcome) -> str:
    channel = f" [{outcome.channel}]" if outcome.channel else ""
    return f"{outcome.file}:{outcome.line} {outcome.test}{channel}"


def _print_failure(outcome: TestOutcome) -> None:
    console.print(f"FAILED {_name(outcome)}", style="red", markup=False)
    for failure in outcome.failures:
        console.print(f"  {failure}", markup=False)
    for line in outcome.conversation:
        console.print(f"      {line}", markup=False, style="dim")


def _print_coverage(report: Coverage) -> None:
    table = Table("flow", "steps", "arms", "engine's own ways", box=None, pad_edge=False)
    for flow in report.flows:
        table.add_row(flow.flow, _ratio(flow.steps), _ratio(flow.arms), _ratio(flow.engine))
    table.add_row("all", _ratio(report.steps), _ratio(report.arms), _ratio(report.engine))
    console.print(table)
    gaps = [("no test", gap) for flow in report.flows for gap in (*flow.missing_steps, *flow.missing_arms)]
    engine = [("not even by chance", gap) for flow in report.flows for gap in flow.missing_engine]
    for why, gap in [*gaps, *engine]:
        console.print(f"{gap.mark.file}:{gap.mark.line} {gap.name}  ({why})", markup=False)
    for gap in report.effect_gaps:
        console.print(f"{gap.mark.file}:{gap.mark.line} {gap.name} moves money and no test goes there", style="red",
                      markup=False)  # fmt: skip
    console.print(f"{report.percent:.1f} % of steps and arms are reached")


def _ratio(count: Count) -> str:
    return f"{count.reached}/{count.all}"


def _as_json(outcomes: Sequence[TestOutcome], report: Coverage | None) -> dict[str, Any]:
    tests = [
        {
            "test": one.test,
            "flow": one.flow,
            "channel": one.channel,
            "file": one.file,
            "line": one.line,
            "passed": one.passed,
            "runs": one.runs,
            "seconds": round(one.seconds, 4),
            "failures": [asdict(failure) for failure in one.failures],
            "conversation": list(one.conversation),
        }
        for one in outcomes
    ]
    if report is None:
        return {"tests": tests}
    gaps = [gap for flow in report.flows for gap in (*flow.missing_steps, *flow.missing_arms)]
    return {
        "tests": tests,
        "coverage": {
            "percent": round(report.percent, 2),
            "steps": [*report.steps],
            "arms": [*report.arms],
            "engine": [*report.engine],
            "missing": [f"{gap.mark.file}:{gap.mark.line} {gap.name}" for gap in gaps],
            "effect_gaps": [f"{gap.mark.file}:{gap.mark.line} {gap.name}" for gap in report.effect_gaps],
        },
    }
