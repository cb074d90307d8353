"""What a person does in WhatsApp, and the webhooks that it causes."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from simulators.messengers.actions import (
    Act,
    Contact,
    ControlError,
    Location,
    Media,
    NewPerson,
    Outcome,
    Photo,
    Press,
    Say,
    SendDocument,
    Start,
    Submit,
    found,
    pressed,
)
from simulators.messengers.documents import write_document
from simulators.messengers.pictures import Picture, draw_picture
from simulators.messengers.transcript import Button, Item
from simulators.messengers.whatsapp.callbacks import Person, foreign_contact, shared_contact
from simulators.messengers.whatsapp.media import StoredFile
from simulators.messengers.whatsapp.messages import CAPTION_MAX, TEXT_MAX
from simulators.messengers.whatsapp.showing import described
from simulators.messengers.whatsapp.state import Sent, State

_PHONE: Final = re.compile(r"[1-9][0-9]{6,14}")
_BSUID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_FILES: Final[dict[str, tuple[str, bytes]]] = {
    "video": ("video/mp4", b"\x00\x00\x00\x18ftypmp42"),
    "audio": ("audio/mpeg", b"ID3\x04\x00"),
    "voice": ("audio/ogg", b"OggS\x00\x02"),
    "sticker": ("image/webp", b"RIFF\x1a\x00\x00\x00WEBPVP8L"),
}


class People:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, new: NewPerson) -> Person:
        """`id`: the phone number, or a business-scoped id with `hides_phone`. Raises `ControlError`."""
        given = "" if new.id is None else str(new.id)
        scoped = bool(_BSUID.fullmatch(given))
        if given and not scoped and not _PHONE.fullmatch(given):
            raise ControlError(
                400, "bad_request", "a WhatsApp id is a phone number in digits or a user id like UA.7h3k"
            )
        phone = given if given and not scoped else self._state.free_phone(new.phone)
        if not _PHONE.fullmatch(phone):
            raise ControlError(400, "bad_request", "a phone number has 7 to 15 digits")
        user_id = given if scoped else self._state.new_user_id()
        person = Person(given or phone, new.name, new.lang, phone, user_id, new.username, scoped or new.hides_phone)
        return self._state.add_person(person)

    def find(self, user: int | str) -> Person:
        return found(self._state.people, user)

    async def start(self, act: Start) -> Outcome:
        """Follow a wa.me link: it only fills in a text, which the person sends."""
        return await self._text(act, act.payload or "Привіт")

    async def say(self, act: Say) -> Outcome:
        return await self._text(act, act.text)

    async def _text(self, act: Act, text: str) -> Outcome:
        if len(text) > TEXT_MAX:
            raise ControlError(400, "bad_request", f"a text has up to {TEXT_MAX} characters")
        return await self.message(self.find(act.user), act, "text", {"body": text}, text=text)

    async def contact(self, act: Contact) -> Outcome:
        """Own: the answer to the bot's question if it asked, else a card that proves nothing."""
        person = self.find(act.user)
        question = next((item for item in self._state.transcript.newest_first(person.id) if item.ask_contact), None)
        context = {} if question is None or not act.own else self._context(question.text_id)
        if act.own:
            card = shared_contact(person, act.phone or person.phone, asked=question is not None)
        else:
            card = foreign_contact(act.name or "Мама", act.phone or "380671112233")
        phone = card["phones"][0]["phone"]
        return await self.message(person, act, "contacts", [card], text=phone, **context)

    async def location(self, act: Location) -> Outcome:
        content = {"latitude": act.latitude, "longitude": act.longitude}
        return await self.message(
            self.find(act.user), act, "location", content, text=f"{act.latitude}, {act.longitude}"
        )

    async def photo(self, act: Photo) -> Outcome:
        picture = draw_picture()
        file = self._state.files.keep(picture.mime, "photo.png", picture.content, picture)
        return await self._file(act, "image", file, act.caption, picture=picture)

    async def document(self, act: SendDocument) -> Outcome:
        document = write_document(act.file_name)
        file = self._state.files.keep(document.mime, document.name, document.content)
        return await self._file(act, "document", file, act.caption, {"filename": act.file_name})

    async def media(self, act: Media) -> Outcome:
        mime, content = _FILES[act.kind]
        file = self._state.files.keep(mime, act.kind, content)
        if act.kind in ("audio", "voice"):
            return await self._file(act, "audio", file, "", {"voice": act.kind == "voice"})
        return await self._file(act, act.kind, file, "")

    async def _file(
        self,
        act: Act,
        kind: str,
        file: StoredFile,
        caption: str,
        more: dict[str, Any] | None = None,
        picture: Picture | None = None,
    ) -> Outcome:
        if len(caption) > CAPTION_MAX:
            raise ControlError(400, "bad_request", f"a caption has up to {CAPTION_MAX} characters")
        content = {"id": file.id, "mime_type": file.mime, "sha256": file.sha256, **(more or {})}
        if caption:
            content["caption"] = caption
        return await self.message(
            self.find(act.user), act, kind, content, text=caption, picture=picture, document=file.document
        )

    async def submit(self, act: Submit) -> Outcome:
        """Complete the newest form: what it sends back is a JSON string in the message."""
        person = self.find(act.user)
        for item in self._state.transcript.newest_first(person.id):
            forms = [button for button in item.buttons if button.kind == "flow"]
            if item.author == "bot" and forms:
                response = self._compact({"flow_token": forms[0].token} | act.response)
                content = {
                    "type": "nfm_reply",
                    "nfm_reply": {"name": "flow", "body": "Sent", "response_json": response},
                }
                return await self.message(
                    person, act, "interactive", content, text="Sent", **self._context(item.text_id)
                )
        raise ControlError(404, "no_form", "the bot has sent no form")

    def _compact(self, value: dict[str, Any]) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    async def press(self, act: Press) -> Outcome:
        person = self.find(act.user)
        keyboards = [
            item for item in self._state.transcript.newest_first(person.id) if item.author == "bot" and item.buttons
        ]
        item, button = pressed(act, keyboards)
        timing = act.model_dump(include=set(Act.model_fields))
        if button.kind == "contact":
            return await self.contact(Contact(**timing))
        if button.kind == "location":
            return await self.location(Location(**timing))
        if button.kind not in ("reply", "list", "quick_reply"):
            return Outcome(more={"opened": button.url} if button.url else {})
        kind, content = self._answer(item, button)
        return await self.message(person, act, kind, content, text=button.label, **self._context(item.text_id))

    def _answer(self, item: Item, button: Button) -> tuple[str, dict[str, Any]]:
        if button.kind == "quick_reply":
            return "button", {"payload": button.token, "text": button.label}
        reply = {"id": button.token, "title": button.label}
        if button.kind == "reply":
            return "interactive", {"type": "button_reply", "button_reply": reply}
        sent = self._state.messages[item.text_id]
        return "interactive", {"type": "list_reply", "list_reply": reply | described(sent.content, button.token)}

    def _context(self, message_id: str) -> dict[str, Any]:
        return {"context": {"from": self._state.context.options.whatsapp_number, "id": message_id}}

    async def message(
        self,
        person: Person,
        act: Act,
        kind: str,
        content: Any,
        *,
        text: str = "",
        picture: Picture | None = None,
        document: Any = None,
        **more: Any,
    ) -> Outcome:
        """A person's message: it opens the window and appears in the chat. `more`: keys beside the content."""
        person.wrote_at = self._state.context.clock.now()
        message_id = self._state.new_message_id()
        item = self._state.transcript.add(
            person.id, "user", kind, text=text, picture=picture, document=document, text_id=message_id
        )
        self._state.remember(Sent(message_id, person, False, item, content if isinstance(content, dict) else {}))
        return await self.emit(person, act, message_id, {"type": kind, kind: content, **more}, Outcome(item=item))

    async def emit(
        self, person: Person, act: Act, message_id: str, content: dict[str, Any], outcome: Outcome
    ) -> Outcome:
        stamp = {"id": message_id, "timestamp": str(int(self._state.context.clock.now()))}
        message = {name: value for name, value in {**person.sender(), **stamp, **content}.items() if value is not None}
        named = content.get("type") != "system"
        outcome.deliveries = await self._state.emit(person, {"messages": [message]}, act.timing, named=named)
        outcome.more["message_id"] = message_id
        return outcome
