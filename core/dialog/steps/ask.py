"""`ask`: a question whose answer goes into a slot: typed, pressed, or shared as a contact, a file or a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from core.dialog.contracts import CallResult, Contact, InboundEvent
from core.dialog.documents import Drawing
from core.dialog.expressions import Expression
from core.dialog.program import Edge, FlowText, Read, Slot, WaitingStep
from core.dialog.reading import payee_of, read_answer
from core.dialog.session import Frame, Option
from core.dialog.shared import file_of, place_of
from core.dialog.steps.choices import BankOptions, Hints, ListOptions, StaticOptions, spoken_value
from core.dialog.steps.say import drawing_reads, openly, text_reads
from core.dialog.system_flows import CORRECTED
from core.dialog.turns.corrections import correct, correctable
from core.dialog.turns.work import Work
from core.dialog.understanding import by_last_digits, match_choice, read_phone
from core.dialog.understanding.choices import LAST_DIGITS
from core.kernel.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Sequence


_NEVER_CORRECTED: Final = frozenset(("text", "id", "secret", "bool"))


def _number(value: Any) -> str:
    """The masked number by which a customer knows a card or a payee."""
    return str(value.get("pan") or value.get("masked") or "") if isinstance(value, dict) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStep(WaitingStep):
    """`offers`: the choices; `none`: where to go when there are none; `other`: a button for none of them, with where it
    leads. `routes`: where an answer leads by its value. `own`: a contact card of somebody else is refused."""

    slot: str
    about: Slot
    text: FlowText
    drawn: Drawing | None
    offers: StaticOptions | ListOptions | BankOptions | Hints | None
    none: str | None
    other: tuple[FlowText, str] | None
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
        options = self.offers.options(work) if self.offers is not None else []
        if not options and self.none is not None:
            work.go("none", self.none)
            return
        self._ask(work, options)

    def _still_good(self, work: Work) -> bool:
        """An answer kept from before an edit needs no new question if it still passes everything here."""
        frame = work.frame
        frame.kept.remove(self.slot)
        value = frame.slots.get(self.slot)
        if value is None or (self.about.type.kind == "money" and value["currency"] != self._currency(work)):
            return False
        if self._failed_check(work) is not None:
            return False
        self._answered_here(frame)
        self._leave(work, value)
        return True

    def _ask(self, work: Work, options: list[Option]) -> None:
        if self.other is not None:
            options.append(Option(work.render(self.other[0]), act="other"))
        work.begin_wait("ask", self.lasts_ms, options)
        heard = work.frame.heard.pop(self.slot, None)
        if heard is not None:
            value = self._read(work, heard)
            if value is not None:
                self._accept(work, value)
                return
            work.frame.fixing = ""
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
        hints = isinstance(self.offers, Hints)
        work.say(
            text, options=work.wait.options, drawn=drawn, ask_contact=contact, ask_location=place, hints=hints
        )  # fmt: skip

    # Answers.

    def picked(self, work: Work, option: Option) -> None:
        if option.act == "other" and self.other is not None:
            work.go("other", self.other[1])
        else:
            self._accept(work, option.value)

    def said(self, work: Work, event: InboundEvent) -> bool:
        if work.wait.kind == "choices":
            return False
        if event.kind == "contact" and event.contact is not None and "contact" in self.accept:
            self._contact(work, event.contact)
            return True
        value = self._read(work, event.text) if event.kind == "text" else self._shared(event)
        if value is None:
            said = event.kind == "text"
            return said and (self._other_said(work, event.text) or self._corrected(work, event.text))
        work.journal.heard.answered(self.about.type, value, work.wait.options)
        self._accept(work, value)
        return True

    def _other_said(self, work: Work, text: str) -> bool:
        options = work.wait.options
        place = match_choice(text, [option.label for option in options]) if self.other is not None else None
        if place is None or options[place].act != "other":
            return False
        work.journal.heard.pressed(options[place], options)
        self.picked(work, options[place])
        return True

    def _corrected(self, work: Work, text: str) -> bool:
        """ "No, 500": an answer to this question if it can be one, or else to the only earlier one that can take it.

        What both could take is nobody's answer: the question is asked again.
        """
        correction = work.programs.phrases.correction(text)
        if self.hold or not correction.denied:
            return False
        named = not correction.kinds or self.about.type.kind in correction.kinds
        value = self._read(work, correction.words) if correction.words and named else None
        askers = self._earlier(work)
        if value is None:
            return correct(work, correction, askers)
        if any(correctable(work, correction, askers)):
            return False
        work.journal.heard.answered(self.about.type, value, work.wait.options)
        self._accept(work, value)
        return True

    def _earlier(self, work: Work) -> dict[str, str]:
        """The slots that were answered before this one in the flow, with the steps that asked for them."""
        steps, trail = work.program.steps, work.frame.trail
        asked = {step.slot: name for name in trail if isinstance(step := steps.get(name), AskStep)}
        asked.pop(self.slot, None)
        return asked

    def could_take(self, work: Work, words: str, *, surely: bool) -> bool:
        kind = self.about.type.kind
        if kind in _NEVER_CORRECTED or (kind == "choice" and not surely) or self.own:
            return False
        if isinstance(self.offers, BankOptions) and kind in ("card", "payee") and LAST_DIGITS.fullmatch(words):
            return True
        options = self.offers.options(work) if isinstance(self.offers, StaticOptions | ListOptions) else []
        return self._read(work, words, options) is not None

    def _shared(self, event: InboundEvent) -> Any:
        """The file or the place that came, if it is of a kind that is accepted here."""
        if event.kind == "media" and event.media is not None and event.media.kind in self.accept:
            return file_of(event.media)
        if event.kind == "location" and event.location is not None and "location" in self.accept:
            return place_of(event.location)
        return None

    def _contact(self, work: Work, contact: Contact) -> None:
        phone = read_phone(contact.phone)
        work.journal.heard.unreadable = phone is None
        if self.own and contact.proof == "foreign":
            self._again(work, work.engine_text("foreign_contact"))
        elif phone is None:
            self.puzzled(work, None)
        elif self.about.type.kind == "payee":
            self._accept(work, payee_of(phone, mask_text(contact.name)))
        else:
            self._accept(work, phone)

    def _read(self, work: Work, text: str, offered: Sequence[Option] | None = None) -> Any:
        """The answer in the text: one of the choices by its label, number or last digits, or a value of the slot's
        type. `offered`: the choices, if they are not those of the open question."""
        options: Sequence[Option] = work.wait.options if offered is None else offered
        closed = isinstance(self.offers, StaticOptions | ListOptions | BankOptions)
        value = None
        if "text" in self.accept and not (closed and self.about.type.kind == "text"):
            currency = self._currency(work)
            value = read_answer(
                self.about.type, text, currency=currency, now_ms=work.now, lang=work.session.lang
            )  # fmt: skip
        if value is None and (closed or (isinstance(self.offers, Hints) and self.offers.kind == "date")):
            place = match_choice(text, [option.label for option in options])
            if place is None:
                place = by_last_digits(text, [_number(option.value) for option in options])
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
            self._answered_here(work.frame)
        fixed = work.frame.fixing == self.slot
        told = {"what": self._name(work), "value": self._spoken(work, value)} if fixed else {}
        self._leave(work, value)
        if fixed:
            work.frame.fixing = ""
            work.notice(CORRECTED, told)

    def _answered_here(self, frame: Frame) -> None:
        if frame.step not in frame.trail:
            frame.trail.append(frame.step)

    def _name(self, work: Work) -> str:
        label = self.about.label
        return work.render(label) if label is not None else self.slot.replace("_", " ")

    def _spoken(self, work: Work, value: Any) -> str:
        """The answer as the customer knows it: what its button reads, or as texts write it; personal values masked."""
        label = next((option.label for option in work.wait.options if option.value == value), None)
        return label or spoken_value(value, self.about.type, work.session.lang, personal=bool(self.about.pii))

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
        work.frame.fixing = ""
        work.frame.tries += 1
        work.mark(work.frame, "again" if work.frame.tries < self.tries else "gave up")
        work.journal.heard.again = True
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
        work.offer_to_go_on("question")

    # What the verifier sees.

    def edges(self) -> Iterable[Edge]:
        answered = frozenset((self.slot,))
        yield Edge("next", self.then, assigns=answered)
        for value, target in self.routes.items():
            yield Edge(value, target, assigns=answered)
        if self.none is not None:
            yield Edge("none", self.none)
        if self.other is not None:
            yield Edge("other", self.other[1])
        yield Edge("else", self.otherwise, engine=self.otherwise is None)
        yield Edge("expired", None, engine=True)

    def reads(self) -> Iterable[Read]:
        yield from text_reads(self.text, self.wrong, self.other[0] if self.other is not None else None)
        if isinstance(self.offers, StaticOptions):
            yield from text_reads(*(label for _, label in self.offers.choices))
        if self.drawn is not None:
            yield from drawing_reads(self.drawn)
        for condition, text in self.checks:
            yield Read(condition.reads - condition.guarded - {self.slot}, "formula", text.mark)
            yield Read(text.base.reads - {self.slot}, "text", text.mark, openly(text))
        if self.about.currency is not None:
            yield Read(self.about.currency.reads, "formula", self.mark)
        if isinstance(self.offers, BankOptions | ListOptions):
            label = self.offers.label
            yield Read(label.base.reads - {"it"}, "text", label.mark, openly(label) - {"it"})
        if isinstance(self.offers, ListOptions):
            yield Read(frozenset((self.offers.slot,)), "argument", self.mark)
        if isinstance(self.offers, BankOptions):
            for expression in self.offers.args.values():
                yield Read(expression.reads, "argument", self.mark)
