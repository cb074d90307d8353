"""`teller flows confusion`: phrases that customers' words may be mistaken for."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.flows.shared import Folder, compiled, console
from core.dialog.understanding.report import confusion as confusions


def confusion(folder: Folder = None, most: Annotated[int, typer.Option(min=1)] = 20) -> None:
    """List the phrases that are hardest to tell from those of another flow."""
    compilation = compiled(folder)
    if compilation.programs is None:
        console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    found = confusions({name: flow.entry.phrases for name, flow in compilation.programs.flows.items()})
    for one in found[:most]:
        mark = "(doubtful)" if one.doubtful else ""
        scores = f"{one.own_score:.2f} {one.nearest_score:.2f}"
        console.print(f"{scores}  {one.intent} / {one.nearest}  {one.phrase} {mark}".rstrip(), markup=False)
