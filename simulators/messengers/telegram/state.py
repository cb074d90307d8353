"""What Telegram remembers of one bot: people, messages, pressed buttons, commands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from simulators.messengers.calls import Calls
from simulators.messengers.context import Context
from simulators.messengers.telegram.files import Files
from simulators.messengers.telegram.rates import Rates
from simulators.messengers.telegram.refusal import bad_request, blocked
from simulators.messengers.telegram.updates import Person
from simulators.messengers.telegram.webhook import Webhook
from simulators.messengers.transcript import Item, Transcript

DELETABLE_S: Final = 48 * 3600
_FIRST_USER: Final = 2**51


@dataclass
class Sent:
    """A message in a chat. `shown`: the Message as the API gives it. `markup`: the keyboard that it was sent with."""

    shown: dict[str, Any]
    by_bot: bool
    item: Item
    markup: dict[str, Any]


class State:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.transcript = Transcript(context.clock.now)
        self.calls = Calls()
        self.files = Files(context)
        self.webhook = Webhook(context)
        self.rates = Rates()
        self.people: dict[str, Person] = {}
        self.messages: dict[tuple[int, int], Sent] = {}
        self.reply_keyboards: dict[int, Item] = {}
        self.callbacks: dict[str, float] = {}
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.menu_buttons: dict[int, dict[str, Any]] = {}
        self._message_ids = count(1)
        self._user_ids = count(_FIRST_USER + context.random.randrange(2**40))

    def bot(self) -> dict[str, Any]:
        return {"id": 700_000_001, "is_bot": True, "first_name": "Teller", "username": "simulated_teller_bot"}

    def add_person(self, number: int | None, name: str, lang: str, phone: str) -> Person:
        person = Person(next(self._user_ids) if number is None else number, name, lang, phone)
        self.people[str(person.id)] = person
        return person

    def chat(self, chat_id: int | str) -> Person:
        """The person behind a `chat_id` that the bot may write to. Raises `Refusal`."""
        person = self.people.get(str(chat_id))
        if person is None or not person.started:
            raise bad_request("chat not found")
        if person.blocked:
            raise blocked()
        return person

    def next_message_id(self) -> int:
        return next(self._message_ids)

    def now(self) -> int:
        return int(self.context.clock.now())

    def remember(self, person: Person, sent: Sent) -> None:
        self.messages[(person.id, sent.shown["message_id"])] = sent

    def forget(self, person: Person, message_id: int) -> None:
        """Delete a message for both sides. Raises `Refusal` for one that is unknown or older than 48 hours."""
        sent = self.messages.get((person.id, message_id))
        if sent is None:
            raise bad_request("message to delete not found")
        if self.now() - sent.shown["date"] > DELETABLE_S:
            raise bad_request("message can't be deleted for everyone")
        del self.messages[(person.id, message_id)]
        sent.item.deleted = True
        self.transcript.change(sent.item)
