"""What comes from the bank: results of calls and events, each to the flow that waits for it, or told late."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from core.dialog.contracts import BankEvent, CallResult, Grant
from core.dialog.program import WaitingStep
from core.dialog.session import Auth, OpenCall, Wait
from core.dialog.signatures import Operation, spoken
from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text
from core.dialog.turns.work import Work
from core.kernel.masking import mask_text, mask_value

LATE_FLOW: Final = "late_outcome"
_MOST_EARLY: Final = 8
_FINAL: Final = frozenset(("ok", "refused"))
_SUM: Final = compile_text("{it|money}", {"it": SlotType("money")})


def settle_call(work: Work, result: CallResult) -> None:
    """The result of a call: to the step that waits for it; a final one that nobody waits for is told late."""
    place = _waiting_for_call(work, result.call)
    if place is not None:
        work.pull(place)
        step = work.waiting
        if step is None:
            return
        work.journal.operation = _operation(step)
        _grant(work, step, result)
        if result.arm in _FINAL:
            work.close(result.call)
        step.result(work, result)
        return
    event = late_event(work, result)
    if event is None:
        work.journal.notes.append("nobody waits for this result")
    else:
        bank_event(work, event)


def _operation(step: WaitingStep) -> Operation | None:
    """The operation that the step has called: its own, or the one that its choices come from."""
    found = getattr(step, "operation", None) or getattr(getattr(step, "offers", None), "operation", None)
    return found if isinstance(found, Operation) else None


def late_event(work: Work, result: CallResult) -> BankEvent | None:
    """A final result of a call with an effect as the event that would have brought it later."""
    open_call = work.session.open.get(result.call)
    if open_call is None or result.arm not in _FINAL:
        return None
    operation = work.programs.operations.get(spoken(open_call.operation))
    settles = operation.signature.settles if operation is not None else ""
    data = {**result.data, "op": result.call, "outcome": result.arm, "reason": result.reason}
    return BankEvent(name=settles or open_call.operation, data=data)


def _waiting_for_call(work: Work, call: str) -> int | None:
    stack = work.session.stack
    for place in range(len(stack) - 1, -1, -1):
        wait = _wait_of(work, place)
        if wait is not None and wait.call == call:
            return place
    return None


def _wait_of(work: Work, place: int) -> Wait | None:
    stack = work.session.stack
    return work.session.wait if place == len(stack) - 1 else stack[place].held


def _grant(work: Work, step: WaitingStep, result: CallResult) -> None:
    """Only an operation that is declared to prove a level may prove it, and only that level."""
    grant = result.grant
    if grant is None or result.arm != "ok":
        return
    operation = getattr(step, "operation", None)
    if operation is None or operation.signature.grants != grant.level:
        work.journal.notes.append("a grant that the operation may not give was refused")
        return
    _signed_in(work, grant)


def _signed_in(work: Work, grant: Grant) -> None:
    session = work.session
    if session.customer and session.customer != grant.customer:
        # Another person holds this chat now: nothing that the one before was doing may be seen by them.
        _forget_customer(work)
    session.customer = grant.customer
    session.name = mask_text(grant.name) or session.name
    session.auth = Auth(grant.level, work.now)
    work.journal.notes.append(f"signed in {grant.level}")


def _forget_customer(work: Work) -> None:
    session = work.session
    work.taken_away(session.stack[:-1], "other customer")
    del session.stack[:-1]
    session.stack[-1].sub = False
    session.seal = None
    session.name = ""
    session.early.clear()
    session.open.clear()
    session.scheduled = []
    session.person = None
    work.journal.notes.append("another customer")


def bank_event(work: Work, event: BankEvent) -> None:
    """To the flow whose wait it matches; kept when that wait is still to come; told late when nobody will wait."""
    stack = work.session.stack
    for place in range(len(stack) - 1, -1, -1):
        met = _meets(work, place, event)
        if met == "no":
            continue
        if met == "ends":
            work.pull(place)
            step = work.waiting
            if step is not None:
                step.happened(work, event)
        return
    op = str(event.data.get("op", ""))
    open_call = work.session.open.get(op)
    if op in work.session.told:
        work.journal.notes.append("told already")
    elif not op or (open_call is not None and _will_wait(work, open_call)):
        work.journal.notes.append("kept for its wait")
        kept = masked_event(work, event)
        work.session.early = [*work.session.early[-_MOST_EARLY + 1 :], kept]
    elif event.data.get("outcome") in _FINAL:
        tell_late(work, event, open_call)
    else:
        work.journal.notes.append("nothing to tell")


def masked_event(work: Work, event: BankEvent) -> BankEvent:
    """The event without card numbers in its data; what is declared to be an id stays as it is."""
    open_call = work.session.open.get(str(event.data.get("op", "")))
    operation = work.programs.operations.get(spoken(open_call.operation)) if open_call is not None else None
    ids = {name for name, kind in operation.returns.items() if kind.kind in ("id", "iban")} if operation else set()
    ids |= {"op", "reference"}
    masked = {name: value if name in ids else mask_value(value) for name, value in event.data.items()}
    return msgspec.structs.replace(event, data=masked)


def _meets(work: Work, place: int, event: BankEvent) -> Literal["no", "gathered", "ends"]:
    """What the event is to the flow at this place of the stack: nothing, one of several, or the end of its wait."""
    wait = _wait_of(work, place)
    if wait is None or wait.kind != "wait":
        return "no"
    session = work.session
    stack, top = session.stack, session.wait
    session.stack, session.wait = stack[: place + 1], wait
    try:
        step = work.step
        if not isinstance(step, WaitingStep) or not step.wants(work, event):
            return "no"
        return "gathered" if step.gathers(work, event) else "ends"
    finally:
        session.stack, session.wait = stack, top


def _will_wait(work: Work, open_call: OpenCall) -> bool:
    """Whether the flow that made the call is still there and has a wait that may be for it."""
    if open_call.given_up:
        return False
    frame = next((frame for frame in work.session.stack if frame.id == open_call.frame), None)
    return frame is not None and any(step.kind == "wait" for step in work.program_of(frame).steps.values())


def release_early(work: Work) -> None:
    """Events that were kept for a wait that will not come any more are told after all."""
    for event in list(work.session.early):
        open_call = work.session.open.get(str(event.data.get("op", "")))
        if open_call is not None and not _will_wait(work, open_call) and event.data.get("outcome") in _FINAL:
            work.session.early.remove(event)
            tell_late(work, event, open_call)


def tell_late(work: Work, event: BankEvent, open_call: OpenCall | None) -> None:
    """The customer has moved on, but hears how the money moved: a system flow beside whatever is going on."""
    op = str(event.data.get("op", ""))
    amount = open_call.amount if open_call is not None else None
    slots: dict[str, Any] = {
        "op": op,
        "outcome": event.data["outcome"],
        "operation": open_call.operation if open_call is not None else "",
        "reference": str(event.data.get("reference", "")),
        "reason_text": work.reason_text(str(event.data.get("reason", ""))) if event.data.get("reason") else "",
        "amount_text": _SUM.render({"it": amount}, work.session.lang) if amount is not None else "",
    }
    if open_call is None:
        work.session.open[op] = OpenCall(operation="", flow="", frame="")
    work.close(op)
    work.begin(LATE_FLOW, slots)
