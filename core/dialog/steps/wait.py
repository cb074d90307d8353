"""`wait`: for something that the bank makes known later. It always has a timeout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.dialog.contracts import BankEvent
from core.dialog.documents import Drawing
from core.dialog.program import Edge, FlowText, Read, WaitingStep
from core.dialog.steps.awaited import Awaited, is_refused, keep_reason
from core.dialog.steps.call import REASON_SLOTS
from core.dialog.steps.say import drawing_reads, text_reads
from core.dialog.turns.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWaitStep(WaitingStep):
    """What a wait for one event and a wait for several have in common."""

    text: FlowText
    drawn: Drawing | None
    lasts_ms: int
    arms: Mapping[str, str]

    kind: ClassVar[str] = "wait"

    def enter(self, work: Work) -> None:
        work.begin_wait("wait", self.lasts_ms)
        if not work.take_early(self):
            self.show(work)

    def show(self, work: Work) -> None:
        drawn = self.drawn.render(work) if self.drawn is not None else None
        work.say(work.render(self.text), drawn=drawn)

    def reads(self) -> Iterable[Read]:
        yield from text_reads(self.text)
        if self.drawn is not None:
            yield from drawing_reads(self.drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep(EventWaitStep):
    awaited: Awaited

    def wants(self, work: Work, event: BankEvent) -> bool:
        return self.awaited.is_met(work, event)

    def happened(self, work: Work, event: BankEvent) -> None:
        work.close(str(event.data.get("op", "")))
        if is_refused(event):
            keep_reason(work, event)
            work.go("refused", self.arms["refused"])
            return
        values = self.awaited.values(work, event)
        for slot, value in (values or {}).items():
            work.assign(slot, value)
        arm = "ok" if values is not None else "timeout"
        work.go(arm, self.arms[arm])

    def expired(self, work: Work) -> None:
        self.awaited.give_up(work)
        work.go("timeout", self.arms["timeout"])

    def edges(self) -> Iterable[Edge]:
        yield Edge("ok", self.arms.get("ok"), assigns=frozenset(self.awaited.save))
        yield Edge("refused", self.arms.get("refused"), assigns=REASON_SLOTS)
        yield Edge("timeout", self.arms.get("timeout"))

    def reads(self) -> Iterable[Read]:
        yield from EventWaitStep.reads(self)
        yield from self.awaited.reads()
