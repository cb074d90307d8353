"""`teller flows publish`: the folder becomes what every process runs."""

from __future__ import annotations

import asyncio

import typer

from app.cli.flows.editions import compiled_folder, edition_of_release
from app.cli.flows.publishing import By, Note, Yes, agreed, opened, print_changes, print_impacts, whoever
from app.cli.flows.shared import Folder, console
from core.dialog.changes.comparing import changes_between
from core.dialog.changes.model import edition_of
from core.dialog.compiler import Compilation
from core.publishing.candidate import candidate_of
from core.publishing.impact import impacts_of, refuse_stranded
from core.publishing.service import Publishing


def publish(folder: Folder = None, note: Note = "", by: By = "", yes: Yes = False) -> None:
    """Check the folder, show what changes and for whom, and publish it; exit code 1 when it is refused."""
    compilation = compiled_folder(folder)
    for problem in compilation.problems:
        console.print(str(problem), markup=False)
    if compilation.programs is None:
        console.print(f"{len(compilation.errors)} errors: not published.")
        raise typer.Exit(1)
    asyncio.run(_publish(compilation, note, whoever(by), yes))


async def _publish(compilation: Compilation, note: str, by: str, yes: bool) -> None:
    async with opened() as publishing:
        current = (await publishing.current()).number
        candidate = candidate_of(compilation)
        if current:
            release = (await publishing.release(current)).release
            if (release.manifest, release.engine_hash) == (candidate.manifest, candidate.engine_hash):
                console.print(f"Nothing to publish: release {current} is the same.")
                return
        await _show(compilation, publishing)
        if not agreed("Publish?", yes):
            console.print("Not published.")
            raise typer.Exit(1)
        assert compilation.programs is not None
        number = await publishing.publish(
            candidate, compilation.programs.flows, by=by, expected=current, note=note
        )  # fmt: skip
    console.print(f"Published as release {number}.")


async def _show(compilation: Compilation, publishing: Publishing) -> None:
    """What changes and for whom. Raises PeopleStranded."""
    assert compilation.programs is not None
    edition, name = await edition_of_release(publishing, None)
    changes = changes_between(edition, edition_of(compilation.folder))
    console.print(f"{len(changes)} changes against {name}", markup=False)
    print_changes(changes)
    impacts = impacts_of(await publishing.standing(), compilation.programs.flows, changes)
    print_impacts(impacts)
    refuse_stranded(impacts)
