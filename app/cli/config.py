"""`teller config`: every setting, its value and what it is for; secrets are only said to be set or not."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from app.settings import Settings, described


def config() -> None:
    """Show every setting."""
    table = Table(box=None, pad_edge=False)
    for heading in ("setting", "value", "what it is for"):
        table.add_column(heading, overflow="fold")
    for row in described(Settings()):
        table.add_row(*row)
    Console().print(table)
