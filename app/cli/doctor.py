"""`teller doctor`: what is configured, what answers, and what to do about what does not."""

from __future__ import annotations

import asyncio
from typing import Final

import typer
from rich.console import Console

from app.health import checks_of
from app.settings import Settings

_console = Console(highlight=False, soft_wrap=True)
_MARKS: Final = {"ok": "[green]ok[/green]  ", "warn": "[yellow]note[/yellow]", "fail": "[red]FAIL[/red]"}


def doctor() -> None:
    """Check settings, stores, flows, fonts, clock, bank and messengers; exit code 1 when something must be mended."""
    results = asyncio.run(checks_of(Settings()))
    for check in results:
        _console.print(f"{_MARKS[check.verdict]} {check.name}: {check.finding}")
        if check.remedy:
            _console.print(f"       → {check.remedy}")
    raise typer.Exit(1 if any(check.verdict == "fail" for check in results) else 0)
