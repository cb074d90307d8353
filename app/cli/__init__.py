"""The command line `teller`: one file a command group."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from app.cli import bank, chat, config, database, demo, doctor, flows, inspect, serve, tickets
from core.kernel.errors import TellerError

cli = typer.Typer(
    name="teller", help="Teller: a digital bank in messengers.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip
cli.command("demo")(demo.demo)
cli.command("chat")(chat.chat)
cli.command("serve")(serve.serve)
cli.command("doctor")(doctor.doctor)
cli.command("config")(config.config)
cli.add_typer(database.cli, name="db")
cli.add_typer(flows.cli, name="flows")
cli.add_typer(tickets.cli, name="tickets")
cli.add_typer(bank.cli, name="bank")
cli.add_typer(inspect.cli, name="inspect")


def main() -> None:
    """A typed error is a sentence for the operator; only a bug shows where it happened."""
    try:
        cli()
    except TellerError as error:
        Console(stderr=True).print(f"{error.code}: {error.detail}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
