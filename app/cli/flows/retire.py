"""`teller flows retire`: a harmful revision is stopped, also for those who are inside."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app.cli.flows.publishing import By, Yes, agreed, opened, whoever
from app.cli.flows.shared import console


def retire(
    revision: Annotated[str, typer.Argument(help="a hash or its beginning; or a flow: all of it that runs no more")],
    reason: Annotated[str, typer.Option(help="why, for those who look later")] = "",
    by: By = "",
    yes: Yes = False,
) -> None:
    """End conversations on a revision. Those who wait for the bank's answer about money still get it."""
    asyncio.run(_retire(revision, reason, whoever(by), yes))


async def _retire(wanted: str, reason: str, by: str, yes: bool) -> None:
    async with opened() as publishing:
        hashes = await publishing.find(wanted)
        if not hashes:
            console.print(f"No other revision of {wanted} is kept than the one that runs.")
            return
        people, owing = await publishing.owing(hashes)
        console.print(
            f"{', '.join(hashes)}: {people} live sessions; {people - owing} end with a message,", markup=False
        )
        console.print(f"{owing} have sent something to the bank and go on until they know how it ended.")
        if not agreed("Retire?", yes):
            console.print("Not retired.")
            raise typer.Exit(1)
        retired = await publishing.retire(hashes, by=by, reason=reason)
    console.print(f"Retired {', '.join(f'{one.hash} of {one.flow}' for one in retired)}.", markup=False)
