"""`teller flows funnel`: how far people get in each flow, where they leave, and what became of the money."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from app.cli.flows.journal import length_of, recordings
from app.cli.flows.shared import compiled, console
from core.recordings.rows import FlowCount, ShareCount, StepCount, Wanted
from core.recordings.service import Funnel


def funnel(
    flow: Annotated[str, typer.Argument(help="one flow; all by default")] = "",
    since: Annotated[str, typer.Option(help="how far back, as 7d")] = "7d",
    channel: Annotated[str, typer.Option(help="such as telegram")] = "",
    revision: Annotated[str, typer.Option(help="the beginning of a revision's hash")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Count steps entered, answered, retried and left; docs/flows/funnel.md says what each count is."""
    found = asyncio.run(_count(flow, since, channel, revision))
    if as_json:
        typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=1))
        return
    if not found.flows:
        console.print("Nothing has happened in these flows in this time.")
    order = _order()
    for counts in found.flows:
        steps = [step for step in found.steps if step.flow == counts.flow]
        steps.sort(key=lambda step: (order.get((step.flow, step.step), 10_000), step.step))
        _show(counts, steps, [share for share in found.shares if share.flow == counts.flow])


async def _count(flow: str, since: str, channel: str, revision: str) -> Funnel:
    async with recordings() as journal:
        begin = journal.since(length_of(since))
        return await journal.funnel(Wanted(since=begin, flow=flow, channel=channel, revision=revision))


def _order() -> dict[tuple[str, str], int]:
    """Steps in the order of the flows of now; steps that are gone come after them."""
    programs = compiled(None).programs
    flows = programs.flows.values() if programs is not None else ()
    return {(program.name, step): place for program in flows for place, step in enumerate(program.steps)}


def _show(counts: FlowCount, steps: list[StepCount], shares: list[ShareCount]) -> None:
    console.print(f"\n{counts.flow}: began {counts.began:,}{_told(_ENDS, counts)}", markup=False)
    if counts.confirmed:
        console.print(
            f"money: confirmed {counts.confirmed:,}, ok {counts.settled_ok:,}, refused {counts.settled_refused:,},"
            f" not known yet {counts.unknown:,}"
        )
    table = Table("step", box=None, pad_edge=False)
    for title in ("entered", "answered %", "retried", "left", "where to"):
        table.add_column(title, justify="right" if title != "where to" else "left")
    for step in steps:
        answered = f"{step.answered / step.entered:.0%}" if step.entered else ""
        table.add_row(step.step, f"{step.entered:,}", answered, _number(step.retried), _number(step.left), _where(step))
    console.print(table)
    for share in shares:
        console.print(
            f"  {share.step}, share {share.share}: took {share.took:,}{_told(_SHARE_ENDS, share)}", markup=False
        )


_ENDS = ("done", "cancelled", "refused", "failed", "expired", "handed_over", "elsewhere")
_SHARE_ENDS = ("done", "cancelled", "refused", "failed", "expired", "handed_over", "confirmed")
_LEFT = ("cancelled", "expired", "continued", "gave_up", "handed_over", "elsewhere", "back", "edited", "aside")


def _told(names: tuple[str, ...], counts: msgspec.Struct) -> str:
    return "".join(f", {name.replace('_', ' ')} {getattr(counts, name):,}" for name in names if getattr(counts, name))


def _where(step: StepCount) -> str:
    return _told(_LEFT, step).removeprefix(", ")


def _number(count: int) -> str:
    return f"{count:,}" if count else ""


def _plain(found: Funnel) -> dict[str, Any]:
    flows = [{**msgspec.to_builtins(flow), "unknown": flow.unknown} for flow in found.flows]
    steps = [{**msgspec.to_builtins(step), "left": step.left} for step in found.steps]
    return {"flows": flows, "steps": steps, "shares": msgspec.to_builtins(found.shares)}
