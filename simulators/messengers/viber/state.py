"""What Viber remembers of one account: people, its webhook, tokens of messages, pictures being fetched."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from itertools import count
from typing import Any, Final

from simulators.messengers.calls import Calls
from simulators.messengers.context import Context, FetchFailed
from simulators.messengers.delivery import Answer, Deliverer, Delivery, Target, Timing
from simulators.messengers.documents import Document
from simulators.messengers.pictures import NotAPicture, Picture, open_picture
from simulators.messengers.transcript import Item, Transcript
from simulators.messengers.viber.callbacks import SIGNATURE_HEADER, Person, encode, event, sign
from simulators.messengers.viber.fields import ALWAYS_SENT, EVENT_TYPES
from simulators.messengers.viber.keyboards import shown_buttons
from simulators.messengers.viber.messages import FILE_MAX_BYTES

CONNECTIONS: Final = 40
PICTURE_MAX: Final = 1024 * 1024
_FIRST_TOKEN: Final = 6_012_345_678_901_234_567


class State:
    """`events`: the event types that the account asked for."""

    def __init__(self, context: Context, token: str) -> None:
        self.context = context
        self.token = token
        self.transcript = Transcript(context.clock.now)
        self.calls = Calls()
        self.deliverer = Deliverer(context, CONNECTIONS, accepted=range(200, 201))
        self.people: dict[str, Person] = {}
        self.webhook_url = ""
        self.events: frozenset[str] = EVENT_TYPES
        self.send_name = False
        self.send_photo = False
        self.keyboards: dict[str, Item] = {}
        self.unseen: dict[str, int] = {}
        self.sent_at: dict[str, deque[float]] = {}
        self.media: dict[str, Picture | Document] = {}
        self._fetches: dict[int, asyncio.Task[None]] = {}
        self._tokens = count(_FIRST_TOKEN + context.random.randrange(10**15))

    def add_person(self, number: str | None, name: str, lang: str, phone: str, api_version: int) -> Person:
        given = base64.b64encode(self.context.random.randbytes(16)).decode() if number is None else number
        self.people[given] = Person(given, name, lang, phone, api_version)
        return self.people[given]

    def next_token(self) -> int:
        """Above 2^53, as Viber's are."""
        return next(self._tokens)

    def now_ms(self) -> int:
        return int(self.context.clock.now() * 1000)

    def target(self, body: bytes) -> Target | None:
        """The webhook with the signature of this body, in the header and in the query parameter `sig`."""
        return self.signed(self.webhook_url, body) if self.webhook_url else None

    def signed(self, url: str, body: bytes) -> Target:
        signature = sign(self.token, body)
        separator = "&" if "?" in url else "?"
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signature}
        return Target(f"{url}{separator}sig={signature}", headers)

    async def knock(self, url: str) -> Answer:
        """The callback that set_webhook makes before it answers."""
        body = encode(event("webhook", self.now_ms(), self.next_token()), escaped=False)
        return await self.deliverer.attempt(body, lambda content: self.signed(url, content))

    async def emit(self, lane: str, body: dict[str, Any], timing: Timing, welcome: Any = None) -> list[Delivery]:
        """Send an event if the account has a webhook and asked for it. Raises `QueueFull`."""
        if not self.webhook_url or body["event"] not in self.events | ALWAYS_SENT:
            return []
        return await self.deliverer.dispatch(lane, encode(body, escaped=timing.escaped), self.target, timing, welcome)

    async def tell(self, name: str, person: Person, message_token: int) -> None:
        """`delivered`, `seen` or `failed` for one of the bot's messages. Real `failed` events have no `desc`."""
        more: dict[str, Any] = {"udid": None} if name == "failed" else {}
        body = event(name, self.now_ms(), message_token, user_id=person.id, **more)
        await self.emit(person.id, body, Timing(wait=False))

    def show(self, person: Person, message: dict[str, Any], message_token: int) -> Item:
        """Put a message of the bot into the chat and start to fetch its picture or file."""
        keyboard = message.get("keyboard", message.get("rich_media", {}))
        buttons = shown_buttons(keyboard)
        kind = message.get("type", "keyboard")
        item = self.transcript.add(
            person.id,
            "bot",
            kind,
            text=_shown_text(message),
            buttons=buttons,
            ask_contact=any(button.kind == "share-phone" for button in buttons),
            ask_location=any(button.kind == "location-picker" for button in buttons),
            picture_url=message["media"] if kind == "picture" else "",
            message_id=message_token,
        )
        if "keyboard" in message:
            self.keyboards[person.id] = item
        person.tracking_data = message.get("tracking_data", "")
        self.unseen[person.id] = message_token
        if kind == "picture":
            self._fetches[item.seq] = asyncio.create_task(self._fetch(person, item))
        elif kind == "file":
            self._fetches[item.seq] = asyncio.create_task(self._fetch_file(person, item, message))
        return item

    async def _fetch(self, person: Person, item: Item) -> None:
        try:
            item.picture = open_picture(await self.context.fetch(item.picture_url, PICTURE_MAX))
        except (FetchFailed, NotAPicture):
            await self.tell("failed", person, item.message_id)
        self.transcript.change(item)

    async def _fetch_file(self, person: Person, item: Item, message: dict[str, Any]) -> None:
        try:
            content = await self.context.fetch(message["media"], FILE_MAX_BYTES)
            item.document = Document(message["file_name"], "application/octet-stream", content)
        except FetchFailed:
            await self.tell("failed", person, item.message_id)
        self.transcript.change(item)

    async def picture(self, item: Item) -> Picture | None:
        await self._fetched(item)
        return item.picture

    async def document(self, item: Item) -> Document | None:
        await self._fetched(item)
        return item.document

    async def _fetched(self, item: Item) -> None:
        fetch = self._fetches.get(item.seq)
        if fetch is not None:
            await asyncio.shield(fetch)

    async def close(self) -> None:
        for fetch in self._fetches.values():
            fetch.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)
        await self.deliverer.close()


def _shown_text(message: dict[str, Any]) -> str:
    kind = message.get("type")
    if kind == "url":
        return str(message["media"])
    if kind == "file":
        return str(message["file_name"])
    if kind == "contact":
        return str(message["contact"]["phone_number"])
    if kind == "location":
        return f"{message['location']['lat']}, {message['location']['lon']}"
    return str(message.get("text", ""))
