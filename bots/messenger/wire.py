"""The fields of Messenger's webhooks that Teller reads; everything else is skipped by the decoder.

Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from bots.meta.batch import ABSENT, Moment, WireId

Word = Annotated[str, msgspec.Meta(max_length=64)]


class Entry(msgspec.Struct):
    """`standby`: the same objects while another app owns the thread."""

    id: WireId
    messaging: msgspec.Raw = ABSENT
    standby: msgspec.Raw = ABSENT
    changes: msgspec.Raw = ABSENT


class Party(msgspec.Struct):
    """A person who came by a plugin has only a `user_ref`, to which nothing can be sent."""

    id: WireId | None = None


class Item(msgspec.Struct):
    """One of the parts below is there and says what happened."""

    sender: Party | None = None
    recipient: Party | None = None
    timestamp: Moment | None = None
    message: msgspec.Raw = ABSENT
    postback: msgspec.Raw = ABSENT
    reaction: msgspec.Raw = ABSENT
    message_edit: msgspec.Raw = ABSENT
    read: msgspec.Raw = ABSENT
    delivery: msgspec.Raw = ABSENT
    referral: msgspec.Raw = ABSENT
    optin: msgspec.Raw = ABSENT
    account_linking: msgspec.Raw = ABSENT
    pass_thread_control: msgspec.Raw = ABSENT
    take_thread_control: msgspec.Raw = ABSENT
    request_thread_control: msgspec.Raw = ABSENT
    app_roles: msgspec.Raw = ABSENT
    policy_enforcement: msgspec.Raw = ABSENT


class QuickReply(msgspec.Struct):
    payload: str = ""


class Referral(msgspec.Struct):
    ref: str | None = None


class AttachmentPayload(msgspec.Struct):
    url: str | None = None
    sticker_id: WireId | None = None


class Attachment(msgspec.Struct):
    type: str = ""
    payload: AttachmentPayload | None = None


class Message(msgspec.Struct):
    mid: WireId
    text: str | None = None
    is_echo: bool = False
    app_id: WireId | None = None
    metadata: str | None = None
    quick_reply: QuickReply | None = None
    attachments: list[Attachment] | None = None
    referral: Referral | None = None


class Postback(msgspec.Struct):
    mid: WireId | None = None
    payload: str = ""
    referral: Referral | None = None


class Reaction(msgspec.Struct):
    mid: WireId
    action: Word = ""
    emoji: Word | None = None


class Edit(msgspec.Struct):
    mid: WireId
    text: str | None = None
    num_edit: int = 0


class Receipt(msgspec.Struct):
    """`delivery` and `read`: everything up to the watermark, named by its ids or not."""

    mids: list[WireId] | None = None


class AccountLinking(msgspec.Struct):
    status: Word = ""
