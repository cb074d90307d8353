"""The words that channels, the turn, the engine and the bank's workers share. Design §3 fixes their names.

Everything here is plain data: msgspec structs that go to JSON and back unchanged.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal[
    "text", "start", "button", "contact", "location", "media", "edit", "delete", "reaction", "status", "blocked",
    "unblocked", "referral", "optin", "flow", "order", "system", "echo", "unsupported", "ignored",
]  # fmt: skip

# "own": the platform proves that the number is the sender's; "foreign": it proves that it is not;
# "unproven": the platform says nothing (Viber), a one-time code must prove it.
Proof = Literal["own", "foreign", "unproven"]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A shared contact. `phone` is E.164 with `+`, or as received where it cannot be read as one."""

    phone: str
    name: str = ""
    proof: Proof = "unproven"

    @property
    def trusted(self) -> bool:
        return self.proof == "own"


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """`kind`: photo, video, voice, audio, document, sticker. `ref` is the platform's file id or URL, opaque."""

    kind: str
    ref: str
    caption: str = ""
    file_name: str = ""
    size: int = 0


class Location(msgspec.Struct, frozen=True):
    latitude: float
    longitude: float


class InboundEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened in a messenger, whatever the messenger. Made by `bots/*/inbound.py` only.

    `conversation` and `user` are the platform's opaque ids as strings; `dedupe_key` is unique per channel and event
    (channels.md 1.1). `payload`: button token (kind button) or start/referral payload; `identity_changed`
    where a `system` event says so, `person` where an `echo` is what a person of the bank wrote. `sent_at` in ms.
    `should_reply` false: recorded, never answered. `callback`: id to acknowledge on platforms that want it.
    `answer_inline`: the first answer must go out in the HTTP response (Viber conversation_started).
    `meant`: the intent that an understanding outside of the engine heard in the text, "" where it was not asked.
    """

    channel: str
    conversation: str
    user: str
    message_id: str
    dedupe_key: str
    kind: Kind
    sent_at: int
    text: str = ""
    payload: str = ""
    contact: Contact | None = None
    media: Media | None = None
    location: Location | None = None
    lang: str = ""
    should_reply: bool = True
    callback: str = ""
    answer_inline: bool = False
    meant: str = ""


Arm = Literal["ok", "refused", "pending", "unknown"]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Proof of who the person is; only operations declared with `grants` may return one."""

    level: str
    customer: str
    name: str = ""


class CallResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a bank call came to. `call` is the id of the `Call` effect. `data` holds the declared return fields,
    money as `{"amount", "currency"}`. `reason`: text id such as `error.insufficient_funds` when refused."""

    call: str
    arm: Arm
    data: dict[str, Any] = {}
    reason: str = ""
    grant: Grant | None = None


class BankEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something the bank made known later, such as `bank.settled {op, outcome, reference}`. `data["op"]` matches."""

    name: str
    data: dict[str, Any]


class TimerFired(msgspec.Struct, frozen=True):
    """The session's time to be woken has come. `nonce` is that of the wait it stood at then, "" if at none."""

    nonce: str


class TicketClosed(msgspec.Struct, frozen=True):
    """The person who had the conversation has finished. `ticket` is the id of the `Ticket` effect."""

    ticket: str


Event = InboundEvent | CallResult | BankEvent | TimerFired | TicketClosed


class Span(msgspec.Struct, frozen=True):
    """A run of styled text; offsets count code points."""

    start: int
    end: int
    style: Literal["bold", "italic", "code"]


class Choice(msgspec.Struct, frozen=True):
    """`token` is what comes back when it is pressed (at most 20 bytes); `label` is what the customer reads."""

    token: str
    label: str


class Link(msgspec.Struct, frozen=True):
    url: str
    label: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that `imagegen` draws when it is sent: template name, its data (texts ready to draw), language."""

    template: str
    data: dict[str, str]
    alt: str
    lang: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF of one page that `imagegen` draws when it is sent, from the template, data and language of a picture.

    `name`: what it is saved as, `[A-Za-z0-9_-]{1,60}.pdf`. `alt`: what it is, in words.
    """

    template: str
    data: dict[str, str]
    alt: str
    lang: str
    name: str


class OutboundMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One logical message; each channel renders the best native form. It has a picture or a document, not both.

    `ask_contact`/`ask_location`: the label of the button that shares it ("" = not asked).
    `ack`: callback id to acknowledge; `delete`: platform message id of the customer's message to remove from the chat.
    `once`: never sent again after an unknown outcome (it speaks of moved money). `hints`: the choices are answers
    worth one tap beside a typed one; where there are no buttons they stand without numbers, which would be answers too.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    picture: Picture | None = None
    document: Document | None = None
    ask_contact: str = ""
    ask_location: str = ""
    ack: str = ""
    delete: str = ""
    once: bool = False
    hints: bool = False
    lang: str = ""


class Seal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the customer confirmed. `digest` covers the canonical confirmed values, `level` and `auth_at`, revision.

    `args` is empty until a call leaves with the seal; then it names the slot of each argument, under the digest too.
    """

    digest: str
    values: dict[str, Any]
    level: str
    auth_at: int
    sealed_at: int
    expires_at: int
    flow: str
    revision: str
    args: dict[str, str] = {}


class Send(msgspec.Struct, frozen=True, tag="send"):
    message: OutboundMessage


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """A bank operation to run. `id` = hash(session, frame, step, visit) = the idempotency key sent to the bank.

    `secrets` hold values typed into secret slots: sealed before they are stored, gone when the call has ended.
    """

    id: str
    operation: str
    args: dict[str, Any]
    effect: Literal["none", "money", "card"] = "none"
    customer: str = ""
    lang: str = ""
    seal: Seal | None = None
    secrets: dict[str, str] = {}


class Ticket(msgspec.Struct, frozen=True, kw_only=True, tag="ticket"):
    """The conversation goes to a person of the named queue; `summary` is masked. `id` comes back as `TicketClosed`."""

    id: str
    queue: str
    summary: str


class Metric(msgspec.Struct, frozen=True, kw_only=True, tag="metric"):
    name: str
    labels: dict[str, str] = {}


Effect = Send | Call | Ticket | Metric
