"""The outer form of a flow file: everything around its steps. Steps have their own models, one file a kind."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from core.dialog.durations import LONGEST_MS, DurationError, parse_duration

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Written = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Formula = Annotated[str, StringConstraints(min_length=1, max_length=500)]
FOLLOW_UP_LONGEST_MS: Final = 60 * 24 * 60 * 60 * 1000
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


def _lasts(written: str, longest_ms: int = LONGEST_MS) -> str:
    try:
        parse_duration(written, longest_ms)
    except DurationError as error:
        raise PydanticCustomError("duration", "{reason}", {"reason": error.detail}) from error
    return written


_Span = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}[smhd]$")]
Duration = Annotated[_Span, AfterValidator(_lasts)]
FollowUpDelay = Annotated[_Span, AfterValidator(partial(_lasts, longest_ms=FOLLOW_UP_LONGEST_MS))]
Outcome = Literal["done", "cancelled", "refused", "failed", "expired"]
MOST_STEPS: Final = 300
OUTCOMES: Final[tuple[Outcome, ...]] = ("done", "cancelled", "refused", "failed", "expired")
Lang = Literal["uk", "ru", "be", "en"]
CHANNELS: Final = ("telegram", "viber", "whatsapp", "messenger", "web", "sms")
Variants = Annotated[dict[str, Written], Field(json_schema_extra={"propertyNames": {"enum": [*CHANNELS]}})]


class Model(BaseModel):
    """Closed, unchangeable, without floats: what is not in the language is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SlotModel(Model):
    """A slot with more than its type. `in` is the currency of money: an ISO code or a slot's field that holds one."""

    type: str
    currency: Formula | None = Field(default=None, alias="in")
    pii: Literal["card", "name", "phone", "text"] | None = None
    label: Written | None = None


class EntryModel(Model):
    """How a customer gets into the flow. `menu` names the group of the menu that the flow belongs to."""

    phrases: dict[Lang, Annotated[list[Written], Field(max_length=200)]] = {}
    intents: list[Name] = []
    command: Name | None = None
    link: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,16}$")] | None = None
    start: bool = False
    menu: Name | None = None


class AuthModel(Model):
    """What the flow's effects need: the level and how recently it must have been proven."""

    level: str
    fresh: Duration | None = None


class FlowModel(Model):
    """`title`: what customers know the flow by. `takes`: slots that whoever starts the flow fills. `returns`: slots
    that go back to the flow that ran this one.

    `moved` maps ids of removed steps to those that took their place, for sessions that stand on them.
    """

    flow: Name
    title: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    about: str = ""
    spec: Literal["1"] = "1"
    entry: EntryModel = EntryModel()
    auth: AuthModel | None = None
    revisions: Literal["pin", "follow", "restart"] = "pin"
    slots: dict[Name, str | SlotModel] = {}
    takes: list[Name] = []
    returns: list[Name] = []
    moved: dict[Name, Name] = {}
    steps: Annotated[list[Any], Field(min_length=1, max_length=MOST_STEPS)]


class InlineTarget(Model):
    """Where an arm leads when it is not the id of a step: a step of its own, without an id."""

    say: Written | None = None
    run: Name | None = None
    handoff: Name | None = None
    go: Name | None = None
    end: Outcome | None = None


Target = Name | InlineTarget


class Check(Model):
    """`say` when `if` holds: the answer is then asked for again."""

    condition: Formula = Field(alias="if")
    say: Written


class ImageModel(Model):
    """A picture: `card` is its template, `data` the slots it shows, or its fields with a text for each."""

    card: Name
    data: list[Name] | dict[Name, Written] = []
    alt: Written


class DocumentModel(ImageModel):
    """A PDF of one page, drawn as a picture is. `name`: what the file is saved as, the same in every language."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LinkModel(Model):
    """A button that opens a page."""

    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s{}]{1,500}$")]
    label: Written


class StaticChoice(Model):
    value: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    label: Written


class OtherButton(Model):
    """A button beside the choices for none of them."""

    label: Written
    go: Target


class BankChoices(Model):
    """Choices that a bank operation returns or a slot holds a list of; in `label`, `it` is one of them.

    `of`: the operation, or the slot. `with` holds the arguments of the operation.
    """

    of: str
    args: dict[Name, Formula] = Field(default={}, alias="with")
    label: Written


class StepModel(Model):
    """What every step has."""

    id: Name
