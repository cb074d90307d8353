"""Telegram: the bytes of a webhook to events. Pure: the same bytes at the same moment give the same events."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from bots.phone import e164
from bots.telegram.wire import CallbackQuery, Chat, ContactCard, File, Message, MyChatMember, Reaction, Update, User
from bots.webhook import decode_body, start_payload, visible_text
from core.dialog.contracts import Contact, InboundEvent, Kind, Location, Media

CHANNEL: Final = "telegram"

_decoder: Final = msgspec.json.Decoder(Update)
_START: Final = re.compile(r"/start(?:@\w{1,64})?(?:\s+(.*))?\s*", re.DOTALL)
_MEDIA: Final = ("animation", "video", "video_note", "voice", "audio", "document", "sticker")
_MEDIA_KINDS: Final = {"animation": "video", "video_note": "video"}
_UNSUPPORTED: Final = ("dice", "game", "poll", "story", "paid_media", "checklist", "invoice")
_MEMBERSHIP: Final[dict[str, Kind]] = {"kicked": "blocked", "member": "unblocked"}


def read(body: bytes, bot_id: str, received_at: int) -> list[InboundEvent]:
    """The one event of an `Update`. `received_at` (ms) dates what Telegram does not date, such as a pressed button.

    Raises `Unreadable` for what is no `Update`.
    """
    update = decode_body(_decoder, body)
    key = f"{bot_id}:{update.update_id}"
    if update.message is not None:
        return [_message(update.message, key, received_at)]
    if update.callback_query is not None:
        return [_button(update.callback_query, key, received_at)]
    if update.edited_message is not None:
        return [_edit(update.edited_message, key, received_at)]
    if update.my_chat_member is not None:
        return [_membership(update.my_chat_member, key, received_at)]
    if update.message_reaction is not None:
        return [_reaction(update.message_reaction, key, received_at)]
    return [_event(key, received_at, "ignored")]


def _event(
    key: str,
    sent_at: int,
    kind: Kind,
    *,
    chat: Chat | None = None,
    user: User | None = None,
    message_id: int | str = "",
    should_reply: bool = False,
) -> InboundEvent:
    return InboundEvent(
        channel=CHANNEL,
        conversation="" if chat is None else str(chat.id),
        user="" if user is None else str(user.id),
        message_id=str(message_id or ""),
        dedupe_key=key,
        kind=kind,
        sent_at=sent_at,
        lang="" if user is None else user.language_code or "",
        should_reply=should_reply,
    )


def _is_person_in_private(chat: Chat, user: User | None) -> bool:
    return chat.type == "private" and user is not None and not user.is_bot


def _message(message: Message, key: str, received_at: int) -> InboundEvent:
    sent_at = message.date * 1000 or received_at
    base = _event(key, sent_at, "ignored", chat=message.chat, user=message.sender, message_id=message.message_id)
    event = _content(message, base) if _is_person_in_private(message.chat, message.sender) else base
    return event if event.kind == "ignored" else msgspec.structs.replace(event, should_reply=True)


def _content(message: Message, base: InboundEvent) -> InboundEvent:
    """What a person wrote or sent. A service message ("pinned a message") has none of these and stays ignored."""
    if message.text is not None:
        return _text(message.text, base)
    if message.contact is not None:
        return msgspec.structs.replace(base, kind="contact", contact=_contact(message, message.contact, base.user))
    if message.location is not None:
        place = Location(message.location.latitude, message.location.longitude)
        return msgspec.structs.replace(base, kind="location", location=place)
    if message.web_app_data is not None:
        return msgspec.structs.replace(base, kind="text", text=visible_text(message.web_app_data.data))
    media = _media(message)
    if media is not None:
        return msgspec.structs.replace(base, kind="media", media=media, dedupe_key=_album_key(message, base.dedupe_key))
    if any(getattr(message, name) is not None for name in _UNSUPPORTED):
        return msgspec.structs.replace(base, kind="unsupported")
    return base


def _text(text: str, base: InboundEvent) -> InboundEvent:
    start = _START.fullmatch(text) if text.startswith("/start") else None
    if start is None:
        return msgspec.structs.replace(base, kind="text", text=visible_text(text))
    return msgspec.structs.replace(base, kind="start", text=text, payload=start_payload((start[1] or "").strip()))


def _contact(message: Message, card: ContactCard, user: str) -> Contact:
    """Trusted only when it is the sender's own card, neither forwarded nor sent through another bot."""
    own = (
        card.user_id is not None
        and str(card.user_id) == user
        and message.forward_origin is None
        and message.forward_date is None
        and message.via_bot is None
    )
    name = " ".join(part for part in (card.first_name, card.last_name) if part)
    return Contact(phone=e164(card.phone_number), name=name, proof="own" if own else "foreign")


def _media(message: Message) -> Media | None:
    caption = message.caption or ""
    if message.photo:
        return _file_media("photo", message.photo[-1], caption)
    for name in _MEDIA:
        file: File | None = getattr(message, name)
        if file is not None:
            return _file_media(_MEDIA_KINDS.get(name, name), file, caption)
    return None


def _file_media(kind: str, file: File, caption: str) -> Media:
    return Media(kind=kind, ref=file.file_id, caption=caption, file_name=file.file_name or "", size=file.file_size or 0)


def _album_key(message: Message, key: str) -> str:
    """The pictures of an album come as updates of their own; under one key the album is answered once."""
    if message.media_group_id is None:
        return key
    return f"{key.partition(':')[0]}:album:{message.chat.id}:{message.media_group_id}"


def _button(query: CallbackQuery, key: str, received_at: int) -> InboundEvent:
    """A press is dated by its arrival: Telegram sends only the date of the message under which the button stands."""
    message = query.message
    chat = None if message is None else message.chat
    if message is None or not _is_person_in_private(message.chat, query.sender):
        event = _event(key, received_at, "ignored", chat=chat, user=query.sender)
        return msgspec.structs.replace(event, callback=str(query.id))
    kind: Kind = "unsupported" if query.data is None else "button"
    event = _event(
        key, received_at, kind, chat=chat, user=query.sender, message_id=message.message_id, should_reply=True
    )
    return msgspec.structs.replace(event, payload=query.data or "", callback=str(query.id))


def _edit(message: Message, key: str, received_at: int) -> InboundEvent:
    """Recorded, never run again. A live location moves by edits that nobody wrote: those are ignored."""
    is_edit = _is_person_in_private(message.chat, message.sender) and message.location is None
    event = _event(
        key,
        (message.edit_date or message.date) * 1000 or received_at,
        "edit" if is_edit else "ignored",
        chat=message.chat,
        user=message.sender,
        message_id=message.message_id,
    )
    text = visible_text(message.text or message.caption or "") if is_edit else ""
    return msgspec.structs.replace(event, text=text)


def _membership(change: MyChatMember, key: str, received_at: int) -> InboundEvent:
    kind: Kind = "ignored"
    if _is_person_in_private(change.chat, change.sender):
        kind = _MEMBERSHIP.get(change.new_chat_member.status, "ignored")
    return _event(key, change.date * 1000 or received_at, kind, chat=change.chat, user=change.sender)


def _reaction(reaction: Reaction, key: str, received_at: int) -> InboundEvent:
    kind: Kind = "reaction" if _is_person_in_private(reaction.chat, reaction.user) else "ignored"
    sent_at = reaction.date * 1000 or received_at
    return _event(key, sent_at, kind, chat=reaction.chat, user=reaction.user, message_id=reaction.message_id)
