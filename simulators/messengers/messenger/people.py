"""What a person does in Messenger, and the webhooks that it causes."""

from __future__ import annotations

import re
from typing import Any, Final

from simulators.messengers.actions import (
    Act,
    Contact,
    ControlError,
    Media,
    NewPerson,
    Outcome,
    Photo,
    Press,
    Referral,
    Say,
    SendDocument,
    Start,
    found,
    pressed,
)
from simulators.messengers.documents import Document, write_document
from simulators.messengers.messenger.attachments import StoredFile
from simulators.messengers.messenger.callbacks import Person, event
from simulators.messengers.messenger.messages import TEXT_MAX
from simulators.messengers.messenger.showing import button_of
from simulators.messengers.messenger.state import Sent, State
from simulators.messengers.pictures import draw_picture
from simulators.messengers.transcript import Button, Item

_ID: Final = re.compile(r"[1-9][0-9]{4,19}")
_REF: Final = re.compile(r"[A-Za-z0-9_=-]{1,2083}")
_QUICK: Final = frozenset({"quick_reply", "user_phone_number", "user_email"})
_FILES: Final[dict[str, tuple[str, str, bytes]]] = {
    "video": ("video", "video/mp4", b"\x00\x00\x00\x18ftypmp42"),
    "audio": ("audio", "audio/mpeg", b"ID3\x04\x00"),
    "voice": ("audio", "audio/mp4", b"\x00\x00\x00\x18ftypM4A "),
    "sticker": ("sticker", "image/webp", b"RIFF\x1a\x00\x00\x00WEBPVP8L"),
}


