"""`teller tickets`: conversations that wait for a person. The desk comes later; until then operators look here."""

from __future__ import annotations

import asyncio

import asyncpg
import typer
from rich.console import Console

from app.assembly import Stores
from app.settings import Settings

_console = Console(highlight=False, soft_wrap=True)


def tickets() -> None:
    """List open tickets, oldest first."""
    rows = asyncio.run(_open())
    for row in rows:
        _console.print(
            f"{row['created_at']:%Y-%m-%d %H:%M}  {row['queue']:<12} {row['conversation']}  {row['summary']}"
        )
    typer.echo(f"{len(rows)} open")


async def _open() -> list[asyncpg.Record]:
    stores = Stores(Settings())
    try:
        dsn, _ = await stores.start()
        connection = await asyncpg.connect(dsn)
        try:
            return list(
                await connection.fetch("SELECT * FROM ticket WHERE state = 'open' ORDER BY created_at LIMIT 200")
            )
        finally:
            await connection.close()
    finally:
        await stores.stop()
