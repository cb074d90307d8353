"""The fields of Telegram's `Update` that Teller reads; everything else is skipped by the decoder.

Source: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

# Numbers of up to 52 bits; strings are let through so that a change of form loses nothing.
_Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
WireId = _Number | _Name
# Unix time up to the year 9999.
Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class User(msgspec.Struct):
    id: WireId
    is_bot: bool = False
    language_code: str | None = None


class Chat(msgspec.Struct):
    id: WireId
    type: str = ""


class ContactCard(msgspec.Struct):
    phone_number: str
    first_name: str = ""
    last_name: str | None = None
    user_id: WireId | None = None


class Place(msgspec.Struct):
    latitude: float
    longitude: float


class File(msgspec.Struct):
    file_id: str
    file_name: str | None = None
    file_size: int | None = None


class WebAppData(msgspec.Struct):
    data: str


class Message(msgspec.Struct):
    """`Any` marks what is only asked for its presence."""

    chat: Chat
    message_id: WireId = 0
    date: Seconds = 0
    edit_date: Seconds = 0
    sender: User | None = msgspec.field(name="from", default=None)
    text: str | None = None
    caption: str | None = None
    media_group_id: WireId | None = None
    contact: ContactCard | None = None
    location: Place | None = None
    web_app_data: WebAppData | None = None
    photo: list[File] | None = None
    animation: File | None = None
    video: File | None = None
    video_note: File | None = None
    voice: File | None = None
    audio: File | None = None
    document: File | None = None
    sticker: File | None = None
    forward_origin: Any = None
    forward_date: Any = None
    via_bot: Any = None
    dice: Any = None
    game: Any = None
    poll: Any = None
    story: Any = None
    paid_media: Any = None
    checklist: Any = None
    invoice: Any = None


class CallbackQuery(msgspec.Struct):
    id: WireId
    sender: User = msgspec.field(name="from")
    message: Message | None = None
    data: str | None = None


class Member(msgspec.Struct):
    status: str


class MyChatMember(msgspec.Struct):
    chat: Chat
    sender: User = msgspec.field(name="from")
    new_chat_member: Member
    date: Seconds = 0


class Reaction(msgspec.Struct):
    chat: Chat
    message_id: WireId = 0
    user: User | None = None
    date: Seconds = 0


class Update(msgspec.Struct):
    update_id: WireId
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MyChatMember | None = None
    message_reaction: Reaction | None = None
