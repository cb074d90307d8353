"""`teller flows walk`: conversations by chance, looking for what no customer must meet."""

from __future__ import annotations

from typing import Annotated

import typer

from app.channel_looks import LOOKS
from app.cli.flows.shared import compiled, console
from core.dialog.flowtest.walk.hunt import hunt
from core.dialog.flowtest.walk.path import Walked
from core.dialog.slot_types import did_you_mean


def walk(
    flow: Annotated[str, typer.Argument(help="the flow to begin with; all of them by default")] = "",
    turns: Annotated[int, typer.Option(min=1, max=10_000_000, help="how many turns of the engine to make")] = 20_000,
    seed: Annotated[int, typer.Option(help="the same seed walks the same")] = 1,
    channel: Annotated[str, typer.Option(help="as this channel shows it")] = "telegram",
) -> None:
    """Hunt a second money call, a customer without an answer, a broken or stuck session; exit code 1 when found."""
    programs = compiled(None).programs
    if programs is None:
        console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    look = next((one for one in LOOKS if one.name == channel), None)
    if look is None:
        names = [one.name for one in LOOKS]
        raise typer.BadParameter(f"there is no channel '{channel}'{did_you_mean(channel, names)}")
    if flow and flow not in programs.flows:
        raise typer.BadParameter(f"there is no flow '{flow}'{did_you_mean(flow, programs.flows)}")
    found = hunt(programs, look, turns=turns, seed=seed, flow=flow)
    for walked in found.found:
        _print(walked, seed, channel)
    console.print(f"{found.turns} turns in {found.walks} conversations, {len(found.found)} findings")
    raise typer.Exit(1 if found.found else 0)


def _print(walked: Walked, seed: int, channel: str) -> None:
    if walked.finding is None:
        return
    rule, sentence = walked.finding
    console.print(f"FOUND [{rule}] {sentence}", style="red", markup=False)
    for line in walked.conversation:
        console.print(f"      {line}", markup=False, style="dim")
    console.print(f"As a test, for {walked.path.flow}.test.yaml:", style="bold")
    typer.echo(walked.path.as_test(f"walk {seed}: {rule}", channel))
