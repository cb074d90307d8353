"""`ask`: a question whose answer goes into a slot: typed, pressed, or shared as a contact, a file or a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from core.dialog.contracts import CallResult, Contact, InboundEvent
from core.dialog.documents import Drawing
from core.dialog.expressions import Expression
from core.dialog.program import Edge, FlowText, Read, Slot, WaitingStep
from core.dialog.reading import payee_of, read_answer
from core.dialog.session import Option
from core.dialog.shared import file_of, place_of
from core.dialog.steps.choices import BankOptions, Hints, StaticOptions
from core.dialog.steps.say import drawing_reads, openly, text_reads
from core.dialog.turns.work import Work
from core.dialog.understanding import match_choice, read_phone
from core.kernel.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStep(WaitingStep):
    """`offers`: the choices; `none`: where to go when there are none. `routes`: where an answer leads by its value.
    `own`: a contact card of somebody else is refused."""

    slot: str
    about: Slot
    text: FlowText
    drawn: Drawing | None
    offers: StaticOptions | BankOptions | Hints | None
    none: str | None
    accept: frozenset[str]
    wrong: FlowText | None
    own: bool
    tries: int
    otherwise: str | None
    checks: tuple[tuple[Expression, FlowText], ...]
    routes: Mapping[str, str]
    then: str
    lasts_ms: int

    kind: ClassVar[str] = "ask"

    @property
    def secret(self) -> bool:
        return self.about.type.kind == "secret"

    # Asking.

    def enter(self, work: Work) -> None:
        if self.slot in work.frame.kept and self._still_good(work):
            return
        work.frame.slots.pop(self.slot, None)
        if isinstance(self.offers, BankOptions):
            self.offers.fetch(work)
            return
        self._ask(work, self.offers.options(work) if self.offers is not None else [])

    def _still_good(self, work: Work) -> bool:
        """An answer kept from before an edit needs no new question if it still passes everything here."""
        frame = work.frame
        frame.kept.remove(self.slot)
        value = frame.slots.get(self.slot)
        if value is None or (self.about.type.kind == "money" and value["currency"] != self._currency(work)):
            return False
        if self._failed_check(work) is not None:
            return False
        self._leave(work, value)
        return True

    def _ask(self, work: Work, options: list[Option]) -> None:
        work.begin_wait("ask", self.lasts_ms, options)
        heard = work.frame.heard.pop(self.slot, None)
        if heard is not None:
            value = self._read(work, heard)
            if value is not None:
                self._accept(work, value)
                return
        self.show(work)

    def result(self, work: Work, result: CallResult) -> None:
        """The bank's list of choices."""
        if not isinstance(self.offers, BankOptions):
            return
        rows = self.offers.rows(result)
        if rows is None:
            work.end_saying("unavailable", "bank_silent", "failed")
        elif not rows and self.none is not None:
            work.go("none", self.none)
        else:
            self._ask(work, self.offers.options(work, rows))

    def show(self, work: Work) -> None:
        wait = work.wait
        if wait.kind == "choices":
            work.engine_say("busy")
            return
        self._say(work, work.render(self.text))

    def _say(self, work: Work, text: str) -> None:
        drawn = self.drawn.render(work) if self.drawn is not None else None
        # The button shares the customer's own number, so it is offered only where that is asked for.
        contact = work.engine_text("share_contact") if self.own else ""
        place = work.engine_text("share_location") if "location" in self.accept else ""
        work.say(text, options=work.wait.options, drawn=drawn, ask_contact=contact, ask_location=place)

    # Answers.

    def picked(self, work: Work, option: Option) -> None:
        self._accept(work, option.value)

    def said(self, work: Work, event: InboundEvent) -> bool:
        if work.wait.kind == "choices":
            return False
        if event.kind == "contact" and event.contact is not None and "contact" in self.accept:
            self._contact(work, event.contact)
            return True
        value = self._read(work, event.text) if event.kind == "text" else self._shared(event)
        if value is None:
            return False
        self._accept(work, value)
        return True

    def _shared(self, event: InboundEvent) -> Any:
        """The file or the place that came, if it is of a kind that is accepted here."""
        if event.kind == "media" and event.media is not None and event.media.kind in self.accept:
            return file_of(event.media)
        if event.kind == "location" and event.location is not None and "location" in self.accept:
            return place_of(event.location)
        return None

    def _contact(self, work: Work, contact: Contact) -> None:
        phone = read_phone(contact.phone)
        if self.own and contact.proof == "foreign":
            self._again(work, work.engine_text("foreign_contact"))
        elif phone is None:
            self.puzzled(work, None)
        elif self.about.type.kind == "payee":
            self._accept(work, payee_of(phone, mask_text(contact.name)))
        else:
            self._accept(work, phone)

    def _read(self, work: Work, text: str) -> Any:
        """The answer in the text: one of the choices by its label or number, or a value of the slot's type."""
        options: Sequence[Option] = work.wait.options
        closed = isinstance(self.offers, StaticOptions | BankOptions)
        value = None
        if "text" in self.accept and not (closed and self.about.type.kind == "text"):
            currency = self._currency(work)
            value = read_answer(
                self.about.type, text, currency=currency, now_ms=work.now, lang=work.session.lang
            )  # fmt: skip
        if value is None and (closed or (isinstance(self.offers, Hints) and self.offers.kind == "date")):
            place = match_choice(text, [option.label for option in options])
            value = options[place].value if place is not None else None
        return value

    def _currency(self, work: Work) -> str:
        currency = self.about.currency
        return str(currency.evaluate(work.values())) if currency is not None else ""

    def _accept(self, work: Work, value: Any) -> None:
        if self.secret:
            work.secrets[self.slot] = value
        else:
            work.assign(self.slot, value)
            complaint = self._failed_check(work)
            if complaint is not None:
                text = work.render(complaint)
                work.frame.slots.pop(self.slot)
                self._again(work, text)
                return
            frame = work.frame
            if frame.step not in frame.trail:
                frame.trail.append(frame.step)
        self._leave(work, value)

    def _failed_check(self, work: Work) -> FlowText | None:
        values = work.values()
        return next((text for condition, text in self.checks if condition.evaluate(values)), None)

    def _leave(self, work: Work, value: Any) -> None:
        route = self.routes.get(value) if self.routes and isinstance(value, str) else None
        if route is not None:
            work.go(value, route)
        else:
            work.go("next", self.then)

    # Not an answer.

    def puzzled(self, work: Work, event: InboundEvent | None) -> None:
        if work.wait.kind == "choices":
            work.engine_say("busy")
            return
        self._again(work, work.render(self.wrong) if self.wrong is not None else work.engine_text("wrong"))

    def _again(self, work: Work, text: str) -> None:
        """Say what was wrong and stay, until the tries are used up."""
        work.frame.tries += 1
        if work.frame.tries < self.tries:
            self._say(work, text)
        elif self.otherwise is not None:
            work.go("else", self.otherwise)
        else:
            work.end_saying("else", "tries_exhausted", "failed")

    def expired(self, work: Work) -> None:
        if work.wait.kind == "choices":
            work.end_saying("expired", "bank_silent", "failed")
            return
        work.took("expired")
        work.engine_say("expired")
        work.drop_segment("expired")

    # What the verifier sees.

    def edges(self) -> Iterable[Edge]:
        answered = frozenset((self.slot,))
        yield Edge("next", self.then, assigns=answered)
        for value, target in self.routes.items():
            yield Edge(value, target, assigns=answered)
        if self.none is not None:
            yield Edge("none", self.none)
        yield Edge("else", self.otherwise, engine=self.otherwise is None)
        yield Edge("expired", None, engine=True)

    def reads(self) -> Iterable[Read]:
        yield from text_reads(self.text, self.wrong)
        if isinstance(self.offers, StaticOptions):
            yield from text_reads(*(label for _, label in self.offers.choices))
        if self.drawn is not None:
            yield from drawing_reads(self.drawn)
        for condition, text in self.checks:
            yield Read(condition.reads - condition.guarded - {self.slot}, "formula", text.mark)
            yield Read(text.base.reads - {self.slot}, "text", text.mark, openly(text))
        if self.about.currency is not None:
            yield Read(self.about.currency.reads, "formula", self.mark)
        if isinstance(self.offers, BankOptions):
            label = self.offers.label
            yield Read(label.base.reads - {"it"}, "text", label.mark, openly(label) - {"it"})
            for expression in self.offers.args.values():
                yield Read(expression.reads, "argument", self.mark)
