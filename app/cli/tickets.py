"""`teller tickets`: conversations that wait for a person. The desk comes later; until then operators work here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import asyncpg
import typer
from rich.console import Console

from app.assembly import Stores
from app.settings import Settings
from core.kernel.clock import SystemClock, moment
from core.kernel.errors import TellerError
from core.kernel.masking import mask_text
from core.messages.store import MessageStore

_T = TypeVar("_T")
_MOST_SHOWN = 200
_LONGEST_NOTE = 500
_console = Console(highlight=False, soft_wrap=True)
_store = MessageStore("tickets")

cli = typer.Typer(help="Conversations that wait for a person.", invoke_without_command=True)


class TicketNotOpen(TellerError):
    """There is no open ticket with this id."""

    code = "ticket_not_open"
    http_status = 404


@cli.callback()
def tickets(context: typer.Context) -> None:
    """List open tickets, oldest first."""
    if context.invoked_subcommand is not None:
        return
    rows = _with_database(lambda db: _store.open_tickets(db, _MOST_SHOWN))
    for row in rows:
        who = "bot is silent" if row.silent else "bot is back"
        _console.print(
            f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.queue:<12} {row.conversation}  {row.summary}  ({who})"
        )
    typer.echo(f"{len(rows)} open")


@cli.command()
def close(
    ticket: Annotated[str, typer.Argument(help="as listed by `teller tickets`")],
    note: Annotated[str, typer.Option(help="what was done, for colleagues; the customer does not see it")] = "",
) -> None:
    """Finish a ticket: the bot comes back to its conversation."""
    now = moment(SystemClock().now_ms())
    kept = mask_text(note)[:_LONGEST_NOTE]
    if not _with_database(lambda db: _store.close_ticket(db, ticket, now, kept)):
        raise TicketNotOpen(f"there is no open ticket '{ticket[:40]}'; see `teller tickets`")
    typer.echo("closed; the conversation is told within a second while Teller runs, and otherwise when it starts")


def _with_database(work: Callable[[asyncpg.Connection], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        stores = Stores(Settings())
        try:
            dsn, _ = await stores.start()
            connection = await asyncpg.connect(dsn)
            try:
                return await work(connection)
            finally:
                await connection.close()
        finally:
            await stores.stop()

    return asyncio.run(run())
