"""`teller bank`: talk to the bank's systems by hand."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer

from app.settings import Settings
from core.bank_api.catalogue.catalogue import BankCatalogue
from core.bank_api.contracts import CallContext, Reply
from core.kernel.clock import SystemClock
from core.kernel.ids import derived_id, random_id
from core.kernel.masking import mask_value

cli = typer.Typer(help="The bank's systems.", no_args_is_help=True)


@cli.command()
def call(
    operation: Annotated[str, typer.Argument(help="for example bank.my_cards")],
    arguments: Annotated[list[str] | None, typer.Argument(help="name=value; a value may be JSON")] = None,
    customer: Annotated[str, typer.Option(help="on whose behalf")] = "",
) -> None:
    """Call one reading operation of the catalogue and print the reply. Money moves only in conversations."""
    args = dict(_argument(text) for text in arguments or [])
    reply = asyncio.run(_call(operation, args, customer))
    typer.echo(json.dumps(mask_value({"class": reply.cls, "code": reply.code, "data": reply.data, "note": reply.note}),
                          ensure_ascii=False, indent=2))  # fmt: skip
    raise typer.Exit(0 if reply.cls == "accepted" else 1)


@cli.command()
def operations() -> None:
    """List the catalogue."""
    for declared in BankCatalogue.open(Settings().bank_settings(), SystemClock()).declarations():
        parameters = ", ".join(f"{name}: {kind}" for name, kind in declared.params.items())
        typer.echo(f"{declared.name}({parameters}) [{declared.effect}]  {declared.about}")


async def _call(operation: str, args: dict[str, Any], customer: str) -> Reply:
    catalogue = BankCatalogue.open(Settings().bank_settings(), SystemClock())
    try:
        effects = {declared.name: declared.effect for declared in catalogue.declarations()}
        if effects.get(operation, "none") != "none":
            raise typer.BadParameter(f"{operation} moves money; it runs only in a conversation, with a confirmation")
        call_id = random_id("call")
        context = CallContext(
            call_id=call_id, bank_ref=derived_id(20, "bank_ref", call_id), request_id=call_id, customer=customer
        )
        return await catalogue.call(operation, args, context)
    finally:
        await catalogue.aclose()


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"write name=value, not {text!r}")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
