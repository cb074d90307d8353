"""The form of a `<flow>.test.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from core.dialog.schema import Duration, Lang, Model, Name, Outcome, Written

CHANNELS = ("telegram", "viber")


class ContactModel(Model):
    """A shared contact; `proof` says whose the platform says it is."""

    phone: str
    name: str = ""
    proof: Literal["own", "foreign", "unproven"] = "own"


MediaKind = Literal["photo", "video", "voice", "audio", "document", "sticker"]


class MediaModel(Model):
    """A file that the customer sends, with more than its kind."""

    kind: MediaKind
    name: str = ""
    size: Annotated[int, Field(ge=0)] = 0
    caption: str = ""


class LocationModel(Model):
    """A place that the customer shares, in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class BotModel(Model):
    """What the bot must have said: a message of `step`, with `reads` in it, the picture or document by its
    template, and these buttons."""

    step: str | None = None
    reads: str | list[str] | None = None
    image: Name | None = None
    document: Name | None = None
    choices: list[str] | None = None


class LineModel(Model):
    """One line of the talk: exactly one of these. `timer` lets the wait run out, `after` lets time pass, `person`
    closes the ticket that was opened last. `bot: silent`: nothing was said."""

    me: str | None = None
    tap: str | None = None
    start: str | None = None
    contact: ContactModel | str | None = None
    media: MediaKind | MediaModel | None = None
    location: LocationModel | None = None
    event: Annotated[dict[str, dict[str, str]], Field(min_length=1, max_length=1)] | None = None
    timer: Literal["fires"] | None = None
    after: Duration | None = None
    person: Literal["done"] | None = None
    bot: BotModel | Literal["silent"] | None = None


class ThenModel(Model):
    """How often the bank was called, how the flow of this file ended, and the queues that tickets were opened in."""

    calls: dict[str, int] = Field(default={})
    end: Outcome | None = None
    tickets: list[Name] | None = None


class TestModel(Model):
    """One test. `given`: `customer`, `auth` (a level; with a customer it is otp), `name`, and lists that the bank's
    operations return, by the name of their field. `bank`: for each operation its data, an arm, `{arm, reason, ...data}`
    or a list of such answers one after the other."""

    __test__ = False

    test: Written
    channel: list[str] | str = Field(default=[*CHANNELS])
    lang: Lang = "uk"
    given: dict[str, Any] = Field(default={})
    bank: dict[str, Any] = Field(default={})
    talk: Annotated[list[LineModel], Field(min_length=1, max_length=200)]
    then: ThenModel = ThenModel()
