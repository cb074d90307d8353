"""`teller chat`: be a customer of the running demo, in this terminal."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from typing import Annotated

import httpx
import typer
from rich.console import Console

from app.demo.phone import Bubble, Phone
from app.demo.scene import show
from app.settings import Settings
from core.kernel.errors import ConfigurationError, TellerError

_console = Console(highlight=False, soft_wrap=True)
_CHANNELS = ("telegram", "viber")
_HELP = (
    "Write as in the chat. A number presses that button; /contact shares your phone; /contact +380… sends somebody's; "
    "/photo, /file and /location send one; /start begins; /sms shows your text messages; /quit leaves."
)


def chat(
    channel: Annotated[str, typer.Option(help="telegram or viber")] = "telegram",
    phone: Annotated[str, typer.Option(help="your phone; 1001 to 1004 at the end are customers")] = "+380671110001",
    name: Annotated[str, typer.Option(help="your name in the messenger")] = "Олена",
) -> None:
    """Talk to Teller while `teller demo` runs in another terminal."""
    if channel not in _CHANNELS:
        raise typer.BadParameter(f"channel is one of {', '.join(_CHANNELS)}")
    note = Settings().data_dir / "demo.json"
    if not note.exists():
        raise ConfigurationError("no demo is running; start one in another terminal: make demo")
    town = json.loads(note.read_text())
    user = town["user"] if channel == "telegram" else base64.b64encode(town["user"].encode()).decode()
    try:
        asyncio.run(_chat(Phone(town["messengers"], channel, user, name, phone), town["bank"]))
    except KeyboardInterrupt:
        _console.print("Bye.")
    except httpx.TransportError as error:
        raise ConfigurationError("the demo does not answer any more; start it again: make demo") from error


async def _chat(phone: Phone, bank: str) -> None:
    _console.print(_HELP, style="dim")
    async with phone:
        reader = asyncio.create_task(_print_news(phone))
        try:
            if phone.channel == "viber":
                await phone.start()
            while line := await asyncio.to_thread(sys.stdin.readline):
                if line.strip() == "/quit":
                    return
                await _act(phone, bank, line.strip())
        finally:
            reader.cancel()


async def _act(phone: Phone, bank: str, line: str) -> None:
    shared = {
        "/start": phone.start,
        "/contact": phone.share_contact,
        "/photo": phone.send_photo,
        "/file": phone.send_document,
        "/location": phone.share_location,
    }
    try:
        if line in shared:
            await shared[line]()
        elif line.startswith("/contact "):
            await phone.share_contact(own=False, phone=line.removeprefix("/contact ").strip())
        elif line == "/sms":
            await _show_sms(phone, bank)
        elif line.isdigit() and 0 < int(line) <= len(_buttons):
            await phone.press_index(int(line) - 1)
        elif line:
            await phone.say(line)
    except TellerError as error:
        _console.print(error.detail, style="red")


async def _show_sms(phone: Phone, bank: str) -> None:
    for item in await phone.sms(bank):
        _console.print(f"SMS: {item['text']}", style="dim")


_buttons: list[str] = []


async def _print_news(phone: Phone) -> None:
    while True:
        for bubble in await phone.news(wait_s=20):
            if bubble.author == "bot":
                _print(bubble, phone.name)


def _print(bubble: Bubble, name: str) -> None:
    show(_console, bubble, name, numbered=True)
    if bubble.buttons:
        _buttons[:] = [button.label for button in bubble.buttons]
