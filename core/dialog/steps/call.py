"""`call`: an operation of the bank. Every way that it can end has an arm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from core.dialog.contracts import Arm, CallResult
from core.dialog.durations import parse_duration
from core.dialog.expressions import Expression
from core.dialog.program import Edge, Read, WaitingStep
from core.dialog.schema import Duration, Formula, Name, StepModel, Target
from core.dialog.seal import SealRefused
from core.dialog.signatures import Operation
from core.dialog.turns.calls import arguments, issue, received, sealed
from core.dialog.turns.work import Work
from core.kernel.masking import mask_text

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: pay
  call: bank.transfer
  effect: money                             # none (default), money or card, as the bank declares it
  with: {source: source, target: target, amount: amount, fee: fee}
  save: {ref: reference}                    # slot: field of the answer; saved on ok only
  on: {ok: receipt, refused: refused, pending: settle, unknown: settle}   # unknown must be there for an effect
  timeout: 90s                              # how long to wait for the bank before the arm unknown is taken
"""
_PATIENCE: Final = "90s"
LONGEST_REASON: Final = 64
REASON_SLOTS: Final = frozenset(("reason", "reason_code"))


class CallModel(StepModel):
    call: str
    effect: Literal["none", "money", "card"] = "none"
    args: dict[Name, Formula] = Field(default={}, alias="with")
    save: dict[Name, Name] = Field(default={})
    on: dict[Literal["ok", "refused", "pending", "unknown"], Target] = Field(default={})
    timeout: Duration = _PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep(WaitingStep):
    """`arms` holds the written arms and `ok`; a read without `refused` or `unknown` ends with the engine's words."""

    operation: Operation
    args: Mapping[str, Expression]
    save: Mapping[str, str]
    arms: Mapping[str, str]
    lasts_ms: int

    kind: ClassVar[str] = "call"

    @property
    def has_effect(self) -> bool:
        return self.operation.signature.effect != "none"

    def enter(self, work: Work) -> None:
        args, secrets = arguments(work, self.operation, self.args)
        seal = None
        if self.has_effect:
            try:
                seal = sealed(work, args, self.args)
            except SealRefused as refusal:
                self._refuse(work, refusal)
                return
            work.session.seal = None
        call = issue(work, self.operation, args, secrets, seal)
        work.begin_wait("call", self.lasts_ms, call=call)

    def _refuse(self, work: Work, refusal: SealRefused) -> None:
        """Nothing leaves: what would be sent is not what was confirmed, or no longer is."""
        work.journal.notes.append(f"{refusal.code}: {refusal.why}")
        work.end_saying("seal refused", "auth_required" if refusal.why == "auth" else "seal_refused", "failed")

    def show(self, work: Work) -> None:
        work.engine_say("busy")

    def result(self, work: Work, result: CallResult) -> None:
        self._settle(work, result.arm, result)

    def expired(self, work: Work) -> None:
        self._settle(work, "unknown", None)

    def _settle(self, work: Work, arm: Arm, result: CallResult | None) -> None:
        if result is not None and arm == "ok":
            values = received(self.operation, result, self.save)
            if values is None:
                work.journal.notes.append(f"{self.operation.name}: the answer lacks a declared field")
                arm = "unknown"
            else:
                for slot, value in values.items():
                    work.assign(slot, value)
        reason = result.reason if result is not None and arm == "refused" else ""
        if arm == "refused":
            work.frame.slots["reason"] = work.reason_text(reason)
            work.frame.slots["reason_code"] = mask_text(reason)[:LONGEST_REASON]
        target = self.arms.get(arm)
        if target is not None:
            work.go(arm, target)
        elif arm == "refused":
            work.end_saying(arm, "refused", "refused", {"reason": work.reason_text(reason)})
        else:
            work.end_saying(arm, "bank_silent", "failed")

    def edges(self) -> Iterable[Edge]:
        signature = self.operation.signature
        spends = self.has_effect
        # The bank may always stay silent or answer something else than it declares, whatever it says of itself.
        for arm in dict.fromkeys((*signature.arms, "unknown")):
            yield Edge(
                arm,
                self.arms.get(arm),
                assigns=self._assigns(arm),
                drops_seal=spends,
                grants=signature.grants if arm == "ok" else "",
                engine=arm not in self.arms,
            )

    def _assigns(self, arm: str) -> frozenset[str]:
        if arm == "ok":
            return frozenset(self.save)
        return REASON_SLOTS if arm == "refused" else frozenset()

    def reads(self) -> Iterable[Read]:
        for expression in self.args.values():
            yield Read(expression.reads - expression.guarded, "argument", self.mark)


def compile_call(model: CallModel, builder: Builder) -> CallStep | None:
    operation = builder.operation(model.call, "call")
    arms: dict[str, str] = {arm: builder.target(target, "on", arm) for arm, target in model.on.items()}
    arms.setdefault("ok", builder.following)
    if operation is None:
        return None
    declared = operation.signature
    if model.effect != declared.effect:
        sentence = f"{model.call} has the effect {declared.effect}, but the step says {model.effect}"
        builder.problem("effect", sentence, f"Write `effect: {declared.effect}`.", "effect")
    for arm in model.on:
        if arm not in (*declared.arms, "unknown"):
            sentence = f"{model.call} never ends with '{arm}'; its arms are {', '.join(declared.arms)}"
            builder.problem("unknown_arm", sentence, "", "on", arm)
    return CallStep(
        id=model.id,
        mark=builder.mark(),
        operation=operation,
        args=builder.arguments(operation, model.args, "with"),
        save=builder.saved(model.save, operation.returns, model.call, "save"),
        arms=arms,
        lasts_ms=parse_duration(model.timeout),
    )
