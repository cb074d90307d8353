"""`teller config`: every setting, its value and what it is for; secrets are only said to be set or not."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.settings import Settings, described, reference


def config(
    markdown: Annotated[bool, typer.Option("--markdown", help="the reference page, with defaults")] = False,
) -> None:
    """Show every setting."""
    if markdown:
        typer.echo(reference(), nl=False)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("setting", "value", "what it is for"):
        table.add_column(heading, overflow="fold")
    for row in described(Settings()):
        table.add_row(*row)
    Console().print(table)
