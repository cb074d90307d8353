"""`teller flows rollback`: an earlier release becomes the newest one."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app.cli.flows.editions import compiled_release, edition_of_release
from app.cli.flows.publishing import By, Note, Yes, agreed, opened, print_changes, print_impacts, whoever
from app.cli.flows.shared import console
from core.dialog.changes.comparing import changes_between
from core.dialog.changes.model import edition_of
from core.publishing.candidate import candidate_of
from core.publishing.impact import impacts_of
from core.publishing.schema import Published, ReleaseUnknown
from core.publishing.service import Publishing


def rollback(
    release: Annotated[int | None, typer.Argument(help="its number; by default the one before the current one")] = None,
    note: Note = "",
    by: By = "",
    yes: Yes = False,
) -> None:
    """Publish an earlier release again, under a new number. People inside are treated as with any release."""
    asyncio.run(_rollback(release, note, whoever(by), yes))


async def _rollback(number: int | None, note: str, by: str, yes: bool) -> None:
    async with opened() as publishing:
        current = await publishing.release()
        wanted = await publishing.release(number if number is not None else await _before(publishing, current))
        compilation = compiled_release(wanted)
        if compilation.programs is None:
            for problem in compilation.errors:
                console.print(str(problem), markup=False)
            console.print(f"This program cannot run release {wanted.release.number}: not published.")
            raise typer.Exit(1)
        edition, name = await edition_of_release(publishing, None)
        changes = changes_between(edition, edition_of(compilation.folder))
        console.print(f"Back to release {wanted.release.number}: {len(changes)} changes against {name}")
        print_changes(changes)
        print_impacts(impacts_of(await publishing.standing(), compilation.programs.flows, changes))
        if not agreed("Roll back?", yes):
            console.print("Not published.")
            raise typer.Exit(1)
        published = await publishing.publish(
            candidate_of(compilation), compilation.programs.flows, by=by, expected=current.release.number,
            kind="rollback", of_release=wanted.release.number, note=note, strand=True,
        )  # fmt: skip
    console.print(f"Published as release {published}, as release {wanted.release.number} was.")


async def _before(publishing: Publishing, current: Published) -> int:
    """The release that ran before the one that runs, also where that one is itself a roll-back."""
    running = current.release.of_release or current.release.number
    releases = await publishing.releases(limit=running + 1_000)
    earlier = [one.number for one in releases if one.number < running and one.kind != "rollback"]
    if not earlier:
        raise ReleaseUnknown(f"there is no release before release {running}")
    return max(earlier)
