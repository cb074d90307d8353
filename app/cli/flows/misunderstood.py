"""`teller flows misunderstood`: what customers wrote and no flow understood, to be labelled."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import asyncpg
import typer

from app.assembly import Stores
from app.cli.flows.shared import Folder, compiled, console
from app.settings import Settings
from core.dialog.durations import DurationError, parse_duration
from core.dialog.program import ProgramSet
from core.dialog.understanding.misunderstood import Misunderstood, as_yaml
from core.kernel.clock import SystemClock, moment
from core.messages.misunderstood_store import misunderstood as stored

_NEAREST: Final = 3


def misunderstood(
    folder: Folder = None,
    since: Annotated[str, typer.Option(help="how far back, such as 12h or 7d")] = "7d",
    out: Annotated[Path | None, typer.Option(help="file to write; the console by default")] = None,
    times: Annotated[int, typer.Option(min=1, help="only what was written at least so often")] = 1,
) -> None:
    """Collect phrases that were not understood, without who wrote them, as a file to label."""
    try:
        back = timedelta(milliseconds=parse_duration(since))
    except DurationError as error:
        raise typer.BadParameter(error.detail, param_hint="--since") from error
    found = [one for one in asyncio.run(_read(back)) if one.times >= times]
    programs = compiled(folder).programs
    text = as_yaml(found, [_nearest(programs, one.phrase) for one in found])
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    console.print(f"{len(found)} phrases are in {out}", markup=False)


def _nearest(programs: ProgramSet | None, phrase: str) -> list[tuple[str, float]]:
    if programs is None:
        return []
    return [(one.intent, one.score) for one in programs.phrases.ranked(phrase, "")[:_NEAREST]]


async def _read(back: timedelta) -> list[Misunderstood]:
    stores = Stores(Settings())
    try:
        dsn, _ = await stores.start()
        connection = await asyncpg.connect(dsn)
        try:
            return await stored(connection, (moment(SystemClock().now_ms()) - back).date())
        finally:
            await connection.close()
    finally:
        await stores.stop()
