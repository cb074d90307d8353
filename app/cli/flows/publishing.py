"""What the commands about releases share: the database, who is asking, and how changes and people are printed."""

from __future__ import annotations

import getpass
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Final

import asyncpg
import typer

from app.assembly import Stores
from app.cli.flows.shared import console
from app.settings import Settings
from core.dialog.changes.model import Change, Importance
from core.kernel.clock import SystemClock
from core.publishing.schema import Impact
from core.publishing.service import Publishing

By = Annotated[str, typer.Option("--by", help="who does it; your login name by default")]
Note = Annotated[str, typer.Option("--note", help="why, for those who read the list of releases")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
AsJson = Annotated[bool, typer.Option("--json", help="for machines")]

_HEADINGS: Final[dict[Importance, str]] = {
    "money": "Money", "access": "Who may do what", "way": "Where conversations lead", "text": "What customers read",
    "entry": "How customers get in", "translation": "Translations", "other": "Other",
}  # fmt: skip


@asynccontextmanager
async def opened() -> AsyncIterator[Publishing]:
    """The database as it is configured, or the embedded one."""
    stores = Stores(Settings())
    try:
        dsn, _ = await stores.start()
        async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
            yield Publishing(pool, SystemClock())
    finally:
        await stores.stop()


def whoever(by: str) -> str:
    """The name that is written down."""
    return (by or getpass.getuser())[:100]


def agreed(question: str, yes: bool) -> bool:
    """Somebody at a terminal is asked; a script has decided already."""
    return yes or not sys.stdin.isatty() or typer.confirm(question)


def print_changes(changes: Iterable[Change]) -> None:
    """Under headings, the most important first."""
    heading = ""
    for change in changes:
        if _HEADINGS[change.importance] != heading:
            heading = _HEADINGS[change.importance]
            console.print(heading, style="bold")
        where = f"{change.flow}: " if change.flow else ""
        console.print(f"  {where}{change.sentence}", markup=False)


def print_impacts(impacts: Sequence[Impact]) -> None:
    """How many people stand where, and what becomes of them."""
    people = sum(impact.standing.people for impact in impacts)
    if not impacts:
        console.print("Nobody is in a conversation that this changes.")
        return
    console.print(f"{people} live sessions are in flows that this changes", style="bold")
    for impact in impacts:
        one = impact.standing
        if not one.step:
            console.print(f"  {one.flow}: {one.people} times to begin later: it will not begin", markup=False)
            continue
        touched = ", a step that was changed or removed" if impact.touched else ""
        console.print(
            f"  {one.flow}.{one.step}: {one.people} on {one.revision}{touched}: {_fate(impact)}", markup=False
        )


def _fate(impact: Impact) -> str:
    if impact.fate == "follows" and impact.to:
        return f"they move to {impact.to}"
    return {
        "stays": "they finish on the revision that they entered",
        "follows": "they go on with the new revision",
        "restarts": "they begin the new revision anew",
        "ends": "THEIR CONVERSATIONS END, the step is not there any more",
    }[impact.fate]
