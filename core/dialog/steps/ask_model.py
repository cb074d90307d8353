"""The written form of an `ask` and how it is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from core.dialog.durations import parse_duration
from core.dialog.program import FlowText, Slot
from core.dialog.reading import READABLE
from core.dialog.schema import (
    BankChoices,
    Check,
    DocumentModel,
    Duration,
    ImageModel,
    Name,
    OtherButton,
    StaticChoice,
    StepModel,
    Target,
    Variants,
    Written,
)
from core.dialog.steps.ask import AskStep
from core.dialog.steps.choices import BankOptions, Hints, ListOptions, StaticOptions
from core.dialog.texts.formats import NEAR_DAYS
from core.kernel.errors import ValidationFailed
from core.kernel.money import Money

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

Accepted = Literal["text", "contact", "photo", "document", "voice", "location"]

DEFAULT_TRIES: Final = 3
_LASTS: Final = "12h"
_HINT_FIX: Final = {"date": f"Write 2026-03-31, {', '.join(NEAR_DAYS)}.", "bool": "Write yes or no."}
_FILE: Final = frozenset(("file",))
# The kinds of slots that each way of answering fits, and how a message speaks of it. What is typed fits `READABLE`.
_FITTING: Final[Mapping[Accepted, tuple[str, frozenset[str]]]] = {
    "contact": ("a contact", frozenset(("phone", "payee"))),
    "photo": ("a photo", _FILE),
    "document": ("a document", _FILE),
    "voice": ("a voice message", _FILE),
    "location": ("a location", frozenset(("location",))),
}

EXAMPLE: Final = """
- id: from
  ask: source
  text: Which card do you pay from?
  choices: {of: bank.my_cards, label: "{it.name} {it.pan|last4}"}   # or [{value: uk, label: Українська}, ...]
  none: {run: order_card}                   # when the bank returns no rows
  other: {label: Another card, go: cards}   # a button beside them for none of them
- id: which
  ask: card
  text: Which of these?
  choices: {of: cards, label: "{it.name}"}  # the rows of a slot that is a `list of card`
- id: to
  ask: target
  text: Send the recipient's phone or contact
  secure: card_token                        # a card number is entered on the one-time page only
  accept: [text, contact]
  own: false                                # true: a contact card of somebody else is refused
  wrong: That is not a phone number or contact I can pay
  tries: 3
  else: {handoff: payments}                 # when the tries are used up
- id: sum
  ask: amount
  text: How much?
  hints: [100, 500, 1000]                   # answers worth one tap; for dates also today, tomorrow, yesterday; yes, no
  check:
    - {if: amount > source.available, say: "You have {source.available|money} on this card"}
- id: proof
  ask: paper                                # a slot of type file; `accept` is one or more of photo, document, voice
  text: Send a photo of the receipt
  accept: [photo, document]
- id: where
  ask: place                                # a slot of type location; a button that shares it is shown
  text: Where shall the courier come?
  accept: [location]
- id: what
  ask: topic
  text: What would you like?
  choices: [{value: pay, label: Send money}, {value: ask, label: Ask a person}]
  on: {pay: sum, ask: person}               # where each value leads; others go to the next step
  timeout: 12h                              # how long the question stays open
  hold: false                               # true: no "cancel", no other flow
