"""A `run` that is not for now: the flow begins by itself later, and this one goes on at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

from core.dialog.durations import parse_duration
from core.dialog.expressions import Expression
from core.dialog.local_time import at_on, next_at
from core.dialog.program import Edge, Read, Step
from core.dialog.schema import FOLLOW_UP_LONGEST_MS
from core.dialog.session import FollowUp
from core.dialog.turns.follow_ups import schedule
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder
    from core.dialog.steps.run import RunModel

# WhatsApp and Messenger take free messages for 24 hours after the customer's last one.
MESSAGING_WINDOW_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpStep(Step):
    """`after_ms` from now; or when the clock shows `at`, on the day in the slot `day` if there is one."""

    flow: str
    args: Mapping[str, Expression]
    key: str
    after_ms: int
    at: str
    day: str
    then: str

    kind: ClassVar[str] = "run"
    # It brings nothing back.
    save: ClassVar[Mapping[str, str]] = {}

    def enter(self, work: Work) -> None:
        due = self._due(work)
        if due is None:
            work.journal.notes.append(f"follow-up {self.flow} not kept: there is no day in '{self.day}'")
        elif work.now <= due <= work.now + FOLLOW_UP_LONGEST_MS:
            values = work.values()
            slots = {name: formula.evaluate(values) for name, formula in self.args.items()}
            key = self.key or f"{work.frame.flow}.{self.id}"
            schedule(work, FollowUp(key=key, flow=self.flow, due=due, slots=slots))
        else:
            when = "is over" if due < work.now else "is too far away"
            work.journal.notes.append(f"follow-up {self.flow} not kept: its time {when}")
        work.go("next", self.then)

    def _due(self, work: Work) -> int | None:
        """None: the bank left the day empty, or wrote something else there."""
        if not self.at:
            return work.now + self.after_ms
        if not self.day:
            return next_at(self.at, work.now)
        try:
            return at_on(self.at, date.fromisoformat(work.values()[self.day]))
        except ValueError:
            return None

    def edges(self) -> Iterable[Edge]:
        return (Edge("next", self.then),)

    def reads(self) -> Iterable[Read]:
        for expression in self.args.values():
            yield Read(expression.reads - expression.guarded, "argument", self.mark)
        if self.day:
            yield Read(frozenset((self.day,)), "formula", self.mark)


def compile_follow_up(model: RunModel, builder: Builder) -> FollowUpStep:
    day = model.on if isinstance(model.on, str) else ""
    after_ms = parse_duration(model.after, FOLLOW_UP_LONGEST_MS) if model.after is not None else 0
    _check_form(model, builder)
    if day:
        slot_type = builder.slot_type(day, "on")
        if slot_type is not None and slot_type.kind != "date":
            builder.problem("type", f"'{day}' is {slot_type}, but a date is needed here", "", "on")
    if after_ms >= MESSAGING_WINDOW_MS or day:
        sentence = "24 hours after a customer has written, WhatsApp and Messenger take no more free messages"
        fix = "Write `after: 23h` if this must reach everybody."
        builder.problems.warning("after_window", builder.mark("on" if day else "after"), sentence, fix)
    return FollowUpStep(
        id=model.id,
        mark=builder.mark(),
        flow=model.run,
        args={name: builder.formula(formula, "with", name) for name, formula in model.args.items()},
        key=model.key or "",
        after_ms=after_ms,
        at=model.at or "",
        day=day,
        then=builder.then(model),
    )


def _check_form(model: RunModel, builder: Builder) -> None:
    if model.after is not None and model.at is not None:
        sentence = "a flow begins `after` some time or `at` a time, but here are both"
        builder.problem("two_times", sentence, "Remove one of them.", "at")
    if isinstance(model.on, str) and model.at is None:
        builder.problem("time_missing", f"at what time on '{model.on}'?", 'Add `at: "10:00"`.', "on")
    arms = isinstance(model.on, dict) and model.on
    for key, written in (("save", model.save), ("on", arms), ("else", model.otherwise)):
        if written:
            sentence = f"a flow that begins later brings nothing back, so it has no '{key}' here"
            builder.problem("follow_up_form", sentence, f"Remove `{key}`.", key)
