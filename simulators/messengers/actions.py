"""What the control API can make a person do, and how it reports what came of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from simulators.messengers.delivery import Delivery, Timing
from simulators.messengers.transcript import Button, Item

Person = TypeVar("Person")

MAX_COPIES: Final = 100
MAX_DELAY_MS: Final = 600_000


class ControlError(Exception):
    """A control call that makes no sense. `status` is the HTTP status, `code` stable."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPerson(_Body):
    """`id`: digits for Telegram, WhatsApp (the number) and Messenger, base64 for Viber; without it the platform gives
    one. `username` (WhatsApp): a name by which the person is found; with `hides_phone` the number is not told.
    """

    id: int | str | None = None
    name: str = "Ол"
    lang: str = "uk"
    phone: str = "380501112233"
    api_version: int = 10
    username: str = ""
    hides_phone: bool = False


class Act(_Body):
    """What every action has: who, and how the webhook is delivered (see `Timing`)."""

    user: int | str
    times: int = Field(1, ge=1, le=MAX_COPIES)
    together: bool = False
    delay_ms: int = Field(0, ge=0, le=MAX_DELAY_MS)
    hold: bool = False
    wait: bool = True
    escaped: bool = False

    @property
    def timing(self) -> Timing:
        return Timing(self.times, self.together, self.delay_ms / 1000, self.hold, self.wait, self.escaped)


class Start(Act):
    payload: str = ""


class Say(Act):
    text: str = Field(min_length=1)


class Press(Act):
    """Exactly one of the three; `index` counts the buttons of the newest keyboard from 0."""

    token: str | None = None
    label: str | None = None
    index: int | None = Field(None, ge=0)


class Contact(Act):
    """A contact card: the person's own, or with `own` false somebody else's, with or without that one's user id."""

    own: bool = True
    phone: str = ""
    name: str = ""
    contact_user_id: int | None = None


class Photo(Act):
    caption: str = ""


class SendDocument(Act):
    """A file that is no picture; what it holds is the simulator's own."""

    caption: str = ""
    file_name: str = Field("claim.pdf", min_length=1, max_length=256)


class Edit(Act):
    """`seq` 0 means the person's newest text."""

    text: str = Field(min_length=1)
    seq: int = 0


class Location(Act):
    latitude: float = Field(50.4501, ge=-90, le=90)
    longitude: float = Field(30.5234, ge=-180, le=180)


class Media(Act):
    """Something else that has a file; what it holds is the simulator's own."""

    kind: Literal["video", "audio", "voice", "sticker"]


class React(Act):
    """`emoji` "" takes the reaction back. `seq` 0 means the bot's newest message."""

    emoji: str = "\N{THUMBS UP SIGN}"
    seq: int = 0


class Revoke(Act):
    """The person deletes a message; `seq` 0 means their newest."""

    seq: int = 0


class Referral(Act):
    """Somebody comes by a link or an advertisement; `ref` as in the link."""

    ref: str = Field("inv_7Qx", min_length=1, max_length=2083)
    text: str = Field("Привіт", min_length=1)


class Submit(Act):
    """The person completes a form; `response` is what it sends back."""

    response: dict[str, Any] = Field(default_factory=dict)


class Renumber(Act):
    """The person moves to another phone number."""

    phone: str = Field(pattern=r"^[1-9][0-9]{7,14}$")


class Identity(Act):
    kind: Literal["user_changed_user_id", "customer_identity_changed"]


class Status(Act):
    """A status of a message of the bot, whatever came before. `seq` 0 means the newest, `code` is that of a failure."""

    status: Literal["sent", "delivered", "read", "played", "failed"]
    seq: int = 0
    code: int = 131026


class Handover(Act):
    """Who answers the person from now on: people in the page's inbox, or the bot. `text`: what those people write."""

    to: Literal["inbox", "bot"]
    text: str = ""


class Event(Act):
    """Any event of this person: `content` replaces and adds keys of the usual one."""

    content: dict[str, Any]


class Subscribe(_Body):
    """What an administrator enters at the platform: the webhook's address, its verify token and the fields it gets."""

    url: str
    verify_token: str
    fields: list[str] | None = None


class Template(_Body):
    """A message template as its account has it; `components` as the platform's own API gives them."""

    name: str
    language: str = "uk"
    category: Literal["AUTHENTICATION", "UTILITY", "MARKETING"] = "UTILITY"
    status: Literal["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"] = "APPROVED"
    components: list[dict[str, Any]] | None = None


ACTIONS: Final[dict[str, type[BaseModel]]] = {
    "start": Start,
    "say": Say,
    "press": Press,
    "contact": Contact,
    "photo": Photo,
    "document": SendDocument,
    "edit": Edit,
    "location": Location,
    "block": Act,
    "unblock": Act,
    "look": Act,
    "media": Media,
    "react": React,
    "revoke": Revoke,
    "referral": Referral,
    "submit": Submit,
    "renumber": Renumber,
    "identity": Identity,
    "status": Status,
    "handover": Handover,
    "event": Event,
    "webhook": Subscribe,
    "template": Template,
}


class Raw(_Body):
    """Bytes to deliver as they are, signed. `headers` replaces headers; null leaves one out."""

    body: str = ""
    body_base64: str | None = None
    headers: dict[str, str | None] = Field(default_factory=dict)

    def content(self) -> bytes:
        """Raises `ControlError` for broken base64."""
        if self.body_base64 is None:
            return self.body.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(self.body_base64, validate=True)
        except ValueError as error:
            raise ControlError(400, "bad_request", "body_base64 is no base64") from error


class Release(_Body):
    """`order`: ids of held deliveries; without it all of them, oldest first.

    `batch`: all in one POST, each in an entry of its own or, with "events", in as few lists as the platform's form has.
    """

    order: list[int] | None = None
    batch: Literal["entries", "events"] | None = None


@dataclass
class Outcome:
    """What an action led to. `more`: facts of one platform, for example the URL that a button opened."""

    deliveries: list[Delivery] = field(default_factory=list)
    item: Item | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        first = [delivery.statuses[0] for delivery in self.deliveries if delivery.statuses]
        return {
            "seq": self.item.seq if self.item else None,
            "deliveries": [delivery.id for delivery in self.deliveries],
            "statuses": first,
            "held": [delivery.id for delivery in self.deliveries if delivery.state == "held"],
            **self.more,
        }


def found(people: Mapping[str, Person], user: int | str) -> Person:
    """The person of this id. Raises `ControlError`."""
    person = people.get(str(user))
    if person is None:
        raise ControlError(404, "unknown_user", f"there is no user {user}")
    return person


def pressed(press: Press, keyboards: list[Item]) -> tuple[Item, Button]:
    """The button that a person means, in the keyboards that they see, newest first. Raises `ControlError`."""
    if sum(value is not None for value in (press.token, press.label, press.index)) != 1:
        raise ControlError(400, "bad_request", "name a button by exactly one of token, label and index")
    if press.index is not None:
        if not keyboards or press.index >= len(keyboards[0].buttons):
            raise ControlError(404, "no_such_button", f"no button number {press.index} in the newest keyboard")
        return keyboards[0], keyboards[0].buttons[press.index]
    for item in keyboards:
        for button in item.buttons:
            if press.token in (button.token, None) and press.label in (button.label, None):
                return item, button
    raise ControlError(404, "no_such_button", f"no visible button with {press.token or press.label!r}")
