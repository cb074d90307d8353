"""One turn under way: the session's working copy, what has been done so far, and the moves that a step can make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture
from core.dialog.errors import FlowMissing, RunawayFlow
from core.dialog.program import FlowText, Program, ProgramSet, Step, WaitingStep
from core.dialog.session import Frame, Option, Session, Wait, WaitKind
from core.dialog.system_flows import CANCELLED, EXPIRED, RESUMED
from core.dialog.turns.journal import Journal
from core.dialog.turns.outgoing import Outgoing
from core.dialog.turns.pending import Ended, Pending
from core.kernel.ids import derived_id

DEEPEST: Final = 12
_TOLD: Final = 15
_NOTHING: Final[Mapping[str, Any]] = {}
_NONE: Final[frozenset[str]] = frozenset()
_QUESTIONS: Final = frozenset(("ask", "confirm"))


class Work:
    """`now` in ms. `channel`: where the customer writes. `secrets`: values of secret slots; they live exactly as long
    as this object. `money_told`: the turn tells how moved money ended, so its messages are never sent twice.
    `answered`: what came needs no word any more. `asked_anew`: the question of now was never seen by the customer
    before this turn, so what they wrote is no answer to it.

    `pending`: a flow to begin before anything else is shown; `ended`: a notice whose outcome is still to be acted upon.
    `begun`: the frames that this turn began; `away`: one from before it has ended, so the customer comes back from
    somewhere. `weary`: an offer to go on was itself left open. `skipped`: notices that broke and are done without.
    """

    __slots__ = (
        "answered", "asked_anew", "away", "begun", "channel", "ended", "journal", "money_told", "now", "outgoing",
        "pending", "programs", "secrets", "session", "skipped", "weary",
    )  # fmt: skip

    def __init__(self, programs: ProgramSet, session: Session, now_ms: int) -> None:
        self.programs = programs
        self.session = session
        self.now = now_ms
        self.channel = session.id.partition(":")[0]
        self.journal = Journal()
        self.outgoing = Outgoing()
        self.secrets: dict[str, str] = {}
        self.money_told = False
        self.answered = False
        self.asked_anew = False
        self.pending: Pending | None = None
        self.ended: Ended | None = None
        self.begun: list[str] = []
        self.away = False
        self.weary = False
        self.skipped: frozenset[str] = _NONE

    def copy(self) -> Work:
        """The turn as it is now, to go on with and maybe to throw away. Nothing may be pending."""
        copy = Work(self.programs, self.session.copy(), self.now)
        copy.journal, copy.outgoing = self.journal.copy(), self.outgoing.copy()
        copy.secrets, copy.money_told, copy.answered = dict(self.secrets), self.money_told, self.answered
        copy.begun, copy.skipped = list(self.begun), self.skipped
        return copy

    # Where we are.

    @property
    def frame(self) -> Frame:
        return self.session.stack[-1]

    @property
    def program(self) -> Program:
        return self.program_of(self.frame)

    @property
    def step(self) -> Step:
        return self.program.steps[self.frame.step]

    @property
    def wait(self) -> Wait:
        wait = self.session.wait
        if wait is None:
            raise FlowMissing(f"step {self.frame.flow}.{self.frame.step} has no wait")
        return wait

    @property
    def waiting(self) -> WaitingStep | None:
        """The step at which the conversation stands."""
        if self.session.wait is None or not self.session.stack:
            return None
        step = self.step
        return step if isinstance(step, WaitingStep) else None

    def program_of(self, frame: Frame) -> Program:
        program = self.programs.revisions.get(frame.rev)
        if program is None:
            raise FlowMissing(f"revision {frame.rev} of flow {frame.flow} is not kept")
        return program

    def values(self) -> dict[str, Any]:
        """The slots of the flow, with what every flow knows of the conversation."""
        session = self.session
        values = dict(session.stack[-1].slots) if session.stack else {}
        values["customer_name"] = session.name
        values["lang"] = session.lang
        values["auth_level"] = session.auth.level if session.auth is not None else "none"
        values["channel"] = self.channel
        return values

    # Slots.

    def assign(self, slot: str, value: Any) -> None:
        """Set a slot. What was confirmed with another value no longer holds."""
        seal = self.session.seal
        if seal is not None and seal.flow == self.frame.flow and slot in seal.values:
            self.session.seal = None
        self.frame.slots[slot] = value

    def forget(self, keep: frozenset[str], *dropped: str) -> None:
        """Only slots in `keep` stay known, and none of `dropped`; what was confirmed no longer holds."""
        slots = self.frame.slots
        self.frame.slots = {name: value for name, value in slots.items() if name in keep and name not in dropped}
        self.session.seal = None

    # Moves.

    def enter(self, step: str) -> None:
        self.session.wait = None
        frame = self.frame
        if step != frame.step:
            frame.tries = 0
            frame.step = step

    def go(self, arm: str, target: str) -> None:
        self.took(arm)
        self.enter(target)

    def took(self, arm: str) -> None:
        frame = self.frame
        self.journal.flows[frame.flow] = frame.rev
        self.journal.arms.append(f"{frame.flow}.{frame.step}:{arm}")

    def mark(self, frame: Frame, what: str) -> None:
        """Note in the journal what happened at the step where this flow stands."""
        self.journal.flows[frame.flow] = frame.rev
        self.journal.marks += (f"{frame.flow}.{frame.step}:{what}",)

    def taken_away(self, frames: Sequence[Frame], why: str) -> None:
        """Note flows that are over without an end of their own, each at the step where it stood."""
        for frame in frames:
            self.mark(frame, why)

    def begin(self, flow: str, slots: Mapping[str, Any] = _NOTHING, *, sub: bool = False, notice: bool = False) -> None:
        """Put a flow on top. A digression leaves the wait below it as it is, to come back to."""
        program = self.programs.flows.get(flow)
        if program is None:
            raise FlowMissing(f"flow '{flow}' is not published")
        session = self.session
        if session.stack:
            if not (sub or notice) and session.wait is not None and self.journal.heard.step is not None:
                self.mark(session.stack[-1], "aside")
            session.stack[-1].held = session.wait
            while len(session.stack) >= DEEPEST and not notice:
                self._drop_oldest()
        session.wait = None
        self.journal.began += (flow,)
        self.journal.flows[flow] = program.revision
        taken = {name: slots.get(name, "") for name in program.takes}
        identity = derived_id(10, session.id, session.seq, self.now, len(self.journal.path), len(session.stack), flow)
        session.stack.append(
            Frame(
                id=identity,
                flow=flow,
                rev=program.revision,
                step=program.first,
                slots=taken,
                sub=sub,
                notice=notice,
            )
        )
        self.begun.append(identity)

    def notice(self, flow: str, slots: Mapping[str, Any] = _NOTHING, *, sub: bool = False) -> bool:
        """Begin a system flow that tells or asks something in the middle; False when it is to be done without."""
        if flow in self.skipped:
            return False
        self.begin(flow, slots, sub=sub, notice=True)
        return True

    def about(self) -> dict[str, str]:
        """What a notice may say of where we are: the flow, the step, and what the customer knows the flow by."""
        frame = next((frame for frame in reversed(self.session.stack) if not frame.notice), None)
        return {"flow": frame.flow if frame else "", "step": frame.step if frame else "", "title": self.title()}

    def title(self) -> str:
        """The title of the present flow, or else of the nearest one that runs it; "" when none of them has any."""
        for frame in reversed(self.session.stack):
            title = self.program_of(frame).title
            if title is not None and not frame.notice:
                return title.render(_NOTHING, self.session.lang)
            if not frame.sub:
                break
        return ""

    def _drop_oldest(self) -> None:
        """Forget the flow that was interrupted first, with the flows that it ran."""
        stack = self.session.stack
        end = 1
        while end < len(stack) and stack[end].sub:
            end += 1
        if end == len(stack):
            raise RunawayFlow(f"flow {stack[0].flow} runs flows more than {DEEPEST} deep")
        self.journal.notes.append(f"dropped {stack[0].flow}")
        self.taken_away(stack[:end], "pushed out")
        del stack[:end]

    def end(self, outcome: str) -> None:
        """The top flow is over: its caller goes on, or what it interrupted does. A notice's outcome is acted upon
        before the next step."""
        session = self.session
        frame = session.stack.pop()
        session.wait = None
        self.journal.notes.append(f"end {frame.flow}:{outcome}")
        if session.seal is not None and session.seal.flow == frame.flow:
            session.seal = None
        if frame.notice:
            self.ended = Ended(frame, outcome)
            return
        if not session.stack:
            return
        if not frame.sub:
            self.away = self.away or frame.id not in self.begun
            self.resume()
            return
        returns = self.program_of(frame).returns
        values = {name: frame.slots[name] for name in returns if name in frame.slots}
        self.step.returned(self, outcome, values)

    def drop_segment(self, outcome: str) -> None:
        """The top flow ends together with the flows that ran it; what they interrupted goes on."""
        stack = self.session.stack
        while stack[-1].sub:
            self.journal.notes.append(f"end {stack[-1].flow}:{outcome}")
            stack.pop()
        stack[-1].sub = False
        self.end(outcome)

    def resume(self) -> None:
        """Go on with the flow that has come to the top again; a notice that is still to be given goes first."""
        frame, session = self.frame, self.session
        session.wait, frame.held = frame.held, None
        if self.pending is not None:
            return
        step = self.waiting
        if step is None:
            session.wait = None
            return
        if session.early and self.take_early(step):
            return
        if self.wait.until and self.now >= self.wait.until:
            step.expired(self)
        elif not self.wait.call and not self._welcomed_back(step):
            step.show(self)

    def take_early(self, step: WaitingStep) -> bool:
        """Give the step the events that came before it stood here. True: one of them has ended its wait."""
        early = self.session.early
        for event in list(early):
            if step.wants(self, event):
                early.remove(event)
                if not step.gathers(self, event):
                    step.happened(self, event)
                    return True
        return False

    def _welcomed_back(self, step: WaitingStep) -> bool:
        """Who comes back to a question after something else is told what it belongs to, where that has a name."""
        away, self.away = self.away, False
        if not away or step.kind not in _QUESTIONS:
            return False
        about = self.about()
        return bool(about["title"]) and self.notice(RESUMED, about)

    def cancelled(self) -> None:
        """The top flow ends because the customer wants it to, and a system flow says so before anything goes on."""
        self.pending = Pending(CANCELLED, self.about(), notice=True)
        self.end("cancelled")

    def offer_to_go_on(self, kind: str) -> None:
        """A `question` or `confirmation` was open too long. Nobody is asked whether an offer itself should go on."""
        frame = self.frame
        if frame.notice or self.weary:
            self.weary = True
            if frame.notice and frame.sub:
                self.end("expired")
            else:
                self.drop_segment("expired")
            return
        self.session.wait = None
        if not self.notice(EXPIRED, {**self.about(), "kind": kind}, sub=True):
            self.engine_say("failed")
            self.drop_segment("expired")

    def pull(self, index: int) -> None:
        """Bring the flow whose top frame is at `index` of the stack to the top, with the flows that ran it."""
        session, stack = self.session, self.session.stack
        if index == len(stack) - 1:
            return
        start = index
        while stack[start].sub:
            start -= 1
        stack[-1].held = session.wait
        segment = stack[start : index + 1]
        del stack[start : index + 1]
        stack.extend(segment)
        session.wait, segment[-1].held = segment[-1].held, None

    # Waiting.

    def begin_wait(self, kind: WaitKind, lasts_ms: int, options: list[Option] | None = None, call: str = "") -> None:
        session, frame = self.session, self.frame
        visit = frame.visits.get(frame.step, 0)
        # The letters in front tell a pressed button from typed words where a messenger sends both as text (Viber).
        nonce = f"b:{derived_id(8, session.id, session.seq, self.now, frame.id, frame.step, visit)}"
        until = self.now + lasts_ms if lasts_ms else 0
        session.wait = Wait(nonce=nonce, kind=kind, until=until, since=self.now, options=options or [], call=call)

    def effect_id(self, step: str) -> str:
        """The id of the bank call that the step makes on this visit; asked again, it is the same."""
        frame = self.frame
        return derived_id(26, self.session.id, frame.id, step, frame.visits.get(step, 0))

    def close(self, call: str) -> None:
        """The customer is being told how this call with an effect ended; it is told once."""
        session = self.session
        if session.open.pop(call, None) is None:
            return
        self.money_told = True
        session.told = [*session.told[-_TOLD:], call]
        session.early = [event for event in session.early if event.data.get("op") != call]

    # Saying.

    def render(self, text: FlowText, extra: Mapping[str, Any] = _NOTHING) -> str:
        if text.variants:
            text = text.variants.get(self.channel, text)
        values = self.values()
        if extra:
            values.update(extra)
        return text.render(values, self.session.lang)

    def engine_text(self, key: str, extra: Mapping[str, Any] = _NOTHING) -> str:
        text = self.programs.engine_texts.get(key)
        if text is None:
            raise FlowMissing(f"engine text '{key}' is not published")
        return text.render(extra, self.session.lang)

    def reason_text(self, reason: str) -> str:
        """What the customer reads for a text id such as `error.insufficient_funds`."""
        known = self.programs.engine_texts
        return self.engine_text(reason if reason.startswith("error.") and reason in known else "error.other")

    def say(
        self,
        text: str,
        *,
        options: list[Option] | None = None,
        drawn: Picture | Document | None = None,
        links: tuple[Link, ...] = (),
        ask_contact: str = "",
        ask_location: str = "",
        delete: str = "",
        hints: bool = False,
    ) -> None:
        choices: tuple[Choice, ...] = ()
        if options:
            nonce = self.wait.nonce
            choices = tuple([Choice(f"{nonce}.{place}", option.label) for place, option in enumerate(options)])
        message = OutboundMessage(
            text=text,
            choices=choices,
            links=links,
            picture=drawn if isinstance(drawn, Picture) else None,
            document=drawn if isinstance(drawn, Document) else None,
            ask_contact=ask_contact,
            ask_location=ask_location,
            delete=delete,
            once=self.money_told,
            hints=hints,
            lang=self.session.lang,
        )
        self.outgoing.send(message, f"{self.frame.flow}.{self.frame.step}" if self.session.stack else "")

    def engine_say(self, key: str, extra: Mapping[str, Any] = _NOTHING) -> None:
        self.say(self.engine_text(key, extra))

    def end_saying(self, arm: str, key: str, outcome: str, extra: Mapping[str, Any] = _NOTHING) -> None:
        """Take an arm that the flow has not written: the engine's text, and the end of the flow."""
        self.took(arm)
        self.engine_say(key, extra)
        self.end(outcome)
