"""All systems of one bank, opened: asks one of them for one action, logs it, and reads the answer as a typed struct."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec
import structlog

from core.bank_api.answer import Answer
from core.bank_api.contracts import CallContext, Reply, Resend
from core.bank_api.errors import BankApiError
from core.bank_api.systems.model import RestSystem, System
from core.kernel.clock import Clock
from core.kernel.masking import mask_text, mask_value

T = TypeVar("T")

_log: Final = structlog.get_logger("bank_api")
_REQUEST_ID: Final = re.compile(r"[\x21-\x7e]{1,64}")
_LOGGED_PATHS: Final = 10


class Connector(Protocol):
    """One bank system, whatever it speaks."""

    async def call(self, action: str, arguments: Mapping[str, Any], context: CallContext) -> Answer: ...


class Closable(Protocol):
    async def aclose(self) -> None: ...


class CallEnded(BankApiError):
    """An action came to something else than an accepted, readable answer, which ends the operation around it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"ended with class {reply.cls}, code {reply.code or 'none'}")
        self.reply = reply


class Bank:
    """`systems` and `connectors` by the code of the system. `aclose` closes `closing` in its order."""

    def __init__(
        self,
        systems: Mapping[str, System],
        connectors: Mapping[str, Connector],
        clock: Clock,
        closing: Sequence[Closable] = (),
    ) -> None:
        self._systems = systems
        self._connectors = connectors
        self._clock = clock
        self._closing = closing

    async def aclose(self) -> None:
        for part in self._closing:
            await part.aclose()

    async def ask(self, system: str, action: str, arguments: Mapping[str, Any], context: CallContext) -> Answer:
        """One attempt. Raises only `UnwritableValue`, before anything is sent."""
        if not _REQUEST_ID.fullmatch(context.request_id):
            context = msgspec.structs.replace(context, request_id="")
        started_ms = self._clock.now_ms()
        answer = await self._connectors[system].call(action, arguments, context)
        event = {
            "system": system,
            "action": action,
            "reply_class": answer.cls,
            "reply_code": answer.code,
            "note": answer.note,
            "duration_ms": self._clock.now_ms() - started_ms,
            "request_id": context.request_id,
            "unmapped": list(answer.unmapped[:_LOGGED_PATHS]),
            "unmapped_count": answer.unmapped_count,
        }
        _log.info("bank_call", **mask_value(event))
        return answer

    async def fetch(
        self, system: str, action: str, arguments: Mapping[str, Any], context: CallContext, shape: type[T]
    ) -> T:
        """The accepted answer as `shape`. Raises `CallEnded` with the reply that the operation then has."""
        answer = await self.ask(system, action, arguments, context)
        if answer.cls != "accepted":
            raise CallEnded(Reply(cls=answer.cls, code=answer.code, note=mask_text(answer.note)))
        try:
            return msgspec.convert(answer.data, shape)
        except msgspec.ValidationError:
            raise CallEnded(unknown(f"{system} {action}: null where a value is needed")) from None

    def refusal(self, system: str, bank_code: str) -> str:
        """The platform's code for a definite refusal by a REST system, "" when the code proves nothing."""
        described = self._systems[system]
        return described.errors.get(bank_code, "") if isinstance(described, RestSystem) else ""

    def resend(self, system: str) -> Resend:
        return self._systems[system].idempotency.rule()


def unknown(note: str) -> Reply:
    """An outcome that only an inquiry can find out."""
    return Reply(cls="unknown", code="outcome_unknown", note=mask_text(note))
