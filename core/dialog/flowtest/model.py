"""The form of a `<flow>.test.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from core.dialog.schema import Duration, Lang, Model, Name, Outcome, Written

CHANNELS: Final = ("telegram", "viber", "whatsapp", "messenger", "web", "sms")


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


class LookModel(Model):
    """What a message reads and offers; what is left out is not looked at."""

    reads: str | list[str] | None = None
    image: Name | None = None
    document: Name | None = None
    choices: list[str] | None = None


class BotModel(LookModel):
    """What the bot must have said: a message of `step`, with `reads` in it, the picture or document by its template,
    and these buttons.

    `on`: what is otherwise on a channel, field by field.
    """

    step: str | None = None
    on: dict[str, LookModel] = Field(default={})

    def look(self, channel: str) -> LookModel:
        """What the message must be like on the channel."""
        usual = {name: getattr(self, name) for name in LookModel.model_fields}
        own = self.on.get(channel, LookModel())
        return LookModel.model_validate({**usual, **own.model_dump(exclude_unset=True)})


class LineModel(Model):
    """One line of the talk: exactly one of these. `timer` lets the wait run out, `after` lets time pass. `tap_old`
    presses a button of an earlier question. `person` closes the ticket that was opened last. `bot: silent`: nothing
    was said."""

    me: str | None = None
    tap: str | None = None
    tap_old: str | None = None
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
    """One test. `channel`: every channel unless it names fewer. `given`: `customer`, `auth` (a level; with a customer
    it is otp), `name`, `cards` and `payees`, lists that the bank's operations return, by the name of their field;
    `at` and `slots`, the step of this flow to begin at and what is known there; `open`, by its id each operation whose
    end is not known yet. `bank`: for each operation its data, an arm, `{arm, reason, after, times, ...data}` or a list
    of such answers one after the other; `after` is how late an answer comes, `times` how often it does."""

    __test__ = False

    test: Written
    channel: list[str] | str = Field(default=[*CHANNELS])
    lang: Lang = "uk"
    given: dict[str, Any] = Field(default={})
    bank: dict[str, Any] = Field(default={})
    talk: Annotated[list[LineModel], Field(min_length=1, max_length=200)]
    then: ThenModel = ThenModel()
