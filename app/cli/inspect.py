"""`teller inspect`: what a webhook is and how Teller reads it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.channels import open_channels
from app.settings import Settings
from core.dialog.contracts import InboundEvent
from core.kernel.clock import SystemClock
from core.kernel.masking import mask_value
from core.messages.channels import SignatureRefused, Unreadable
from core.messages.transport import HttpTransport

cli = typer.Typer(help="Look at webhooks.", no_args_is_help=True)


@cli.callback()
def _group() -> None:
    """Look at webhooks."""


@cli.command()
def webhook(
    channel: Annotated[str, typer.Option(help="telegram, viber, whatsapp or messenger")],
    headers: Annotated[Path | None, typer.Option(help="file of `Name: value` lines")] = None,
) -> None:
    """Read a webhook's body from standard input: is it authentic, and which events does it hold?"""
    channels = open_channels(Settings(), HttpTransport(), SystemClock())
    if channel not in channels:
        raise typer.BadParameter(f"channel {channel} is not configured; configured: {', '.join(channels) or 'none'}")
    body = sys.stdin.buffer.read()
    lines = headers.read_text().splitlines() if headers is not None else []
    pairs = [line.partition(":") for line in lines if ":" in line]
    raw = [(name.strip().lower().encode(), value.strip().encode()) for name, _, value in pairs]
    try:
        channels[channel].verify(raw, {}, body)
        typer.echo("signature: right")
    except SignatureRefused as error:
        typer.echo(f"signature: refused, {error.detail}")
    try:
        _show(channels[channel].read(body))
    except Unreadable as error:
        _show(error.events)
        typer.echo(f"unreadable: {error.detail}")
        raise typer.Exit(1) from error


def _show(events: Sequence[InboundEvent]) -> None:
    for event in events:
        typer.echo(json.dumps(mask_value(msgspec.to_builtins(event)), ensure_ascii=False, indent=1))
