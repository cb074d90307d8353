"""What happens to real customers in the middle of a conversation."""

from __future__ import annotations

from typing import Final

from core.dialog.contracts import BankEvent, Call, CallResult, Event, InboundEvent, TicketClosed, TimerFired
from core.dialog.flowtest.model import LineModel
from core.dialog.flowtest.plays import CARD_NUMBER, Play
from core.dialog.flowtest.talk import bank_event
from core.dialog.flowtest.twists import Twist
from core.dialog.flowtest.universe import Broken, Universe
from core.dialog.program import ProgramSet
from core.dialog.session import encode_session

CANCEL: Final = {"uk": "скасувати", "ru": "отмена", "be": "адмяніць", "en": "cancel"}
BACK: Final = {"uk": "назад", "ru": "назад", "be": "назад", "en": "back"}
# Words that are no answer, no phrase and no word of the engine.
_NOISE: Final = "?"
_KILLED_FOR_MS: Final = 20_000
_MOST_DEADLINES: Final = 12
_MOST_TRIES: Final = 12


class DoubledTaps(Twist):
    """Every button is pressed again at once, and once more before the next thing that the customer does."""

    def __init__(self) -> None:
        self._pressed = ""

    def heard(self, world: Universe, event: InboundEvent) -> None:
        pressed = event.payload if event.kind == "button" else ""
        if self._pressed and not pressed:
            world.deliver(world.event(kind="button", payload=self._pressed))
        world.deliver(event)
        if pressed:
            world.deliver(world.event(kind="button", payload=pressed))
        self._pressed = pressed or self._pressed


class Redelivered(Twist):
    """The bank's answers, its events and timers are delivered twice; a doubled webhook never reaches the engine,
    because its key is known, so a button stands for it, which can be pressed under two keys."""

    def heard(self, world: Universe, event: InboundEvent) -> None:
        world.deliver(event)
        if event.kind == "button":
            world.deliver(world.event(kind="button", payload=event.payload))

    def happened(self, world: Universe, event: BankEvent | TimerFired | TicketClosed) -> None:
        _again(world, event)

    def answered(self, world: Universe, result: CallResult) -> None:
        _again(world, result)


def _again(world: Universe, event: BankEvent | TimerFired | TicketClosed | CallResult) -> None:
    """Twice; the second time nobody may hear of it."""
    world.deliver(event)
    said = len(world.trace.said)
    world.deliver(event)
    if len(world.trace.said) > said:
        raise Broken(f"the bot says once more: '{world.trace.said[-1].message.text[:60]}'")


class Killed(Twist):
    """The process dies before each commit, so that the turn is done again, and after it, so that a call leaves only
    when another process has taken over, and then twice under its id."""

    def heard(self, world: Universe, event: InboundEvent) -> None:
        _twice(world, event)

    def happened(self, world: Universe, event: BankEvent | TimerFired | TicketClosed) -> None:
        _twice(world, event)

    def answered(self, world: Universe, result: CallResult) -> None:
        _twice(world, result)

    def called(self, world: Universe, call: Call) -> None:
        for _ in range(2):
            world.ask(call, _KILLED_FOR_MS)
        world.let_pass(_KILLED_FOR_MS)


def _twice(world: Universe, event: Event) -> None:
    first, second = world.turned(event), world.turned(event)
    same = encode_session(first.session) == encode_session(second.session) and first.effects == second.effects
    if not same:
        raise Broken("the same turn done again gives something else")
    world.deliver(event)


class Busy(Twist):
    """The customer writes something between each call and its answer, and while the bank is waited for."""

    def called(self, world: Universe, call: Call) -> None:
        write(world, _NOISE)
        world.ask(call)

    def heard(self, world: Universe, event: InboundEvent) -> None:
        if world.wait is not None and world.wait.kind == "wait":
            write(world, _NOISE)
        world.deliver(event)

    def happened(self, world: Universe, event: BankEvent | TimerFired | TicketClosed) -> None:
        if world.wait is not None and world.wait.kind == "wait" and isinstance(event, BankEvent):
            write(world, _NOISE)
        world.deliver(event)


