"""The written form of a `wait` and how it is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from core.dialog.durations import parse_duration
from core.dialog.schema import (
    DocumentModel,
    Duration,
    Formula,
    ImageModel,
    Model,
    Name,
    StepModel,
    Target,
    Variants,
    Written,
)
from core.dialog.steps.awaited import compile_awaited
from core.dialog.steps.wait import WaitStep
from core.dialog.steps.wait_several import SeveralStep

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: settle
  wait: bank.settled
  match: {op: pay.op}                       # the id of the call that step `pay` made; or a field and a formula
  save: {ref: reference}
  text: The bank is still working on it. I will write when it is done.
  timeout: 15m
  on: {ok: receipt, refused: refused, timeout: unclear}
- id: both
  wait: all                                 # all: ok when every one came ok, refused as soon as one is refused
  of:                                       # any: the first that comes decides; an entry may have its own `go`
    - {event: bank.settled, match: {op: pay.op}, save: {ref: reference}}
    - {event: bank.settled, match: {op: fee_pay.op}, save: {fee_ref: reference}}
  text: I am waiting for both payments.
  timeout: 15m
  on: {ok: receipt, refused: refused, timeout: unclear}
"""


class AwaitedModel(Model):
    """One of several events. `go`: where it leads when it comes first and ok, in a wait for any."""

    event: str
    match: dict[Name, Formula]
    save: dict[Name, Name] = Field(default={})
    go: Target | None = None


class WaitModel(StepModel):
    """`wait` is an event of the bank, with `match` and `save`; or `all` or `any`, with `of`."""

    wait: str
    of: Annotated[list[AwaitedModel], Field(min_length=2, max_length=8)] | None = None
    match: dict[Name, Formula] = Field(default={})
    save: dict[Name, Name] = Field(default={})
    text: Written
    variants: Variants = Field(default={})
    image: ImageModel | None = None
    document: DocumentModel | None = None
    timeout: Duration
    on: dict[Literal["ok", "refused", "timeout"], Target]
    hold: bool = False


def compile_wait(model: WaitModel, builder: Builder) -> WaitStep | SeveralStep:
    arms: dict[str, str] = {arm: builder.target(target, "on", arm) for arm, target in model.on.items()}
    if model.of is not None or model.wait in ("all", "any"):
        return _several(model, arms, builder)
    _check_arms(arms, ("ok", "refused", "timeout"), builder)
    if not model.match:
        builder.problem("missing_key", "a wait step needs 'match'", "Write which event it waits for.")
    return WaitStep(
        id=model.id,
        mark=builder.mark(),
        hold=model.hold,
        awaited=compile_awaited(model.wait, model.match, model.save, builder, key="wait"),
        text=builder.varied(model.text, model.variants, "text"),
        drawn=builder.drawn(model.image, model.document),
        lasts_ms=parse_duration(model.timeout),
        arms=arms,
    )


def _check_arms(arms: Mapping[str, str], needed: Iterable[str], builder: Builder) -> None:
    for arm in needed:
        if arm not in arms:
            builder.problem("arm_missing", f"a wait can end with '{arm}', which has no arm", f"Add `{arm}:`.", "on")


def _several(model: WaitModel, arms: dict[str, str], builder: Builder) -> SeveralStep:
    written = model.of or []
    every = model.wait == "all"
    _check_form(model, builder)
    _check_arms(arms, ("refused", "timeout"), builder)
    if every or any(one.go is None for one in written):
        _check_arms(arms, ("ok",), builder)
    _check_entries(written, every, builder)
    ways = [
        builder.target(one.go, "of", place, "go") if one.go is not None else arms.get("ok", "")
        for place, one in enumerate(written)
    ]
    return SeveralStep(
        id=model.id,
        mark=builder.mark(),
        hold=model.hold,
        every=every,
        entries=tuple(
            compile_awaited(one.event, one.match, one.save, builder, "of", place, key="event")
            for place, one in enumerate(written)
        ),
        ways=tuple(ways),
        text=builder.varied(model.text, model.variants, "text"),
        drawn=builder.drawn(model.image, model.document),
        lasts_ms=parse_duration(model.timeout),
        arms=arms,
    )


def _check_form(model: WaitModel, builder: Builder) -> None:
    if model.of is None:
        sentence = f"a wait for {model.wait} needs 'of'"
        builder.problem("wait_form", sentence, "List the events under `of`.", "wait")
    elif model.wait not in ("all", "any"):
        sentence = f"a wait with 'of' is for all or any, not for '{model.wait}'"
        builder.problem("wait_form", sentence, "Write `wait: all` or `wait: any`.", "wait")
    for key in ("match", "save"):
        if getattr(model, key):
            builder.problem("wait_form", f"'{key}' belongs to each entry of 'of' here", f"Move `{key}` there.", key)


def _check_entries(written: list[AwaitedModel], every: bool, builder: Builder) -> None:
    seen: list[tuple[str, dict[str, str]]] = []
    saved: set[str] = set()
    for place, one in enumerate(written):
        if (one.event, one.match) in seen:
            builder.problem("doubled_wait", "this event is waited for twice", "Remove one of them.", "of", place)
        seen.append((one.event, one.match))
        if not one.match:
            sentence = "nothing tells this event from others of its name"
            builder.problem("missing_key", sentence, "Add `match`.", "of", place)
        if not every:
            continue
        if one.go is not None:
            sentence = "an entry of a wait for all has no way of its own"
            builder.problem("wait_form", sentence, "Lead on by `on: {ok: ...}`.", "of", place, "go")
        for slot in sorted(saved & one.save.keys()):
            builder.problem("doubled_save", f"'{slot}' is saved by two entries", "", "of", place, "save", slot)
        saved |= one.save.keys()
