"""`teller db`: the schema."""

from __future__ import annotations

import asyncio

import typer

from app.assembly import Stores
from app.settings import Settings

cli = typer.Typer(help="The database schema.", no_args_is_help=True)


@cli.command()
def upgrade() -> None:
    """Bring the schema up to date; safe while older processes serve."""
    asyncio.run(_upgrade())


@cli.callback()
def _group() -> None:
    """The database schema."""


async def _upgrade() -> None:
    stores = Stores(Settings())
    try:
        await stores.start()
        typer.echo("The schema is up to date.")
    finally:
        await stores.stop()
