"""One operation, one step: record the attempt, ask the bank, write what it said, tell the conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog

from core.bank_api.contracts import BankApi, CallContext, Declaration, Inquiry, Reply, Resend
from core.kernel.clock import Clock
from core.kernel.envelope import EnvelopeError, Keyring
from core.kernel.errors import ValidationFailed
from core.operations.changes import Situation
from core.operations.inquiries import after_inquiry
from core.operations.leases import LeaseLost, Leases
from core.operations.model import Change, Operation, Outcome, Policy
from core.operations.replies import after_reply
from core.operations.rows import stored_note
from core.operations.rules import next_step, postponed, stopped, submitting
from core.operations.store import OperationStore

Deliver = Callable[[Outcome], Awaitable[None]]
CheckSeal = Callable[[Operation], str | None]

_SECRETS: Final = msgspec.json.Decoder(dict[str, str])
_log: Final = structlog.get_logger("operations")


class Worker:
    """Works on rows whose lease it holds. Raises `LeaseLost` when it holds it no longer."""

    def __init__(
        self,
        store: OperationStore,
        bank: BankApi,
        clock: Clock,
        keyring: Keyring,
        deliver: Deliver,
        check_seal: CheckSeal,
        policy: Policy,
        leases: Leases,
    ) -> None:
        self._store = store
        self._bank = bank
        self._clock = clock
        self._keyring = keyring
        self._deliver = deliver
        self._check_seal = check_seal
        self._policy = policy
        self._leases = leases
        self._declarations: dict[str, Declaration] = {item.name: item for item in bank.declarations()}

    async def advance(self, operation: Operation) -> Operation:
        """Take the next step of the row; the row as it is afterwards, its outcomes not yet delivered."""
        step = next_step(self._situation(operation))
        if step == "submit":
            return await self._submit(operation)
        if step == "inquire":
            return await self._inquire(operation)
        return await self._write(operation, step)

    async def deliver(self, operation: Operation) -> None:
        """Hand over the outcomes not yet delivered, in order. The first that fails keeps the later ones back."""
        for outcome in operation.undelivered:
            try:
                await self._deliver(outcome)
            except Exception as error:
                _log.warning("operation.not_delivered", id=operation.id, seq=outcome.seq, error=type(error).__name__)
                return
            await self._store.delivered(operation.id, outcome.seq)
            _log.info("operation.delivered", id=operation.id, seq=outcome.seq, kind=outcome.kind, arm=outcome.arm)

    async def postpone(self, operation: Operation, note: str) -> Operation:
        """Put aside a row whose step failed by our own fault."""
        return await self._write(operation, postponed(self._situation(operation), note))

    async def _submit(self, operation: Operation) -> Operation:
        obstacle = self._seal_obstacle(operation)
        if obstacle:
            change = stopped(self._situation(operation), obstacle, "the seal does not allow the attempt")
            return await self._write(operation, change)
        try:
            secrets = self._open_secrets(operation)
        except (EnvelopeError, msgspec.MsgspecError):
            change = stopped(self._situation(operation), "internal", "the secrets cannot be opened")
            return await self._write(operation, change)
        attempted = await self._write(
            operation, submitting(self._situation(operation)), lease_until=self._leases.until()
        )
        reply = await self._leases.holding(attempted, self._call(attempted, secrets))
        return await self._write(attempted, after_reply(self._situation(attempted), reply))

    async def _inquire(self, operation: Operation) -> Operation:
        inquiry = await self._leases.holding(operation, self._ask(operation))
        return await self._write(operation, after_inquiry(self._situation(operation), inquiry))

    def _seal_obstacle(self, operation: Operation) -> str | None:
        """Why this attempt must not be made. A confirmation that ran out after the first attempt was in time."""
        if operation.effect == "none" or (operation.effect == "card" and operation.seal is None):
            return None
        try:
            obstacle = self._check_seal(operation)
        except Exception as error:
            _log.error("operation.seal_unchecked", id=operation.id, error=type(error).__name__)
            return "seal_mismatch"
        return None if obstacle == "confirmation_expired" and operation.attempt else obstacle

    def _open_secrets(self, operation: Operation) -> dict[str, str]:
        if not operation.secrets:
            return {}
        return _SECRETS.decode(self._keyring.open(operation.secrets, "operation", "secrets", operation.id))

    async def _call(self, operation: Operation, secrets: dict[str, str]) -> Reply:
        context = _context(operation, f"{operation.id}.{operation.attempt}", secrets)
        try:
            return await self._bank.call(operation.operation, operation.args, context)
        except ValidationFailed as error:
            return Reply(cls="not_sent", code=error.code, note=error.detail)
        except Exception as error:
            _log.error("operation.call_failed", id=operation.id, error=type(error).__name__)
            return Reply(cls="unknown", note=f"{type(error).__name__} in the bank wrapper")

    async def _ask(self, operation: Operation) -> Inquiry:
        context = _context(operation, f"{operation.id}.{operation.attempt}.{operation.inquiry + 1}", {})
        try:
            return await self._bank.inquire(operation.operation, operation.args, context)
        except Exception as error:
            _log.error("operation.inquiry_failed", id=operation.id, error=type(error).__name__)
            return Inquiry(state="no_answer", note=f"{type(error).__name__} in the bank wrapper")

    async def _write(self, operation: Operation, change: Change, lease_until: int | None = None) -> Operation:
        moved = await self._store.apply(operation, change, self._clock.now_ms(), lease_until)
        if moved is None:
            raise LeaseLost(f"operation {operation.id}, fence {operation.fence}: the row has moved on")
        _log.info(
            "operation.moved",
            id=moved.id,
            operation=moved.operation,
            effect=moved.effect,
            before=operation.state,
            after=moved.state,
            attempt=moved.attempt,
            inquiry=moved.inquiry,
            reason=moved.reason,
            note=stored_note(change.note),
        )
        return moved

    def _situation(self, operation: Operation) -> Situation:
        declaration = self._declarations.get(operation.operation)
        return Situation(
            operation=operation,
            now=self._clock.now_ms(),
            policy=self._policy,
            declaration=declaration,
            resend=self._bank.resend(operation.operation) if declaration else Resend(allowed=False),
        )


def _context(operation: Operation, request_id: str, secrets: dict[str, str]) -> CallContext:
    return CallContext(
        call_id=operation.id,
        bank_ref=operation.bank_ref,
        request_id=request_id,
        conversation=operation.conversation,
        customer=operation.customer,
        lang=operation.lang,
        secrets=secrets,
    )
