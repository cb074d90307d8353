"""`teller demo`: the whole bank on this machine, one conversation played, then yours."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from pathlib import Path

from rich.console import Console

from app import logs
from app.demo.phone import Phone
from app.demo.scene import CUSTOMER, Scene
from app.demo.town import Town, TownError
from app.settings import Settings

_GO_ON = """
Go on yourself in another terminal:  [bold].venv/bin/teller chat --channel telegram[/bold]  (or viber)
Teller's log: {log}
Ctrl-C stops everything."""
console = Console(highlight=False, soft_wrap=True)


def demo() -> None:
    """Start everything, play one customer's conversation, then stay for yours (ONCE=1 or no terminal: stop)."""
    once = os.environ.get("ONCE") == "1" or not sys.stdout.isatty()
    logs.configure("error", "console")
    settings = Settings()
    try:
        asyncio.run(_demo(settings, once))
    except KeyboardInterrupt:
        console.print("Stopped.")


async def _demo(settings: Settings, once: bool) -> None:
    stopped = _until_signal()
    town = Town(settings.data_dir)
    note = settings.data_dir / "demo.json"
    try:
        console.print("Starting PostgreSQL, Redis, the bank, the messengers and Teller …")
        await town.start()
        # A new person each time: the one of the last demo is still logged in, as the database remembers everything.
        user = str(5_500_000_000 + secrets.randbelow(400_000_000))
        await _play(town, user, settings.data_dir / "receipts")
        if not once:
            note.write_text(json.dumps({"bank": town.bank_url, "messengers": town.messengers_url, "user": user}))
            console.print(_GO_ON.format(log=town.log("teller")))
            await _stay(town, stopped)
            note.unlink(missing_ok=True)
    finally:
        await town.stop()


async def _play(town: Town, user: str, receipts: Path) -> None:
    _, name, number = CUSTOMER
    async with Phone(town.messengers_url, "telegram", user, name, number) as phone:
        scene = Scene(phone, town.bank_url, receipts, console)
        try:
            receipt = await scene.play()
            posting = await scene.check_ledger(receipt)
        finally:
            await scene.close()
    console.print(f"\nReceipt picture: {receipt.picture}")
    console.print(f"The bank's ledger has exactly one posting, {posting['posting_id']}, equal to what {name} saw.")


async def _stay(town: Town, stopped: asyncio.Event) -> None:
    while not stopped.is_set():
        try:
            async with asyncio.timeout(1):
                await stopped.wait()
        except TimeoutError:
            if dead := town.died():
                raise TownError(f"{dead} has ended; see {town.log(dead)}") from None


def _until_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    task = asyncio.current_task()

    def stop() -> None:
        if stopped.is_set() and task is not None:
            task.cancel()
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopped
