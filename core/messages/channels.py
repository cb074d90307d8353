"""What a channel is to the rest of the house: the protocol of every `bots/*` folder and its closed set of errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import msgspec

from core.dialog.contracts import InboundEvent, OutboundMessage
from core.kernel.errors import TellerError


class SignatureRefused(TellerError):
    """The webhook does not prove where it comes from. Answered 401; leaves no trace of the event."""

    code = "unauthenticated"
    http_status = 401


class Unreadable(TellerError):
    """An authentic webhook of which something cannot be read. Answered 200 and quarantined, or it would come for ever.

    `part`: the elements that could not be read, b"" for the whole body. `events`: those beside them, to be handled.
    """

    code = "webhook_unreadable"
    http_status = 200

    def __init__(self, detail: str, *, part: bytes = b"", events: tuple[InboundEvent, ...] = ()) -> None:
        super().__init__(detail)
        self.part = part
        self.events = events


class SendError(TellerError):
    """A message could not be handed over. The subclass says what to do about it; there are no others."""

    code = "send_failed"


class RetryLater(SendError):
    """Certainly not sent, worth another try, not before `after_s` seconds if the platform named a time.

    `scope`: "channel" when the platform asks the whole bot to wait, "conversation" when only this chat.
    """

    code = "send_retry"
    retryable = True

    def __init__(
        self, detail: str, *, after_s: float = 0.0, scope: Literal["channel", "conversation"] = "conversation"
    ):
        super().__init__(detail)
        self.after_s = after_s
        self.scope = scope


class OutcomeUnknown(SendError):
    """Sent, but no answer came: it may or may not be in the chat (channels.md 1.10)."""

    code = "send_unknown"


class RecipientGone(SendError):
    """The person blocked the bot, left, or never existed: nothing more goes there until they come back."""

    code = "recipient_gone"


class WindowClosed(SendError):
    """The platform's service window is over; only a template may be sent."""

    code = "window_closed"


class BadMessage(SendError):
    """The platform refuses this message for its content: our bug; goes to the dead letters."""

    code = "bad_message"


class Misconfigured(SendError):
    """Token, webhook or account is wrong: an operator must mend the configuration; messages wait."""

    code = "channel_misconfigured"


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's limits as data. `source` and `checked` (ISO date) say where they come from and when it was read.

    `text_unit` is the unit in which `text_max` counts: UTF-16 code units or code points.
    `buttons_max`: choices in one native keyboard. `picture`: how a picture or a document goes out.
    `proves_contact`: the platform tells own contact cards from foreign ones.

    `list_max` and `list_label_max`: the native list that more choices than `buttons_max` become; 0 where there is none.
    `beside_max`: the longest text over choices, 0 where it is `text_max`. `receives`: what a flow may accept as an
    answer besides a text. `window_h`: hours after the customer's last message in which the bot may write; 0 means any
    time. `segmented`: texts go out in the segments of SMS.
    """

    text_max: int
    text_unit: Literal["utf16", "codepoint"]
    buttons_max: int
    label_max: int
    caption_max: int
    picture: Literal["upload", "url"]
    ask_contact: bool
    ask_location: bool
    delete_inbound: bool
    proves_contact: bool
    deep_link: str
    source: str
    checked: str
    list_max: int = 0
    list_label_max: int = 0
    beside_max: int = 0
    receives: tuple[str, ...] = ("contact", "location", "photo", "document", "voice")
    window_h: int = 0
    segmented: bool = False


class WireCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call to the platform. `payload` is its JSON body; `upload` names the field that carries the drawn file, and
    `file_name` what that file is called.

    `optional`: a failure of this call (acknowledging a button, deleting a message) never holds up the next ones.
    `outside_window`: the payload that says the same by a template, sent where the platform's service window is over.
    """

    method: str
    payload: dict[str, Any]
    upload: str = ""
    file_name: str = "picture.png"
    optional: bool = False
    outside_window: dict[str, Any] | None = None


class Transport(Protocol):
    """One pooled keep-alive HTTP client. Raises `RetryLater` when nothing left this machine (DNS, connect, TLS) and
    `OutcomeUnknown` when the request may have arrived but no whole answer came."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]: ...


class Channel(Protocol):
    """`bots/<name>` exports one of these. Only `deliver` and `register` do I/O; the others are pure."""

    name: ClassVar[str]
    abilities: ClassVar[Abilities]

    def verify(self, headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes) -> None:
        """Raise `SignatureRefused` unless the raw bytes are proven. Header names are lower-case bytes, as in ASGI."""
        ...

    def read(self, body: bytes) -> list[InboundEvent]:
        """Every event in the body, unknown ones as kind `ignored`. Raises `Unreadable` for what cannot be read, with
        the events that can."""
        ...

    def render(
        self, message: OutboundMessage, conversation: str, outbox_id: str, file_url: str, file_size: int = 0
    ) -> list[WireCall]:
        """The best native form of one message, in sending order.

        `file_url`: where its picture or document can be fetched, "" for channels that upload. `file_size`: bytes of
        the document behind that address.
        """
        ...

    def inline(self, message: OutboundMessage, outbox_id: str) -> bytes:
        """The message as the body of the HTTP answer, for events with `answer_inline`."""
        ...

    async def deliver(self, call: WireCall, file: bytes) -> str:
        """Do the call, with the drawn file if it uploads one, and return the platform's message id ("" if it has none).

        Raises a `SendError`.
        """
        ...

    async def register(self, webhook_url: str) -> None:
        """Tell the platform where to send webhooks. The web server must already be listening. Raises a `SendError`."""
        ...


@runtime_checkable
class Handshaking(Protocol):
    """A channel whose platform checks the address of the webhook by a GET before it sends anything there."""

    def handshake(self, query: Mapping[str, str]) -> bytes:
        """The text to answer. Raises `SignatureRefused` unless the platform proves to be ours."""
        ...