class People:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, new: NewPerson) -> Person:
        """Raises `ControlError` for an id that Messenger could not give."""
        number = None if new.id is None else str(new.id)
        if number is not None and not _ID.fullmatch(number):
            raise ControlError(400, "bad_request", "a Messenger id is a number of 5 to 20 digits")
        return self._state.add_person(number, new.name, new.lang, new.phone)

    def find(self, user: int | str) -> Person:
        return found(self._state.people, user)

    async def start(self, act: Start) -> Outcome:
        """Come by an m.me link or by the page: Get Started for a newcomer, a referral in a thread that exists."""
        person = self.find(act.user)
        referral = _referral(act.payload) if act.payload else None
        if person.wrote_at is not None and referral is not None:
            return await self._happen(person, act, {"referral": referral})
        if self._state.profile.get_started:
            button = Button("Get Started", self._state.profile.get_started, "postback")
            return await self._postback(person, act, button, referral)
        return await self._message(person, act, "text", {"text": "Привіт", "referral": referral}, text="Привіт")

    async def referral(self, act: Referral) -> Outcome:
        return await self._happen(self.find(act.user), act, {"referral": _referral(act.ref)})

    async def say(self, act: Say) -> Outcome:
        if len(act.text) > TEXT_MAX:
            raise ControlError(400, "bad_request", f"a text has up to {TEXT_MAX} characters")
        return await self._message(self.find(act.user), act, "text", {"text": act.text}, text=act.text)

    async def contact(self, act: Contact) -> Outcome:
        """Press the quick reply that shares the number of the profile, which nobody has checked."""
        person = self.find(act.user)
        if not act.own or not any(button.kind == "user_phone_number" for button in self._quick_replies(person)):
            raise ControlError(409, "not_asked", "the bot's newest message does not ask for the number")
        return await self._answer(person, act, f"+{act.phone or person.phone}", f"+{act.phone or person.phone}")

    async def photo(self, act: Photo) -> Outcome:
        if act.caption:
            raise ControlError(400, "bad_request", "a picture has no caption in Messenger")
        picture = draw_picture()
        file = self._state.attachments.keep("image", Document("photo.png", picture.mime, picture.content), picture)
        return await self._file(act, "image", file)

    async def document(self, act: SendDocument) -> Outcome:
        if act.caption:
            raise ControlError(400, "bad_request", "a file has no caption in Messenger")
        return await self._file(act, "file", self._state.attachments.keep("file", write_document(act.file_name)))

    async def media(self, act: Media) -> Outcome:
        kind, mime, content = _FILES[act.kind]
        more = {"sticker_id": 369239263222822} if kind == "sticker" else {}
        file = self._state.attachments.keep(kind, Document(act.kind, mime, content))
        return await self._file(act, kind, file, **more)

    async def _file(self, act: Act, kind: str, file: StoredFile, **more: Any) -> Outcome:
        attachment = {"type": kind, "payload": {"url": self._state.attachments.url(file), **more}}
        document = None if file.picture is not None else file.document
        return await self._message(
            self.find(act.user), act, kind, {"attachments": [attachment]}, picture=file.picture, document=document
        )

    async def press(self, act: Press) -> Outcome:
        """Quick replies of the newest message, buttons of any message, and the menu."""
        person = self.find(act.user)
        item, button = pressed(act, self._keyboards(person))
        if button.kind in _QUICK:
            label = f"+{person.phone}" if button.kind == "user_phone_number" else button.label
            return await self._answer(person, act, label, button.token or label)
        if button.kind == "postback":
            return await self._postback(person, act, button, None)
        return Outcome(item=item, more={"opened": button.url} if button.url else {})

    def _keyboards(self, person: Person) -> list[Item]:
        keyboards = []
        for place, item in enumerate(self._state.transcript.newest_first(person.id)):
            visible = [button for button in item.buttons if place == 0 or button.kind not in _QUICK]
            if item.author == "bot" and visible:
                keyboards.append(Item(item.seq, "bot", item.kind, item.at, buttons=visible))
        menu = [button_of(entry) for entry in self._state.profile.menu]
        return [*keyboards, Item(0, "bot", "menu", 0.0, buttons=menu)] if menu else keyboards

    def _quick_replies(self, person: Person) -> list[Button]:
        newest = next(self._state.transcript.newest_first(person.id), None)
        return [button for button in newest.buttons if button.kind in _QUICK] if newest is not None else []

    async def _answer(self, person: Person, act: Act, text: str, payload: str) -> Outcome:
        content = {"text": text, "quick_reply": {"payload": payload}}
        return await self._message(person, act, "text", content, text=text)

    async def _postback(self, person: Person, act: Act, button: Button, referral: dict[str, Any] | None) -> Outcome:
        mid = self._state.new_mid()
        item = self._state.transcript.add(person.id, "user", "postback", text=button.label, text_id=mid)
        self._state.remember(Sent(mid, person, False, item, self._state.now_ms()))
        postback: dict[str, Any] = {"mid": mid, "title": button.label, "payload": button.token}
        if referral is not None:
            postback["referral"] = referral
        return await self._happen(person, act, {"postback": postback}, Outcome(item=item))

    async def _message(
        self, person: Person, act: Act, kind: str, content: dict[str, Any], *, text: str = "", **shown: Any
    ) -> Outcome:
        mid = self._state.new_mid()
        item = self._state.transcript.add(person.id, "user", kind, text=text, text_id=mid, **shown)
        self._state.remember(Sent(mid, person, False, item, self._state.now_ms()))
        message = {"mid": mid} | {name: value for name, value in content.items() if value is not None}
        return await self._happen(person, act, {"message": message}, Outcome(item=item))

    async def _happen(
        self, person: Person, act: Act, content: dict[str, Any], outcome: Outcome | None = None
    ) -> Outcome:
        """Something that opens the window."""
        person.wrote_at = self._state.context.clock.now()
        return await self.emit(person, act, content, outcome or Outcome())

    async def emit(self, person: Person, act: Act, content: dict[str, Any], outcome: Outcome) -> Outcome:
        happened = event(person, self._state.page_id, self._state.now_ms(), content)
        outcome.deliveries = await self._state.emit(person, happened, act.timing)
        if outcome.item is not None:
            outcome.more["message_id"] = outcome.item.text_id
        return outcome


def _referral(ref: str) -> dict[str, Any]:
    if not _REF.fullmatch(ref):
        raise ControlError(400, "bad_request", "a ref has letters, digits and -_= only")
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
