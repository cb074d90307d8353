"""`confirm`: show the values of an effect and let the customer seal exactly them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import Field

from core.dialog.contracts import InboundEvent
from core.dialog.documents import Drawing
from core.dialog.durations import parse_duration
from core.dialog.program import Edge, FlowText, Read, Slot, WaitingStep
from core.dialog.schema import DocumentModel, Duration, ImageModel, Model, Name, StepModel, Target, Variants, Written
from core.dialog.seal import make_seal
from core.dialog.session import Auth, Option
from core.dialog.steps.auth import GIVEN_UP, LOGIN_FLOW
from core.dialog.steps.say import drawing_reads, text_reads
from core.dialog.turns.calls import has_auth
from core.dialog.turns.corrections import change, correct
from core.dialog.turns.work import Work
from core.dialog.understanding import match_choice, read_bool

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: review
  confirm: [source, target, amount, fee]    # what yes seals; every value of a money call must be here and in the text
  text: "{amount|money} to {payee}, {target|mask}, from {source}. Fee {fee|money}. Send?"
  edit: [source, target, amount]            # buttons that go back to the question and forget what followed from it
  labels: {yes: Send, no: Do not send}      # default: the engine's own
  ttl: 3m
  yes: pay                                  # default: the next step
  no: stopped                               # default: the flow ends
  expired: too_late                         # default: the system flow `expired` offers to go on
"""


class Labels(Model):
    yes: Written | None = None
    no: Written | None = None


class ConfirmModel(StepModel):
    confirm: Annotated[list[Name], Field(min_length=1, max_length=20)]
    text: Written
    variants: Variants = Field(default={})
    image: ImageModel | None = None
    document: DocumentModel | None = None
    edit: list[Name] = Field(default=[])
    labels: Labels = Labels()
    ttl: Duration
    yes: Target | None = None
    no: Target | None = None
    expired: Target | None = None
    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmStep(WaitingStep):
    """`shown`: the slots that the customer sees in the text and in each of its variants. `askers`: for each slot that
    can be edited, the step that asks for it."""

    slots: tuple[str, ...]
    shown: frozenset[str]
    text: FlowText
    drawn: Drawing | None
    askers: Mapping[str, str]
    editable: Mapping[str, Slot]
    yes_label: FlowText | None
    no_label: FlowText | None
    ttl_ms: int
    yes: str
    no: str | None
    late: str | None

    kind: ClassVar[str] = "confirm"

    def enter(self, work: Work) -> None:
        work.session.seal = None
        work.frame.kept.clear()
        options = [Option(self._label(work, self.yes_label, "yes"), act="yes")]
        for name, slot in self.editable.items():
            what = work.render(slot.label) if slot.label is not None else name.replace("_", " ")
            options.append(Option(work.engine_text("change", {"what": what}), value=name, act="edit"))
        options.append(Option(self._label(work, self.no_label, "no"), act="no"))
        work.begin_wait("confirm", self.ttl_ms, options)
        self.show(work)

    def _label(self, work: Work, label: FlowText | None, key: str) -> str:
        return work.render(label) if label is not None else work.engine_text(key)

    def show(self, work: Work) -> None:
        drawn = self.drawn.render(work) if self.drawn is not None else None
        work.say(work.render(self.text), options=work.wait.options, drawn=drawn)

    def picked(self, work: Work, option: Option) -> None:
        if work.now > work.wait.until:
            self.expired(work)
        elif option.act == "yes":
            self._agree(work)
        elif option.act == "edit":
            change(work, self.askers[option.value], option.value)
        else:
            self._refuse(work)

    def _agree(self, work: Work) -> None:
        program = work.program
        if not has_auth(work, program.auth):
            work.took("auth")
            work.session.wait = None
            work.begin(LOGIN_FLOW, {"level": program.auth.level if program.auth else ""}, sub=True)
            return
        values = {name: work.frame.slots[name] for name in self.slots}
        auth = work.session.auth or Auth("none", 0)
        work.session.seal = make_seal(
            values,
            level=auth.level,
            auth_at=auth.at,
            flow=program.name,
            revision=program.revision,
            now_ms=work.now,
            ttl_ms=self.ttl_ms,
        )
        work.go("yes", self.yes)

    def _refuse(self, work: Work) -> None:
        if self.no is not None:
            work.go("no", self.no)
        else:
            work.took("no")
            work.cancelled()

    def returned(self, work: Work, outcome: str, values: Mapping[str, Any]) -> None:
        if outcome == "done":
            work.enter(self.id)
        elif outcome in GIVEN_UP:
            work.end(outcome)
        else:
            work.engine_say("auth_required")
            work.end("failed")

    def said(self, work: Work, event: InboundEvent) -> bool:
        if event.kind != "text":
            return False
        answer = read_bool(event.text)
        options = work.wait.options
        if answer is None:
            place = match_choice(event.text, [option.label for option in options])
            if place is not None:
                work.journal.heard.pressed(options[place], options)
                self.picked(work, options[place])
                return True
            return correct(work, work.programs.phrases.correction(event.text), self.askers)
        self.picked(work, Option("", act="yes" if answer else "no"))
        return True

    def expired(self, work: Work) -> None:
        if self.late is not None:
            work.go("expired", self.late)
        else:
            work.took("expired")
            work.offer_to_go_on("confirmation")

    def edges(self) -> Iterable[Edge]:
        yield Edge("yes", self.yes, sealed=frozenset(self.slots))
        yield Edge("no", self.no, drops_seal=True)
        yield Edge("expired", self.late, drops_seal=True, engine=self.late is None)
        for slot, asker in self.askers.items():
            yield Edge(f"edit {slot}", asker, drops_seal=True, engine=True)

    def reads(self) -> Iterable[Read]:
        yield Read(frozenset(self.slots), "formula", self.mark)
        labels = [slot.label for slot in self.editable.values()]
        yield from text_reads(self.text, self.yes_label, self.no_label, *labels)
        if self.drawn is not None:
            yield from drawing_reads(self.drawn)


