"""The customer of a walk: mostly answers what is asked, and otherwise does what people do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from core.dialog.contracts import Call
from core.dialog.flowtest.disturbances import BACK, CANCEL
from core.dialog.flowtest.plays import CARD_NUMBER
from core.dialog.flowtest.talk import names_of
from core.dialog.flowtest.universe import Universe
from core.dialog.flowtest.walk.bank import made_up
from core.dialog.program import ProgramSet, Step
from core.dialog.session import Wait
from core.dialog.signatures import Operation, spoken
from core.dialog.steps.ask import AskStep

Line = dict[str, Any]

_ANSWERS: Final[Mapping[str, Sequence[str]]] = {
    "money": ("100", "99,50", "двісті", "0", "99999999"),
    "int": ("5", "0", "дві"),
    "date": ("завтра", "2026-12-01", "31.12"),
    "phone": ("0501234567", "+380671234567"),
    "payee": ("0501234567", "+380671234567"),
    "iban": ("UA213223130000026007233566001",),
    "secret": ("739164", "111222"),
    "bool": ("так", "ні"),
    "text": ("дякую", "Тарас", "x" * 300),
}
_ANYTHING: Final = (
    "?",
    "так",
    "ні",
    "ні, 50",
    "1",
    "2",
    "допомога",
    "меню",
    "оператор",
    "дякую",
    "🙂",
    " ",
    CARD_NUMBER,
)
_PAUSES: Final = ("10s", "2m", "20m", "13h")
_PLACE: Final[Line] = {"location": {"latitude": "50.4501", "longitude": "30.5234"}}
_MEDIA: Final = ("photo", "voice", "document", "sticker")


def next_line(world: Universe, programs: ProgramSet, chance: Random, mood: float) -> Line:
    """A line of a test, as it is written there. `mood`: how much else comes between the answers, 1 being a lot."""
    wait, step = world.wait, _step(world, programs)
    wishes: list[tuple[float, Callable[[], Line | None]]] = [
        (6.0, lambda: _tap(wait, chance)),
        (5.0, lambda: _answer(step, world, chance)),
        (2.0, lambda: _event(world, programs, chance)),
        (1.5 * mood, lambda: _time(world, chance)),
        (mood, lambda: _old(world, chance)),
        (mood, lambda: {"me": chance.choice(_ANYTHING)}),
        (0.6 * mood, lambda: {"me": chance.choice((CANCEL, BACK)).get(_lang(world), "cancel")}),
        (0.6 * mood, lambda: _wish(programs, chance)),
        (0.4 * mood, lambda: _something_shared(world, chance)),
        (0.3 * mood, lambda: {"start": chance.choice(("", "t", "x_y"))}),
    ]
    for _ in range(20):
        (wanted,) = chance.choices([wish for _, wish in wishes], [weight for weight, _ in wishes])
        line = wanted()
        if line is not None:
            return line
    return {"me": "?"}


def _step(world: Universe, programs: ProgramSet) -> Step | None:
    session = world.session
    if session is None or not session.stack:
        return None
    frame = session.stack[-1]
    program = programs.revisions.get(frame.rev)
    return program.steps.get(frame.step) if program is not None else None


def _lang(world: Universe) -> str:
    return world.session.lang if world.session is not None else ""


def _tap(wait: Wait | None, chance: Random) -> Line | None:
    if wait is None or not wait.options:
        return None
    agreeing = [option for option in wait.options if option.act == "yes"]
    option = chance.choice(agreeing if agreeing and chance.random() < 0.6 else wait.options)
    name = names_of(option)[0] if names_of(option) else ""
    first = next((one for one in wait.options if name in names_of(one)), None)
    return {"tap": name if first is option else option.label} if name else None


def _answer(step: Step | None, world: Universe, chance: Random) -> Line | None:
    if not isinstance(step, AskStep):
        return None
    if "contact" in step.accept and world.look.contacts and chance.random() < 0.7:
        return _contact(chance)
    files = [kind for kind in ("photo", "document", "voice") if kind in step.accept]
    if files and world.look.media and chance.random() < 0.7:
        return {"media": chance.choice(files)}
    if "location" in step.accept and world.look.locations and chance.random() < 0.7:
        return dict(_PLACE)
    return {"me": chance.choice(_ANSWERS.get(step.about.type.kind, _ANSWERS["text"]))}


def _contact(chance: Random) -> Line:
    return {"contact": {"phone": "+380501112233", "proof": chance.choice(("own", "own", "foreign", "unproven"))}}


def _event(world: Universe, programs: ProgramSet, chance: Random) -> Line | None:
    """The bank makes known how a call with an effect has ended, whether its answer has come or not."""
    sent = {
        effect.id: effect for _, turned in world.trace.turns for effect in turned.effects if isinstance(effect, Call)
    }
    known = [
        (step, operation)
        for step, identity in world.trace.call_ids.items()
        if identity in sent and (operation := _settled(sent[identity], programs)) is not None
    ]
    if not known:
        return None
    step, operation = chance.choice(known)
    outcome = chance.choice(("ok", "ok", "refused"))
    good = made_up(operation, None)
    data = {name: value for name, value in good.items() if isinstance(value, str)} if isinstance(good, dict) else {}
    more = data if outcome == "ok" else {"reason": "error.limit_exceeded"}
    return {"event": {spoken(operation.signature.settles): {"op": f"${step}.op", "outcome": outcome, **more}}}


def _settled(call: Call, programs: ProgramSet) -> Operation | None:
    operation = programs.operations.get(spoken(call.operation))
    return operation if operation is not None and operation.signature.settles else None


def _time(world: Universe, chance: Random) -> Line:
    if world.wake_at and chance.random() < 0.5:
        return {"timer": "fires"}
    return {"after": chance.choice(_PAUSES)}


def _old(world: Universe, chance: Random) -> Line | None:
    if not world.look.has_buttons or not world.old_buttons:
        return None
    _, options = chance.choice(world.old_buttons)
    names = [name for option in options for name in names_of(option)[:1]]
    return {"tap_old": chance.choice(names)} if names else None


def _wish(programs: ProgramSet, chance: Random) -> Line | None:
    flow = chance.choice(list(programs.flows.values()))
    if flow.entry.phrases and chance.random() < 0.5:
        return {"me": chance.choice(flow.entry.phrases)}
    return {"me": f"/{flow.entry.command}"} if flow.entry.command else None


def _something_shared(world: Universe, chance: Random) -> Line | None:
    if world.trace.tickets and chance.random() < 0.5:
        return {"person": "done"}
    if world.look.locations and chance.random() < 0.3:
        return dict(_PLACE)
    if world.look.media and chance.random() < 0.5:
        return {"media": chance.choice(_MEDIA)}
    return _contact(chance) if world.look.contacts else None
