"""Where the pure engine meets the rooms around it: stored sessions in, decisions and outcomes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from app.misunderstood import Misunderstandings
from core.dialog.contracts import BankEvent, CallResult, Event, Grant, Seal
from core.dialog.engine import turn
from core.dialog.program import ProgramSet
from core.dialog.seal import SealRefused, check_seal
from core.dialog.session import Session, decode_session, encode_session
from core.kernel.clock import Clock
from core.messages.service import Messages
from core.messages.turn import Decision
from core.operations.model import Operation, Outcome


class Flows(Protocol):
    """The flows that run now. `need` raises `NotReady` when the session stands on one that is not in memory yet."""

    @property
    def programs(self) -> ProgramSet: ...

    def need(self, session: Session) -> None: ...


class FixedFlows:
    """Flows that never change, for tests and benchmarks."""

    def __init__(self, programs: ProgramSet) -> None:
        self.programs = programs

    def need(self, session: Session) -> None:
        """Everything is there."""


class Conversation:
    """The engine as `core.messages.turn.Decide`, always with the flows that run now.

    `unclear`: who collects what was not understood.
    """

    def __init__(self, flows: Flows, unclear: Misunderstandings | None = None) -> None:
        self._flows = flows
        self._unclear = unclear

    def __call__(self, conversation: str, state: str, event: Event, now_ms: int) -> Decision:
        session = decode_session(state) if state else None
        if session is not None:
            self._flows.need(session)
        turned = turn(self._flows.programs, session, event, now_ms)
        if self._unclear is not None and "notes" in turned.journal:
            self._unclear.note(conversation, event, turned.journal)
        return Decision(
            state=encode_session(turned.session).decode(),
            wake_at_ms=turned.wake_at or None,
            effects=turned.effects,
            journal=turned.journal,
        )


def wait_nonce(state: str) -> str:
    """The nonce of the wait that a stored session stands at, "" if it waits for nothing."""
    wait = decode_session(state).wait
    return wait.nonce if wait is not None else ""


def bring_outcome(messages: Messages) -> Callable[[Outcome], Awaitable[None]]:
    """Outcomes of operations become events of their conversation; each (operation, seq) counts once."""

    async def bring(outcome: Outcome) -> None:
        event: Event
        if outcome.kind == "event":
            event = BankEvent(name=outcome.name, data=outcome.data)
        else:
            event = CallResult(
                call=outcome.operation_id,
                arm=outcome.arm or "unknown",
                data=outcome.data,
                reason=outcome.reason,
                grant=msgspec.convert(outcome.grant, Grant) if outcome.grant else None,
            )
        await messages.proceed(outcome.conversation, f"op:{outcome.operation_id}:{outcome.seq}", event)

    return bring


def seal_guard(clock: Clock) -> Callable[[Operation], str | None]:
    """The runtime twin of the verifier (dialog.md 1.6): recompute what was confirmed before anything is sent."""

    def refuse(operation: Operation) -> str | None:
        try:
            seal = msgspec.convert(operation.seal, Seal) if operation.seal is not None else None
            check_seal(seal, operation.args, clock.now_ms())
        except SealRefused as refused:
            return "confirmation_expired" if refused.why == "expired" else "seal_mismatch"
        except msgspec.ValidationError:
            return "seal_mismatch"
        return None

    return refuse
