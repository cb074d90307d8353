"""`wait`: for something that the bank makes known later. It always has a timeout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from core.dialog.contracts import BankEvent
from core.dialog.documents import Drawing
from core.dialog.durations import parse_duration
from core.dialog.expressions import Expression
from core.dialog.program import Edge, FlowText, Read, WaitingStep
from core.dialog.schema import DocumentModel, Duration, Formula, ImageModel, Name, StepModel, Target, Variants, Written
from core.dialog.signatures import spoken
from core.dialog.slot_types import SlotType
from core.dialog.steps.call import LONGEST_REASON, REASON_SLOTS
from core.dialog.steps.say import drawing_reads, text_reads
from core.dialog.turns.calls import fields
from core.dialog.turns.work import Work
from core.kernel.masking import mask_text

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
"""


class WaitModel(StepModel):
    wait: str
    match: dict[Name, Formula]
    save: dict[Name, Name] = Field(default={})
    text: Written
    variants: Variants = Field(default={})
    image: ImageModel | None = None
    document: DocumentModel | None = None
    timeout: Duration
    on: dict[Literal["ok", "refused", "timeout"], Target]
    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep(WaitingStep):
    """`calls`: fields of the event that must hold the id of a step's call; `formulas`: fields with other values."""

    event: str
    calls: Mapping[str, str]
    formulas: Mapping[str, Expression]
    save: Mapping[str, str]
    types: Mapping[str, SlotType]
    text: FlowText
    drawn: Drawing | None
    lasts_ms: int
    arms: Mapping[str, str]

    kind: ClassVar[str] = "wait"

    def enter(self, work: Work) -> None:
        work.begin_wait("wait", self.lasts_ms)
        early = work.session.early
        for event in early:
            if self.wants(work, event):
                early.remove(event)
                self.happened(work, event)
                return
        self.show(work)

    def show(self, work: Work) -> None:
        drawn = self.drawn.render(work) if self.drawn is not None else None
        work.say(work.render(self.text), drawn=drawn)

    def wants(self, work: Work, event: BankEvent) -> bool:
        if spoken(event.name) != self.event:
            return False
        if any(event.data.get(name) != work.effect_id(step) for name, step in self.calls.items()):
            return False
        values = work.values()
        return all(event.data.get(name) == formula.evaluate(values) for name, formula in self.formulas.items())

    def happened(self, work: Work, event: BankEvent) -> None:
        """`outcome` of the event is ok or refused; an event without it is ok."""
        arm = "refused" if event.data.get("outcome", "ok") == "refused" else "ok"
        work.close(str(event.data.get("op", "")))
        if arm == "ok":
            values: dict[str, Any] | None = fields(event.data, self.save, self.types)
            for slot, value in (values or {}).items():
                work.assign(slot, value)
            if values is None:
                work.journal.notes.append(f"{self.event}: the event lacks a declared field")
                self._give_up(work)
                return
        else:
            reason = str(event.data.get("reason", ""))
            work.frame.slots["reason"] = work.reason_text(reason)
            work.frame.slots["reason_code"] = mask_text(reason)[:LONGEST_REASON]
        work.go(arm, self.arms[arm])

    def expired(self, work: Work) -> None:
        for step in self.calls.values():
            open_call = work.session.open.get(work.effect_id(step))
            if open_call is not None:
                open_call.given_up = True
        self._give_up(work)

    def _give_up(self, work: Work) -> None:
        work.go("timeout", self.arms["timeout"])

    def edges(self) -> Iterable[Edge]:
        yield Edge("ok", self.arms.get("ok"), assigns=frozenset(self.save))
        yield Edge("refused", self.arms.get("refused"), assigns=REASON_SLOTS)
        yield Edge("timeout", self.arms.get("timeout"))

    def reads(self) -> Iterable[Read]:
        yield from text_reads(self.text)
        if self.drawn is not None:
            yield from drawing_reads(self.drawn)
        for expression in self.formulas.values():
            yield Read(expression.reads, "formula", self.mark)


def compile_wait(model: WaitModel, builder: Builder) -> WaitStep:
    calls = {name: step for name, formula in model.match.items() if (step := builder.call_reference(formula))}
    types = builder.event_fields(model.wait, list(calls.values()))
    arms: dict[str, str] = {arm: builder.target(target, "on", arm) for arm, target in model.on.items()}
    for arm in ("ok", "refused", "timeout"):
        if arm not in arms:
            builder.problem("arm_missing", f"a wait can end with '{arm}', which has no arm", f"Add `{arm}:`.", "on")
    return WaitStep(
        id=model.id,
        mark=builder.mark(),
        hold=model.hold,
        event=spoken(model.wait),
        calls=calls,
        formulas={
            name: builder.formula(formula, "match", name) for name, formula in model.match.items() if name not in calls
        },
        save=builder.saved(model.save, types, model.wait, "save"),
        types=types,
        text=builder.varied(model.text, model.variants, "text"),
        drawn=builder.drawn(model.image, model.document),
        lasts_ms=parse_duration(model.timeout),
        arms=arms,
    )
