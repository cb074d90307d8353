"""What happens around the messages: reactions, edits, read marks, people of the page who take over."""

from __future__ import annotations

from typing import Any

from simulators.messengers.actions import (
    Act,
    ControlError,
    Edit,
    Event,
    Handover,
    Outcome,
    React,
    Status,
    Subscribe,
    Template,
)
from simulators.messengers.graph.refusal import Refusal
from simulators.messengers.messenger.callbacks import INBOX_APP_ID, Person, echo
from simulators.messengers.messenger.fields import WEBHOOK_FIELDS
from simulators.messengers.messenger.messages import TEXT_MAX
from simulators.messengers.messenger.people import People
from simulators.messengers.messenger.state import Sent, State


class Happenings:
    def __init__(self, state: State, people: People) -> None:
        self._state = state
        self._people = people

    async def look(self, act: Act) -> Outcome:
        """Read the chat: one watermark covers everything before it."""
        person = self._people.find(act.user)
        unread, person.unread = person.unread, []
        if not unread:
            return Outcome()
        return await self._tell(person, act, {"read": {"watermark": unread[-1]}})

    async def status(self, act: Status) -> Outcome:
        person = self._people.find(act.user)
        sent = self._sent(person, act.seq, by_bot=True)
        if act.status == "delivered":
            return await self._tell(person, act, {"delivery": {"mids": [sent.mid], "watermark": sent.timestamp}})
        if act.status == "read":
            return await self._tell(person, act, {"read": {"watermark": sent.timestamp}})
        raise ControlError(400, "bad_request", f"Messenger never tells that a message is {act.status}")

    async def block(self, act: Act) -> Outcome:
        """Messenger does not tell; sending to this person is refused."""
        self._people.find(act.user).blocked = True
        return Outcome()

    async def unblock(self, act: Act) -> Outcome:
        self._people.find(act.user).blocked = False
        return Outcome()

    async def edit(self, act: Edit) -> Outcome:
        if len(act.text) > TEXT_MAX:
            raise ControlError(400, "bad_request", f"a text has up to {TEXT_MAX} characters")
        person = self._people.find(act.user)
        sent = self._sent(person, act.seq, by_bot=False, kind="text")
        sent.edits += 1
        sent.item.text, sent.item.edited = act.text, True
        self._state.transcript.change(sent.item)
        edit = {"mid": sent.mid, "text": act.text, "num_edit": sent.edits}
        return await self._tell(person, act, {"message_edit": edit}, sent)

    async def react(self, act: React) -> Outcome:
        person = self._people.find(act.user)
        sent = self._sent(person, act.seq, by_bot=True)
        emoji = {"emoji": act.emoji, "reaction": "other"} if act.emoji else {}
        action = "react" if act.emoji else "unreact"
        return await self._tell(person, act, {"reaction": {"action": action, **emoji, "mid": sent.mid}}, sent)

    async def handover(self, act: Handover) -> Outcome:
        """Somebody takes the thread in the page's inbox, maybe writes, or gives it back to the bot."""
        person = self._people.find(act.user)
        outcome = Outcome()
        if act.to == "inbox" and person.owner != "inbox":
            taken = {"previous_owner_app_id": str(self._state.app_id), "metadata": "taken in the inbox"}
            outcome = await self._tell(person, act, {"take_thread_control": taken})
            person.owner = "inbox"
        elif act.to == "bot" and person.owner != "bot":
            person.owner = "bot"
            passed = {
                "new_owner_app_id": str(self._state.app_id),
                "previous_owner_app_id": str(INBOX_APP_ID),
                "metadata": "done in the inbox",
            }
            outcome = await self._tell(person, act, {"pass_thread_control": passed})
        if act.text:
            outcome.deliveries += await self._write(person, act)
        return outcome

    async def _write(self, person: Person, act: Handover) -> Any:
        mid, now = self._state.new_mid(), self._state.now_ms()
        item = self._state.transcript.add(person.id, "bot", "text", text=act.text, text_id=mid)
        self._state.remember(Sent(mid, person, True, item, now))
        happened = echo(person, self._state.page_id, now, {"mid": mid, "text": act.text}, INBOX_APP_ID)
        return await self._state.emit(person, happened, act.timing)

    async def event(self, act: Event) -> Outcome:
        return await self._tell(self._people.find(act.user), act, act.content)

    async def webhook(self, form: Subscribe) -> Outcome:
        """What an administrator does in the app's dashboard, with the page's subscription to the same fields."""
        names = frozenset(WEBHOOK_FIELDS - {"feed"} if form.fields is None else form.fields)
        try:
            await self._state.webhook.register(form.url, form.verify_token, names)
        except Refusal as refusal:
            raise ControlError(409, "callback_refused", str(refusal)) from refusal
        self._state.page_fields = names
        self._state.webhook.subscribe()
        return Outcome()

    async def template(self, form: Template) -> Outcome:
        """A utility template as the page has it."""
        key = (form.name, form.language)
        known = self._state.templates.get(key, {"components": []})
        components = known["components"] if form.components is None else form.components
        self._state.templates[key] = {"status": form.status, "components": components}
        return Outcome()

    def _sent(self, person: Person, seq: int, *, by_bot: bool, kind: str = "") -> Sent:
        author = "bot" if by_bot else "user"
        for item in self._state.transcript.newest_first(person.id):
            if item.author == author and kind in ("", item.kind) and seq in (0, item.seq):
                return self._state.messages[item.text_id]
        raise ControlError(404, "no_such_message", "there is no such message in this chat")

    async def _tell(self, person: Person, act: Act, content: dict[str, Any], about: Sent | None = None) -> Outcome:
        return await self._people.emit(person, act, content, Outcome(item=None if about is None else about.item))
