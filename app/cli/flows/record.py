"""`teller flows record`: a real conversation, masked, as a flow test."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.flows.journal import recordings
from app.cli.flows.shared import Folder, compiled, console, flows_folder
from app.declarations import catalogue_signatures
from core.dialog.flowtest.runner import run_flow_tests
from core.dialog.replay.as_test import Draft, as_test
from core.dialog.replay.talks import Talk

_errors = Console(stderr=True, highlight=False, soft_wrap=True)
_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def record(
    conversation: Annotated[str, typer.Argument(help="<channel>:<id>, or the number of a row of the journal")],
    folder: Folder = None,
    begin: Annotated[datetime | None, typer.Option("--from", formats=_DATES, help="not before (UTC)")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=_DATES, help="not after (UTC)")] = None,
    out: Annotated[Path | None, typer.Option(help="append to this file instead of printing")] = None,
) -> None:
    """Write a conversation of the journal as flow tests, and play them; exit code 1 when one does not pass."""
    programs = compiled(folder).programs
    if programs is None:
        console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    talks = chosen(asyncio.run(_read(conversation)), conversation, begin, until)
    drafts = [as_test(talk, programs, _name(talk)) for talk in talks]
    if not drafts:
        _errors.print("Nothing was said in this time.")
        raise typer.Exit(1)
    written = "\n".join(f"# {draft.flow}.test.yaml\n{draft.as_yaml()}" for draft in drafts)
    if out is None:
        typer.echo(written)
    else:
        with out.open("a", encoding="utf-8") as file:
            file.write(written)
    failed = [line for draft in drafts for line in [*_doubts(draft), *trouble(draft, flows_folder(folder))]]
    for line in failed:
        _errors.print(line, markup=False)
    raise typer.Exit(1 if failed else 0)


def chosen(talks: list[Talk], named: str, begin: datetime | None, until: datetime | None) -> list[Talk]:
    """The talks with flows in this time; a number of a row means the talk that the row belongs to."""
    if named.isdecimal():
        return [talk for talk in talks if any(recorded.number == int(named) for recorded in talk.rows)]
    first = int(begin.replace(tzinfo=UTC).timestamp() * 1000) if begin is not None else 0
    last = int(until.replace(tzinfo=UTC).timestamp() * 1000) if until is not None else talks[-1].rows[-1].at
    return [talk for talk in talks if talk.flows and talk.rows[-1].at >= first and talk.rows[0].at <= last]


async def _read(conversation: str) -> list[Talk]:
    async with recordings() as journal:
        return await journal.conversation(conversation)


def _name(talk: Talk) -> str:
    at = datetime.fromtimestamp(talk.rows[0].at / 1000, UTC)
    return f"recorded {at:%Y-%m-%d %H:%M}, row {talk.rows[0].number}"


def _doubts(draft: Draft) -> list[str]:
    return [f"{draft.test['test']}: {doubt}" for doubt in draft.doubts]


def trouble(draft: Draft, folder: Path) -> list[str]:
    """Why the test does not pass beside the flows of the folder; empty when it does."""
    with tempfile.TemporaryDirectory() as copied:
        place = Path(copied) / "flows"
        shutil.copytree(folder, place)
        for file in place.rglob("*.test.yaml"):
            file.unlink()
        beside = next((file for file in place.rglob(f"{draft.flow}.yaml")), None)
        if beside is None:
            return [f"{draft.test['test']}: there is no flow '{draft.flow}' any more"]
        beside.with_name(f"{draft.flow}.test.yaml").write_text(draft.as_yaml(), encoding="utf-8")
        outcomes = run_flow_tests(place, catalogue_signatures())
        failures = [failure for outcome in outcomes for failure in outcome.failures]
        return [f"{draft.test['test']}: {failure.sentence}" for failure in failures]
