"""`teller flows diff`: what changed, in the words of those who write the flows."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import msgspec
import typer

from app.cli.flows.editions import edition_of_folder, edition_of_release, is_release
from app.cli.flows.publishing import AsJson, opened, print_changes
from app.cli.flows.shared import console, flows_folder
from core.dialog.changes.comparing import changes_between
from core.dialog.changes.model import Change, Edition

Side = tuple[Edition, str]


def diff(
    new: Annotated[str, typer.Argument(help="a folder, or a release's number; the configured folder by default")] = "",
    against: Annotated[str, typer.Option(help="a release's number or a folder; the current release by default")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what changed, what is about money first; exit code 0 whether or not anything did."""
    changes, names = asyncio.run(_changes(new, against))
    if as_json:
        found = [msgspec.to_builtins(change) for change in changes]
        typer.echo(json.dumps({"new": names[0], "against": names[1], "changes": found}, ensure_ascii=False, indent=1))
        return
    console.print(f"{names[0]} against {names[1]}: {len(changes)} changes", markup=False)
    print_changes(changes)


async def _changes(new: str, against: str) -> tuple[tuple[Change, ...], tuple[str, str]]:
    if against and not is_release(new) and not is_release(against):
        sides = [(edition_of_folder(new), _folder_name(new)), (edition_of_folder(against), against)]
    else:
        sides = await _with_releases(new, against)
    (after, after_name), (before, before_name) = sides
    return changes_between(before, after), (after_name, before_name)


async def _with_releases(new: str, against: str) -> list[Side]:
    async with opened() as publishing:
        sides: list[Side] = []
        for name, default in ((new, False), (against, True)):
            if is_release(name) or (default and not name):
                sides.append(await edition_of_release(publishing, int(name) if name else None))
            else:
                sides.append((edition_of_folder(name), _folder_name(name)))
        return sides


def _folder_name(name: str) -> str:
    return name or str(flows_folder(None))
