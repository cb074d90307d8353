"""A chat as its person sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from simulators.messengers.documents import Document
from simulators.messengers.pictures import Picture


@dataclass
class Button:
    """`token`: what pressing sends back, "" if nothing. `kind`: the platform's own word. `url`: what pressing opens.

    `shown`: whether the person sees the press in the chat.
    """

    label: str
    token: str
    kind: str
    url: str = ""
    shown: bool = True

    def as_json(self) -> dict[str, Any]:
        link = {"url": self.url} if self.url else {}
        return {"label": self.label, "token": self.token, "kind": self.kind, **link}


@dataclass
class Item:
    """One bubble. `seq` numbers bubbles, `changed` numbers every change of any bubble; both grow over the channel.

    `text_id`: the message's id where the platform's ids are no numbers.
    """

    seq: int
    author: Literal["bot", "user"]
    kind: str
    at: float
    text: str = ""
    buttons: list[Button] = field(default_factory=list)
    ask_contact: bool = False
    ask_location: bool = False
    picture_url: str = ""
    picture: Picture | None = None
    document: Document | None = None
    message_id: int = 0
    text_id: str = ""
    deleted: bool = False
    edited: bool = False
    changed: int = 0

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "seq": self.seq,
            "from": self.author,
            "kind": self.kind,
            "text": self.text,
            "buttons": [button.as_json() for button in self.buttons],
            "ask_contact": self.ask_contact,
            "ask_location": self.ask_location,
            "message_id": self.text_id or self.message_id,
            "deleted": self.deleted,
            "edited": self.edited,
            "changed": self.changed,
            "at": self.at,
        }
        if self.picture is not None or self.picture_url:
            shown["picture"] = self._picture_json()
        if self.document is not None:
            shown["document"] = self.document.as_json()
        return shown

    def _picture_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"url": self.picture_url} if self.picture_url else {}
        if self.picture is not None:
            shown |= {
                "size": len(self.picture.content),
                "sha256": self.picture.sha256,
                "width": self.picture.width,
                "height": self.picture.height,
            }
        return shown


class Transcript:
    """Every bubble of every chat of one channel."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._numbers = count(1)
        self._items: dict[int, Item] = {}
        self._chats: dict[str, list[Item]] = {}
        self._news = asyncio.Event()

    def add(self, chat: str, author: Literal["bot", "user"], kind: str, **content: Any) -> Item:
        number = next(self._numbers)
        item = Item(seq=number, author=author, kind=kind, at=self._now(), changed=number, **content)
        self._items[number] = item
        self._chats.setdefault(chat, []).append(item)
        self._tell()
        return item

    def change(self, item: Item) -> None:
        """Say that a bubble was edited, deleted or got its picture."""
        item.changed = next(self._numbers)
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def item(self, seq: int) -> Item | None:
        return self._items.get(seq)

    def newest_first(self, chat: str) -> Iterator[Item]:
        return reversed(self._chats.get(chat, []))

    def after(self, chat: str, number: int, *, changes: bool) -> list[Item]:
        """Bubbles newer than `number`; with `changes` also those that changed since."""
        return [item for item in self._chats.get(chat, []) if (item.changed if changes else item.seq) > number]

    async def wait(self, chat: str, number: int, seconds: float, *, changes: bool) -> list[Item]:
        """The same, but wait up to `seconds` until there is something."""

        async def until_news() -> None:
            while not self.after(chat, number, changes=changes):
                await self._news.wait()

        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(until_news(), seconds)
        return self.after(chat, number, changes=changes)
