"""What WhatsApp remembers of one number: people, messages, files, templates, the app's webhook."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from simulators.messengers.calls import Calls
from simulators.messengers.context import Context
from simulators.messengers.delivery import Delivery, QueueFull, Timing
from simulators.messengers.graph.rates import Rate
from simulators.messengers.graph.refusal import Refusal
from simulators.messengers.graph.webhook import Webhook
from simulators.messengers.transcript import Item, Transcript
from simulators.messengers.whatsapp.callbacks import Person, status_event
from simulators.messengers.whatsapp.fields import WEBHOOK_FIELDS
from simulators.messengers.whatsapp.media import Files
from simulators.messengers.whatsapp.messages import digits_of
from simulators.messengers.whatsapp.refusal import PAIR_RATE, RATE, UNDELIVERABLE, refuse
from simulators.messengers.whatsapp.templates import Template

NUMBER_PER_SECOND: Final = 80
# One message in six seconds is taken for ever; how many at once is the simulator's own choice.
PAIR_BURST: Final = 10
PAIR_S: Final = 60.0

_FIRST_PHONE: Final = 380_630_000_000


@dataclass
class Sent:
    """A message in a chat. `content` as the API or the webhook had it; `category`: what its statuses charge."""

    id: str
    person: Person
    by_bot: bool
    item: Item
    content: dict[str, Any]
    category: str = "service"
    opaque: str = ""


class State:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.transcript = Transcript(context.clock.now)
        self.calls = Calls()
        self.files = Files(context)
        self.webhook = Webhook(context, "whatsapp_business_account", WEBHOOK_FIELDS)
        self.people: dict[str, Person] = {}
        self.messages: dict[str, Sent] = {}
        self.templates: dict[tuple[str, str], Template] = {}
        self.automation: dict[str, Any] = {}
        self.public_key = ""
        self._number_rate = Rate(NUMBER_PER_SECOND, 1.0)
        self._pair_rate = Rate(PAIR_BURST, PAIR_S)
        self._fetches: dict[int, asyncio.Task[None]] = {}
        self._numbers = count(1)
        self._phones = count(_FIRST_PHONE)

    def add_person(self, person: Person) -> Person:
        self.people[person.id] = person
        return person

    def free_phone(self, wanted: str) -> str:
        """The wanted number unless somebody has it."""
        taken = {person.phone for person in self.people.values()}
        return wanted if wanted not in taken else next(str(n) for n in self._phones if str(n) not in taken)

    def new_user_id(self) -> str:
        return f"UA.{self.context.random.getrandbits(64):016x}"

    def new_message_id(self) -> str:
        number = next(self._numbers).to_bytes(8, "big")
        return "wamid." + base64.b64encode(b"HBgM" + number + self.context.random.randbytes(16)).decode()

    def new_template_id(self) -> str:
        return str(2_200_000_000_000_000 + next(self._numbers))

    def recipient(self, fields: dict[str, Any]) -> Person:
        """Whom a message goes to; `to` wins over `recipient`. Raises `Refusal` for somebody who is not here."""
        phone = digits_of(fields["to"]) if "to" in fields else ""
        for person in self.people.values():
            if (phone and person.phone == phone) or (not phone and person.user_id == fields.get("recipient")):
                return person
        raise refuse(UNDELIVERABLE)

    def count(self, person: Person) -> None:
        """Raises `Refusal` for a message above the rates."""
        now = self.context.clock.now()
        if not self._number_rate.take("", now):
            raise refuse(RATE)
        if not self._pair_rate.take(person.id, now):
            raise refuse(PAIR_RATE)

    def find_message(self, message_id: str, *, by_bot: bool) -> Sent | None:
        sent = self.messages.get(message_id)
        return sent if sent is not None and sent.by_bot is by_bot else None

    def remember(self, sent: Sent) -> None:
        self.messages[sent.id] = sent
        if sent.by_bot:
            sent.person.unread.append(sent.id)

    async def emit(
        self, person: Person, content: dict[str, Any], timing: Timing, *, named: bool = True
    ) -> list[Delivery]:
        """Send `messages` or `statuses`; `named`: with `contacts`. Raises `QueueFull`."""
        value = self._metadata() | ({"contacts": [person.contact()]} if named else {}) | content
        return await self.emit_field(person.id, "messages", value, timing)

    async def emit_field(self, lane: str, field: str, value: dict[str, Any], timing: Timing) -> list[Delivery]:
        if field not in self.webhook.fields:
            return []
        entry = {"id": self.context.options.whatsapp_waba_id, "changes": [{"field": field, "value": value}]}
        return await self.webhook.emit(lane, entry, timing)

    def _metadata(self) -> dict[str, Any]:
        options = self.context.options
        numbers = {
            "display_phone_number": options.whatsapp_number,
            "phone_number_id": options.whatsapp_phone_number_id,
        }
        return {"messaging_product": "whatsapp", "metadata": numbers}

    async def emit_status(self, sent: Sent, status: str, timing: Timing, code: int = UNDELIVERABLE) -> list[Delivery]:
        """What became of a message of the bot. Raises `QueueFull`."""
        event = status_event(
            sent.person, sent.id, status, self.context.clock.now(), category=sent.category, opaque=sent.opaque,
            code=code,
        )  # fmt: skip
        return await self.emit(sent.person, {"statuses": [event]}, timing)

    async def tell(self, sent: Sent, failure: int = 0) -> None:
        """The statuses that follow a send by themselves; `failure` is a code, 0 if the message arrives."""
        if failure == 0 and sent.person.blocked:
            failure = UNDELIVERABLE
        with suppress(QueueFull):
            if failure:
                await self.emit_status(sent, "failed", Timing(wait=False), failure)
            elif self.context.options.receipts:
                for status in ("sent", "delivered"):
                    await self.emit_status(sent, status, Timing(wait=False))

    def fetch(self, sent: Sent, url: str, receive: Any) -> None:
        """Get a linked file behind the call's back; `receive` takes its bytes or raises `Refusal`."""
        self._fetches[sent.item.seq] = asyncio.create_task(self._fetch(sent, url, receive))

    async def _fetch(self, sent: Sent, url: str, receive: Any) -> None:
        failure = 0
        try:
            await receive(url)
        except Refusal as refusal:
            failure = refusal.code
        self.transcript.change(sent.item)
        await self.tell(sent, failure)

    async def fetched(self, item: Item) -> None:
        """Wait until the file of a bubble has come."""
        fetch = self._fetches.get(item.seq)
        if fetch is not None:
            await asyncio.shield(fetch)

    async def close(self) -> None:
        for fetch in self._fetches.values():
            fetch.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)
        await self.webhook.deliverer.close()
