"""`teller serve`: run Teller."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, cast

import typer
import uvloop

from app import logs, server
from app.assembly import ALL_ROLES, Role
from app.settings import Settings, secret_values


def serve(
    role: Annotated[
        list[str] | None, typer.Option(help="web, sender, operations, jobs or sim; several times for several")
    ] = None,
    port: Annotated[int | None, typer.Option(help="instead of TELLER_PORT; 0 takes a free one")] = None,
    ready_file: Annotated[Path | None, typer.Option(help='gets {"url": ...} once webhooks are accepted')] = None,
) -> None:
    """Run Teller, all roles in one process unless told otherwise."""
    settings = Settings() if port is None else Settings(port=port)
    logs.configure(settings.log.level, settings.log.format, secret_values(settings))
    wanted = set(role or ALL_ROLES)
    if wanted == {"sim"}:
        asyncio.run(_simulators(settings))
        return
    if unknown := wanted - ALL_ROLES:
        raise typer.BadParameter(f"no role {', '.join(sorted(unknown))}; there are {', '.join(sorted(ALL_ROLES))}, sim")
    roles = cast(frozenset[Role], frozenset(wanted))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(settings, roles, ready_file))


async def _simulators(settings: Settings) -> None:
    """The simulated bank and messengers by themselves, for integrators; the addresses are printed."""
    from app.demo.town import Town

    town = Town(settings.data_dir)
    try:
        await town.start_simulators()
        typer.echo(f"bank {town.bank_url}\nmessengers {town.messengers_url}")
        await asyncio.Event().wait()
    finally:
        await town.stop()
