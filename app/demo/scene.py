"""One customer's conversation, played as a person would: log in, look at the balance, send money, get the receipt."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from rich.console import Console
from rich.text import Text

from app.demo.phone import Bubble, Phone
from core.kernel.errors import TellerError
from core.kernel.money import Money

CUSTOMER: Final = ("cust_1001", "Олена", "+380671110001")
PAYEE_PHONE: Final = "067 111 00 02"
SUM: Final = Money.of("250", "UAH")
_CODE: Final = re.compile(r"\b\d{6}\b")
_REFERENCE: Final = re.compile(r"Номер операції (\S+)")
_CODE_TRIES: Final = 40
_CODE_EVERY_S: Final = 0.25


class SceneFailed(TellerError):
    """What the customer saw and what the bank's ledger holds do not agree."""

    code = "scene_failed"


class Receipt(msgspec.Struct, frozen=True):
    """What the customer has in hand at the end."""

    text: str
    reference: str
    picture: Path


class Scene:
    """Plays on one channel and prints the chat as it happens."""

    def __init__(self, phone: Phone, bank_url: str, receipts: Path, console: Console) -> None:
        self._phone = phone
        self._bank_url = bank_url
        self._bank = httpx.AsyncClient(base_url=bank_url, timeout=30, trust_env=False)
        self._receipts = receipts
        self._console = console
        self._first_button = ""

    async def play(self) -> Receipt:
        """The whole conversation. Raises NoAnswer where the bot does not say what it should."""
        phone = self._phone
        await phone.start()
        await self._hear("Чим допомогти?")
        await self._press("Баланс")
        await self._hear("Поділіться своїм номером")
        since = await self._last_sms()
        await phone.share_contact()
        await self._hear("одноразовим кодом")
        await phone.say(await self._code(since))
        await self._hear("Яку картку показати?")
        await self._press(self._first_button)
        await self._hear("Доступно", "Чим допомогти?")
        await self._press("Переказати гроші")
        await self._hear("З якої картки платимо?")
        await self._press(self._first_button)
        await self._hear("Кому?")
        await phone.say(PAYEE_PHONE)
        await self._hear("Яку суму")
        await phone.say(f"{SUM.decimal:f}")
        await self._hear("Перевірте переказ")
        await self._press("Надіслати")
        return await self._receipt(await self._hear("Надіслано", picture=True))

    async def check_ledger(self, receipt: Receipt) -> dict[str, Any]:
        """The one posting in the bank's ledger that this receipt is about. Raises SceneFailed where they differ."""
        books = (await self._bank.get("/control/ledger/check")).json()
        postings = (await self._bank.get("/control/ledger")).json()["postings"]
        mine = [posting for posting in postings if posting["rrn"] == receipt.reference]
        if len(mine) != 1:
            raise SceneFailed(f"receipt {receipt.reference} has {len(mine)} postings in the ledger, not one")
        [posting] = mine
        if posting["money"] != msgspec.to_builtins(SUM):
            raise SceneFailed(f"the customer sent {SUM}, the ledger has {posting['money']}")
        fee = Money(posting["fee"]["amount"], posting["fee"]["currency"])
        if f"{fee.decimal:.2f}".replace(".", ",") not in receipt.text:
            raise SceneFailed(f"the ledger has a fee of {fee}, the customer saw: {receipt.text}")
        if not books["balanced"]:
            raise SceneFailed(f"the bank's ledger does not sum to zero: {books['sums']}")
        return dict(posting)

    async def close(self) -> None:
        await self._bank.aclose()

    async def _hear(self, *words: str, picture: bool = False) -> list[Bubble]:
        bubbles = await self._phone.hear(*words, picture=picture)
        for bubble in bubbles:
            show(self._console, bubble, self._phone.name)
            self._first_button = bubble.buttons[0].label if bubble.buttons else self._first_button
        return bubbles

    async def _press(self, label: str) -> None:
        self._console.print(Text(f"{self._phone.name:>10}  ", style="bold cyan") + Text(f"▸ [{label}]"))
        await self._phone.press(label)

    async def _last_sms(self) -> int:
        return max((item["seq"] for item in await self._phone.sms(self._bank_url)), default=0)

    async def _code(self, after: int) -> str:
        for _ in range(_CODE_TRIES):
            for item in await self._phone.sms(self._bank_url, after):
                if match := _CODE.search(item["text"]):
                    self._console.print(Text(f"      SMS на {self._phone.phone}: {item['text']}", style="dim"))
                    return match.group()
            await asyncio.sleep(_CODE_EVERY_S)
        raise SceneFailed(f"no code came to {self._phone.phone}")

    async def _receipt(self, bubbles: list[Bubble]) -> Receipt:
        shown = next(bubble for bubble in bubbles if bubble.picture)
        said = "\n".join(bubble.text for bubble in bubbles if bubble.author == "bot")
        match = _REFERENCE.search(said)
        if match is None:
            raise SceneFailed(f"no reference in what the customer read: {said}")
        self._receipts.mkdir(parents=True, exist_ok=True)
        file = self._receipts / f"{self._phone.channel}-{match[1]}.png"
        file.write_bytes(await self._phone.picture(shown))
        return Receipt(said, match[1], file)


def show(console: Console, bubble: Bubble, name: str, *, numbered: bool = False) -> None:
    """One bubble, as it would look in the chat; `numbered` buttons can be pressed by their number."""
    mine = bubble.author == "user"
    who = Text(f"{name:>10}  " if mine else f"{'Teller':>10}  ", style="bold cyan" if mine else "bold green")
    wordless = "" if bubble.picture or bubble.document else f"[{bubble.kind}]"
    text = "(видалено)" if bubble.deleted else bubble.text or wordless
    lines = text.splitlines() or [""]
    console.print(who + Text(lines[0]))
    for line in lines[1:]:
        console.print(Text(" " * 12 + line))
    if bubble.picture:
        console.print(Text(f"{'':12}[картинка{_size(bubble.picture)}]", style="dim"))
    if bubble.document:
        console.print(Text(f"{'':12}[файл {bubble.document['name']}]", style="dim"))
    if bubble.buttons:
        labels = [button.label for button in bubble.buttons]
        shown = [f"{place} [{label}]" if numbered else f"[{label}]" for place, label in enumerate(labels, 1)]
        console.print(Text(" " * 12 + "  ".join(shown), style="yellow"))


def _size(picture: dict[str, Any]) -> str:
    """A picture that the messenger has not fetched yet has no size."""
    return f" {picture['width']}×{picture['height']}" if "width" in picture else ""
