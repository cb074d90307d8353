"""`teller flows replay`: which real conversations would end differently in other flows. Nothing is sent."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.flows.journal import length_of, recordings
from app.cli.flows.shared import compiled, console
from core.dialog.program import ProgramSet
from core.dialog.replay.report import Replayer, Report


def replay(
    against: Annotated[Path, typer.Option(exists=True, file_okay=False, help="the folder of the new flows")],
    last: Annotated[int, typer.Option(min=1, help="so many conversations, the latest first")] = 1000,
    flow: Annotated[str, typer.Option(help="only conversations in which this flow took part")] = "",
    since: Annotated[str, typer.Option(help="how far back, as 12h or 7d")] = "7d",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Play recorded conversations through new flows and tell which would end differently, and where."""
    new = compiled(against).programs
    if new is None:
        console.print(f"The new flows have errors; see: teller flows check {against}")
        raise typer.Exit(1)
    report = asyncio.run(_play(Replayer(new, _published()), length_of(since), last, flow))
    if as_json:
        typer.echo(json.dumps(_plain(report), ensure_ascii=False, indent=1))
    else:
        show(report)


def _published() -> ProgramSet | None:
    """The flows of now, as the control: what they cannot play again says nothing about the new ones."""
    return compiled(None).programs


async def _play(replayer: Replayer, since: timedelta, last: int, flow: str) -> Report:
    async with recordings() as journal:
        async for talk in journal.talks(since=since, last=last, flow=flow):
            replayer.play(talk)
    return replayer.report


def show(report: Report) -> None:
    """For people: the counts, then one line for each way in which conversations would end differently."""
    console.print(f"{report.talks:,} conversations, {report.turns:,} turns played; nothing was sent.")
    way = f", {report.other_way:,} of them on another way" if report.other_way else ""
    console.print(f"{report.same:,} end as they did{way}; {report.different:,} end differently.")
    if report.groups:
        console.print(_table(report))
    if report.more:
        console.print(f"{report.more:,} more differ in ways of their own.")
    for reason, count in sorted(report.unknown.items(), key=lambda one: -one[1]):
        console.print(f"{count:,} cannot be told: {reason}.")


def _table(report: Report) -> Table:
    table = Table("flow", "step", "", "what differs", "was", "now", "example", box=None, pad_edge=False)
    for group in report.sorted_groups:
        example = group.examples[0] if group.examples else None
        shown = f"{example.number}: {example.then} → {example.now}" if example is not None else ""
        table.add_row(group.flow, group.step, f"{group.count:,}", ", ".join(group.kinds), group.was, group.now, shown)
    return table


def _plain(report: Report) -> dict[str, Any]:
    return {
        "talks": report.talks, "turns": report.turns, "same": report.same, "other_way": report.other_way,
        "different": report.different, "groups": [asdict(group) for group in report.sorted_groups],
        "more": report.more, "cannot_tell": report.unknown,
    }  # fmt: skip