def compile_confirm(model: ConfirmModel, builder: Builder) -> ConfirmStep:
    for index, name in enumerate(model.confirm):
        builder.slot_type(name, "confirm", index)
    text = builder.varied(model.text, model.variants, "text")
    editable = {name: slot for i, name in enumerate(model.edit) if (slot := builder.slot(name, "edit", i)) is not None}
    return ConfirmStep(
        id=model.id,
        mark=builder.mark(),
        hold=model.hold,
        slots=tuple(model.confirm),
        shown=_shown_everywhere(model, text, builder),
        text=text,
        drawn=builder.drawn(model.image, model.document),
        editable=editable,
        askers={name: asker for name in editable if (asker := builder.asker(name, "edit"))},
        yes_label=builder.text(model.labels.yes, "labels", "yes") if model.labels.yes is not None else None,
        no_label=builder.text(model.labels.no, "labels", "no") if model.labels.no is not None else None,
        ttl_ms=parse_duration(model.ttl),
        yes=builder.target(model.yes, "yes") if model.yes is not None else builder.following,
        no=builder.target(model.no, "no") if model.no is not None else None,
        late=builder.target(model.expired, "expired") if model.expired is not None else None,
    )


def _shown_everywhere(model: ConfirmModel, text: FlowText, builder: Builder) -> frozenset[str]:
    """What every customer sees, whatever the channel. A variant may not hide what is sealed."""
    shown = _seen(text, builder)
    for channel, variant in text.variants.items():
        seen = _seen(variant, builder)
        for slot in model.confirm:
            if slot in shown and slot not in seen:
                sentence = f"the variant '{channel}' of '{model.id}' does not show '{slot}', which yes seals"
                builder.problem("variant_hides", sentence, f"Show {{{slot}}} in it, too.", "variants", channel)
    return shown.intersection(*(_seen(variant, builder) for variant in text.variants.values()))


def _seen(text: FlowText, builder: Builder) -> frozenset[str]:
    return frozenset(name for name in text.base.reads if _is_seen(name, text, builder))


def _is_seen(name: str, text: FlowText, builder: Builder) -> bool:
    """A masked card is recognised by its owner; a masked sum says nothing."""
    slot_type = builder.scope.get(name)
    return slot_type is None or slot_type.kind != "money" or name in text.base.open_reads
