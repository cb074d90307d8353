"""What Messenger remembers of one page: people, messages, attachments, profile, the app's webhook."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from simulators.messengers.calls import Calls
from simulators.messengers.context import Context
from simulators.messengers.delivery import Delivery, QueueFull, Timing
from simulators.messengers.graph.rates import Rate
from simulators.messengers.graph.webhook import Webhook
from simulators.messengers.messenger.attachments import Attachments
from simulators.messengers.messenger.callbacks import Person, kind_of, on_standby
from simulators.messengers.messenger.fields import FIELD_OF, WEBHOOK_FIELDS
from simulators.messengers.messenger.profile import Profile
from simulators.messengers.messenger.refusal import NO_SUCH_PERSON, PARAMETER, refuse
from simulators.messengers.transcript import Item, Transcript

SENDS_PER_SECOND: Final = 300
PROFILE_CALLS: Final = 10
PROFILE_S: Final = 600.0
# After an hour without a success the page's events no longer go to the app.
UNSUBSCRIBED_AFTER_S: Final = 3600.0

_FIRST_PERSON: Final = 24_000_000_000_000_000


@dataclass
class Sent:
    """A message in a chat. `edits`: how often its person changed it."""

    mid: str
    person: Person
    by_bot: bool
    item: Item
    timestamp: int
    edits: int = 0


class State:
    """`page_fields`: what the page sends to the app. `templates`: by name and language, `{"status", "components"}`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.transcript = Transcript(context.clock.now)
        self.calls = Calls()
        self.attachments = Attachments(context)
        self.profile = Profile()
        self.webhook = Webhook(context, "page", WEBHOOK_FIELDS, UNSUBSCRIBED_AFTER_S)
        self.page_fields: frozenset[str] = frozenset()
        self.people: dict[str, Person] = {}
        self.messages: dict[str, Sent] = {}
        self.templates: dict[tuple[str, str], dict[str, Any]] = {}
        self.send_rate = Rate(SENDS_PER_SECOND, 1.0)
        self.profile_rate = Rate(PROFILE_CALLS, PROFILE_S)
        self._numbers = count(1)
        self._person_ids = count(_FIRST_PERSON + context.random.randrange(10**12))

    @property
    def page_id(self) -> str:
        return self.context.options.messenger_page_id

    @property
    def app_id(self) -> int:
        return int(self.context.options.meta_app_id)

    def add_person(self, number: str | None, name: str, lang: str, phone: str) -> Person:
        given = str(next(self._person_ids)) if number is None else number
        self.people[given] = Person(given, name, lang, phone)
        return self.people[given]

    def recipient(self, psid: str) -> Person:
        """Raises `Refusal` for somebody who never came to this page."""
        person = self.people.get(psid)
        if person is None or person.wrote_at is None:
            raise refuse(PARAMETER, subcode=NO_SUCH_PERSON)
        return person

    def new_mid(self) -> str:
        number = next(self._numbers).to_bytes(8, "big")
        return "m_" + base64.urlsafe_b64encode(number + self.context.random.randbytes(22)).decode()

    def now_ms(self) -> int:
        return int(self.context.clock.now() * 1000)

    def remember(self, sent: Sent) -> None:
        self.messages[sent.mid] = sent
        if sent.by_bot:
            sent.person.unread.append(sent.timestamp)

    async def emit(self, person: Person, happened: dict[str, Any], timing: Timing) -> list[Delivery]:
        """Send one event, if the page does; on standby while people in the inbox answer. Raises `QueueFull`."""
        kind = kind_of(happened)
        place = "messaging"
        if person.owner == "inbox" and kind in ("message", "postback", "referral", "reaction", "message_edit"):
            place, happened = "standby", on_standby(happened)
        field = "standby" if place == "standby" else FIELD_OF.get(kind, "messages")
        if field not in self.page_fields:
            return []
        entry = {"id": self.page_id, "time": self.now_ms(), place: [happened]}
        return await self.webhook.emit(person.id, entry, timing)

    async def tell(self, person: Person, happened: dict[str, Any]) -> None:
        """The same for what follows a call by itself."""
        with suppress(QueueFull):
            await self.emit(person, happened, Timing(wait=False))

    async def close(self) -> None:
        await self.webhook.deliverer.close()
