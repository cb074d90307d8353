"""`teller flows releases` and `teller flows prune`: what was published when and by whom, and what is kept of it."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import msgspec
import typer

from app.cli.flows.publishing import AsJson, opened
from app.cli.flows.shared import console
from core.publishing.schema import Release, Retired

_KEEP_DAYS = 90


def releases(
    most: Annotated[int, typer.Option(min=1, max=10_000, help="how many, the newest first")] = 20,
    as_json: AsJson = False,
) -> None:
    """List releases and retired revisions."""
    listed, retired = asyncio.run(_read(most))
    if as_json:
        found = {"releases": msgspec.to_builtins(listed), "retired": msgspec.to_builtins(retired)}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in listed:
        console.print(_line(one), markup=False)
    for stopped in retired:
        console.print(
            f"retired {stopped.hash} of {stopped.flow}, {stopped.retired_at:%Y-%m-%d %H:%M} by {stopped.retired_by}"
            f"  {stopped.reason}".rstrip(),
            markup=False,
        )
    if not listed:
        console.print("Nothing is published yet.")


def prune(
    keep_days: Annotated[int, typer.Option(min=1, help="keep what a release of these days has had")] = _KEEP_DAYS,
) -> None:
    """Remove revisions that nobody stands on any more and that no release of late has had."""
    gone = asyncio.run(_prune(keep_days))
    console.print(f"{len(gone)} revisions removed.")


def _line(one: Release) -> str:
    how = {"rollback": f"back to {one.of_release}", "start": "first start", "watch": "from the watched folder"}
    marks = {"current": "*", "past": " ", "pruned": "-"}
    about = "  ".join(part for part in (how.get(one.kind, ""), one.note) if part)
    when = f"{one.published_at:%Y-%m-%d %H:%M}"
    return f"{marks[one.state]}{one.number:>5}  {when}  {one.published_by}, {len(one.manifest)} flows  {about}".rstrip()


async def _read(most: int) -> tuple[list[Release], list[Retired]]:
    async with opened() as publishing:
        return await publishing.releases(most), await publishing.retired()


async def _prune(keep_days: int) -> list[str]:
    async with opened() as publishing:
        return await publishing.prune(keep_days)