class EarlyEvents(Twist):
    """Each event of the bank comes before the answer to the call that it is about."""

    def __init__(self, early: dict[str, LineModel], programs: ProgramSet, *, busy: bool) -> None:
        self._early = early
        self._programs = programs
        self._busy = busy
        self._delivered: list[int] = []

    @classmethod
    def of(cls, play: Play, programs: ProgramSet, *, busy: bool = False) -> EarlyEvents | None:
        """None when the test has no event that could have come earlier: one about a call, with no time in between."""
        early: dict[str, LineModel] = {}
        for place, line in enumerate(play.model.talk):
            step = _about(line)
            if step and not any(one.after or one.timer for one in play.model.talk[:place]):
                early[step] = line
        return cls(early, programs, busy=busy) if early else None

    @classmethod
    def of_busy(cls, play: Play, programs: ProgramSet) -> EarlyEvents | None:
        return cls.of(play, programs, busy=True)

    def called(self, world: Universe, call: Call) -> None:
        step = next((step for step, identity in world.trace.call_ids.items() if identity == call.id), "")
        line = self._early.pop(step, None)
        if line is not None:
            self._delivered.append(id(line))
            world.deliver(bank_event(world, line, self._programs))
            if self._busy:
                write(world, _NOISE)
        world.ask(call)

    def passes_over(self, world: Universe, line: LineModel) -> bool:
        return id(line) in self._delivered


def _about(line: LineModel) -> str:
    """The step whose call the event of the line is about."""
    for data in (line.event or {}).values():
        for value in data.values():
            if value.startswith("$") and value.endswith(".op"):
                return value[1:-3]
    return ""


class BankIsTooLate(Twist):
    """No call is answered before the time for it is over; then the answer comes after all."""

    def __init__(self) -> None:
        self.calls = 0

    def called(self, world: Universe, call: Call) -> None:
        self.calls += 1
        world.ask(call, max(world.wake_at - world.clock.now_ms(), 0) + 1_000)


def write(world: Universe, text: str) -> None:
    world.deliver(world.event(kind="text", text=text))


# What happens before one line; False where it cannot.


def old_button_pressed(world: Universe) -> bool:
    if not world.look.has_buttons or not world.old_buttons:
        return False
    for nonce, options in world.old_buttons:
        for place in {0, len(options) - 1}:
            world.inbound(kind="button", payload=f"{nonce}.{place}")
    return True


def card_number_typed(world: Universe) -> bool:
    said = len(world.trace.said)
    world.inbound(kind="text", text=CARD_NUMBER)
    if not any(one.message.delete for one in world.trace.said[said:]):
        raise Broken("the message with the card number stays in the chat")
    return True


def cancelled(world: Universe) -> bool:
    session = world.session
    world.inbound(kind="text", text=CANCEL.get(session.lang if session is not None else "uk", CANCEL["uk"]))
    return kept_waiting(world)


def went_back(world: Universe) -> bool:
    session = world.session
    world.inbound(kind="text", text=BACK.get(session.lang if session is not None else "uk", BACK["uk"]))
    return kept_waiting(world)


def not_understood(world: Universe) -> bool:
    """What the customer writes cannot be read, until the tries are used up."""
    for _ in range(_MOST_TRIES):
        world.inbound(kind="text", text=_NOISE)
        if world.wait is None or world.is_muted:
            break
    return kept_waiting(world)


def kept_waiting(world: Universe) -> bool:
    """Nothing comes any more until nothing is waited for, and then whatever begins by itself.

    Raises `Broken` when there is always something to be waited for.
    """
    rested = False
    for _ in range(_MOST_DEADLINES):
        rested = rested or (world.wait is None and not world.is_muted)
        if not world.wake_at:
            return True
        world.let_pass(max(world.wake_at - world.clock.now_ms(), 0) + 2_000)
    if not rested:
        raise Broken(f"it still waits after {_MOST_DEADLINES} deadlines")
    return True