"""


class AskModel(StepModel):
    """`accept`: what answers it: `text` (default), `contact`, `location`, or files: `photo`, `document`, `voice`."""

    ask: Name
    text: Written
    variants: Variants = Field(default={})
    image: ImageModel | None = None
    document: DocumentModel | None = None
    choices: BankChoices | Annotated[list[StaticChoice], Field(min_length=1, max_length=50)] | None = None
    none: Target | None = None
    other: OtherButton | None = None
    secure: Name | None = None
    accept: Annotated[list[Accepted], Field(min_length=1)] = Field(default=["text"])
    own: bool = False
    wrong: Written | None = None
    tries: Annotated[int, Field(ge=1, le=10)] = DEFAULT_TRIES
    otherwise: Target | None = Field(default=None, alias="else")
    hints: Annotated[list[Written], Field(max_length=10)] = Field(default=[])
    check: Annotated[list[Check], Field(max_length=20)] = Field(default=[])
    on: dict[str, Target] = Field(default={})
    timeout: Duration = _LASTS
    hold: bool = False


def compile_ask(model: AskModel, builder: Builder) -> AskStep | None:
    slot = builder.slot(model.ask, "ask")
    if slot is None:
        return None
    _check_kind(model, slot, builder)
    return AskStep(
        id=model.id,
        mark=builder.mark(),
        hold=model.hold,
        slot=slot.name,
        about=slot,
        text=builder.varied(model.text, model.variants, "text"),
        drawn=builder.drawn(model.image, model.document),
        offers=_offers(model, slot, builder),
        none=builder.target(model.none, "none") if model.none is not None else None,
        other=_other(model, builder),
        accept=frozenset(model.accept),
        wrong=builder.text(model.wrong, "wrong") if model.wrong is not None else None,
        own=model.own,
        tries=model.tries,
        otherwise=builder.target(model.otherwise, "else") if model.otherwise is not None else None,
        checks=tuple(
            (builder.condition(check.condition, "check", i, "if"), builder.text(check.say, "check", i, "say"))
            for i, check in enumerate(model.check)
        ),
        routes={value: builder.target(target, "on", value) for value, target in model.on.items()},
        then=builder.following,
        lasts_ms=parse_duration(model.timeout),
    )


def _check_kind(model: AskModel, slot: Slot, builder: Builder) -> None:
    kind = slot.type.kind
    if kind == "money" and slot.currency is None:
        sentence = f"'{slot.name}' is money that is asked for, but its currency is not known"
        builder.problem("currency_unknown", sentence, "Write `in: UAH` or `in: source.currency` at the slot.", "ask")
    _check_accepted(model, slot, builder)
    if model.own and "contact" not in model.accept:
        builder.problem("own_without_contact", "`own` speaks of contacts, which are not accepted here", "", "own")


def _check_accepted(model: AskModel, slot: Slot, builder: Builder) -> None:
    kind = slot.type.kind
    for index, accepted in enumerate(model.accept):
        if accepted == "text":
            continue
        spoken, fitting = _FITTING[accepted]
        if kind not in fitting:
            sentence = f"{spoken} is no answer for '{slot.name}', which is {slot.type}"
            fix = f"Take `{accepted}` out, or declare the slot as {' or '.join(sorted(fitting))}."
            builder.problem("accept_type", sentence, fix, "accept", index)
    if "text" in model.accept and model.choices is None and kind not in READABLE:
        wanted = [name for name, (_, fitting) in _FITTING.items() if kind in fitting]
        if wanted:
            sentence = f"an answer of type {kind} cannot be typed"
            builder.problem("accept_type", sentence, f"Write `accept: [{', '.join(wanted)}]`.", "ask")
        else:
            sentence = f"an answer of type {kind} cannot be typed; it needs `choices`"
            builder.problem("choices_missing", sentence, "", "ask")


def _other(model: AskModel, builder: Builder) -> tuple[FlowText, str] | None:
    if model.other is None:
        return None
    if model.choices is None:
        builder.problem("other_without_choices", "`other` stands beside `choices`, which are not here", "", "other")
    label = builder.text(model.other.label, "other", "label")
    return label, builder.target(model.other.go, "other", "go")


def _offers(
    model: AskModel, slot: Slot, builder: Builder
) -> StaticOptions | ListOptions | BankOptions | Hints | None:  # fmt: skip
    if isinstance(model.choices, BankChoices):
        listed = builder.slots.get(model.choices.of)
        if listed is not None:
            return _list_options(model.choices, listed, slot, builder)
        return _bank_options(model.choices, slot, builder)
    if model.choices is not None:
        return _static_options(model.choices, model, slot, builder)
    if model.on:
        builder.problem("on_without_choices", "`on` needs `choices` whose values it names", "", "on")
    return _hints(model.hints, slot, builder) if model.hints else None


def _static_options(choices: list[StaticChoice], model: AskModel, slot: Slot, builder: Builder) -> StaticOptions:
    if slot.type.kind not in ("choice", "text", "id"):
        builder.problem("type", f"written choices are texts, but '{slot.name}' is {slot.type}", "", "choices")
    values = [choice.value for choice in choices]
    for index, value in enumerate(values):
        if value in values[:index]:
            builder.problem("doubled_value", f"the value '{value}' is offered twice", "", "choices", index, "value")
    for value in model.on:
        if value not in values:
            builder.problem("unknown_value", f"'{value}' is not one of the choices", "", "on", value)
    return StaticOptions(
        tuple(
            (choice.value, builder.text(choice.label, "choices", index, "label", key=f"choices.{choice.value}"))
            for index, choice in enumerate(choices)
        )
    )


def _list_options(choices: BankChoices, listed: Slot, slot: Slot, builder: Builder) -> ListOptions | None:
    """Choices from what a slot holds; the bank is not asked."""
    item = listed.type.item
    if item is None:
        sentence = f"'{listed.name}' is {listed.type}; choices come from a list"
        builder.problem("type", sentence, f"Declare it as `list of {slot.type}`.", "choices", "of")
        return None
    if item.kind != slot.type.kind:
        sentence = f"'{listed.name}' is a list of {item}, but '{slot.name}' is {slot.type}"
        builder.problem("type", sentence, "", "choices", "of")
    if choices.args:
        builder.problem("unknown_argument", f"'{listed.name}' is a slot and takes nothing", "", "choices", "with")
    return ListOptions(listed.name, builder.text(choices.label, "choices", "label", scope={"it": item}))


def _bank_options(choices: BankChoices, slot: Slot, builder: Builder) -> BankOptions | None:
    operation = builder.operation(choices.of, "choices", "of")
    if operation is None:
        return None
    lists = [(name, kind.item) for name, kind in operation.returns.items() if kind.item is not None]
    if len(lists) != 1 or lists[0][1] is None:
        builder.problem("type", f"{choices.of} does not return exactly one list to choose from", "", "choices", "of")
        return None
    field, item = lists[0]
    if item.kind != slot.type.kind:
        sentence = f"{choices.of} returns a list of {item}, but '{slot.name}' is {slot.type}"
        builder.problem("type", sentence, "", "choices", "of")
    if operation.signature.effect != "none":
        builder.problem("effect_in_choices", f"{choices.of} has an effect; choices only read", "", "choices", "of")
    args = builder.arguments(operation, choices.args, "choices", "with")
    label = builder.text(choices.label, "choices", "label", scope={"it": item})
    return BankOptions(operation, args, field, label)


def _hints(written: list[str], slot: Slot, builder: Builder) -> Hints | None:
    kind = slot.type.kind
    if kind not in ("money", "int", "text", "date", "bool"):
        sentence = f"hints are sums, numbers, dates, yes and no or texts, but '{slot.name}' is {slot.type}"
        builder.problem("type", sentence, "", "hints")
        return None
    for index, hint in enumerate(written):
        if not _is_hint(hint, slot):
            builder.problem("type", f"'{hint}' is not a value of type {kind}", _HINT_FIX.get(kind, ""), "hints", index)
    return Hints(tuple(written), kind, slot.currency)


def _is_hint(hint: str, slot: Slot) -> bool:
    kind = slot.type.kind
    try:
        if kind == "money":
            Money.of(hint, slot.type.currency or "UAH")
        elif kind == "int":
            int(hint)
        elif kind == "date":
            return hint in NEAR_DAYS or date.fromisoformat(hint).isoformat() == hint
        elif kind == "bool":
            return hint in ("yes", "no")
    except (ValidationFailed, ValueError):
        return False
    return True
