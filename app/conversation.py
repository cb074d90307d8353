"""Where the pure engine meets the rooms around it: stored sessions in, decisions and outcomes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from app.flow_library import FlowLibrary
from core.dialog.contracts import BankEvent, CallResult, Event, Grant, Seal
from core.dialog.engine import turn
from core.dialog.seal import SealRefused, check_seal
from core.dialog.session import decode_session, encode_session
from core.kernel.clock import Clock
from core.messages.service import Messages
from core.messages.turn import Decision
from core.operations.model import Operation, Outcome


class Conversation:
    """The engine as `core.messages.turn.Decide`, always with the flows that run now."""

    def __init__(self, library: FlowLibrary) -> None:
        self._library = library

    def __call__(self, conversation: str, state: str, event: Event, now_ms: int) -> Decision:
        session = decode_session(state) if state else None
        turned = turn(self._library.programs, session, event, now_ms)
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
