"""`teller flows graph`: a flow as a picture, for Mermaid or Graphviz."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from app.cli.flows.shared import FolderOption, compiled, console
from core.dialog.drawing import dot, mermaid


class Format(StrEnum):
    MERMAID = "mermaid"
    DOT = "dot"


def graph(
    flow: Annotated[str | None, typer.Argument(help="the flow; without it all of them and who runs whom")] = None,
    folder: FolderOption = None,
    drawn: Annotated[Format, typer.Option("--format", help="mermaid or dot")] = Format.MERMAID,
) -> None:
    """Draw steps and arms. Ways that the engine takes by itself are dashed, steps that move money stand out."""
    programs = compiled(folder).programs
    if programs is None:
        console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    if flow is not None and flow not in programs.flows:
        console.print(f"There is no flow '{flow}'; there are {', '.join(sorted(programs.flows))}.", markup=False)
        raise typer.Exit(2)
    wanted = [programs.flows[flow]] if flow is not None else list(programs.flows.values())
    typer.echo(mermaid(wanted) if drawn is Format.MERMAID else dot(wanted))
