"""Calls one SOAP system: session, envelope, reply by its YAML, faults by their meaning."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from core.bank_api.answer import Answer, Converted, accepted
from core.bank_api.contracts import CallContext
from core.bank_api.errors import ConversionError, NotSent, OutcomeUnknown
from core.bank_api.settings import Login
from core.bank_api.soap.envelope import Fault, Head, read_reply, write_request
from core.bank_api.soap.session import LoginSession, Session
from core.bank_api.systems.model import SoapSystem
from core.bank_api.transport import Outgoing, Transport
from core.kernel.clock import Clock

# SOAP 1.1 sends a fault with HTTP 500; any other status is not an answer of the system.
_ANSWERS: Final = (200, 500)
# A longer reply is read in a thread, so that it does not hold the event loop.
_LONG_REPLY: Final = 32 * 1024
_SESSION_ID: Final = re.compile(r"[\x21-\x7e]{1,200}")


class SoapConnector:
    """`base`: a request to the system without content. `new_uuid` makes correlation ids."""

    def __init__(
        self,
        system: SoapSystem,
        base: Outgoing,
        transport: Transport,
        login: Login,
        clock: Clock,
        new_uuid: Callable[[], UUID],
    ) -> None:
        self._system = system
        self._base = base
        self._transport = transport
        self._login = login
        self._clock = clock
        self._new_uuid = new_uuid
        self._requests = {name: system.request_template(name) for name in system.actions}
        self._replies = {name: system.reply_mapping(name) for name in system.actions}
        self._session = LoginSession(self._log_in, clock)

    async def call(self, action: str, arguments: Mapping[str, Any], context: CallContext) -> Answer:
        """One attempt. After an expired session, which the bank checks before any work, a login and one repetition.

        Raises only `UnwritableValue`, before anything is sent.
        """
        try:
            session = await self._session.current()
            reply, correlation = await self._exchange(action, arguments, session.id, context)
            if self._expired(reply):
                session = await self._session.after_expiry_of(session)
                reply, correlation = await self._exchange(action, arguments, session.id, context)
            return self._answer(action, reply, correlation)
        except NotSent as error:
            return Answer("not_sent", note=error.detail)
        except OutcomeUnknown as error:
            return Answer("unknown", note=error.detail)

    async def aclose(self) -> None:
        await self._session.aclose()

    async def _exchange(
        self, action: str, arguments: Mapping[str, Any], session_id: str, context: CallContext | None
    ) -> tuple[Converted | Fault, str]:
        """The reply and the correlation id of the request."""
        namespace, correlation = self._system.namespace, str(self._new_uuid())
        content = write_request(namespace, action, self._requests[action], arguments, Head(correlation, session_id))
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{namespace}/{action}"'}
        if context is not None and context.request_id:
            headers["X-Request-Id"] = context.request_id
        reply = await self._transport.send(self._base.with_content("POST", "", headers=headers, content=content))
        if reply.status not in _ANSWERS:
            raise OutcomeUnknown(f"HTTP {reply.status} from a SOAP system")
        if len(reply.body) > _LONG_REPLY:
            answer = await asyncio.to_thread(self._read, action, reply.body, correlation)
        else:
            answer = self._read(action, reply.body, correlation)
        if reply.status != 200 and not isinstance(answer, Fault):
            raise ConversionError(f"HTTP {reply.status} with a reply that is no fault")
        return answer, correlation

    def _read(self, action: str, body: bytes, correlation: str) -> Converted | Fault:
        content = read_reply(body, self._system.namespace, action, correlation)
        return content if isinstance(content, Fault) else self._replies[action].convert(content)

    def _expired(self, reply: Converted | Fault) -> bool:
        return isinstance(reply, Fault) and reply.code == self._system.authentication.expired_fault

    def _answer(self, action: str, reply: Converted | Fault, correlation: str) -> Answer:
        if not isinstance(reply, Fault):
            answer = accepted(reply)
            answer.data["source"] = {"system": self._system.system, "correlation_id": correlation}
            return answer
        if self._expired(reply):
            return Answer("not_sent", note="the session was refused again right after a new login")
        code = {**self._system.faults, **self._system.actions[action].faults}.get(reply.code)
        if code is None:
            return Answer("unknown", note=f"SOAP fault {reply.code[:40]!r}, whose meaning is not known")
        return Answer("refused", code=code, note=f"SOAP fault {reply.code}")

    async def _log_in(self) -> Session:
        """Raises `NotSent`: whatever becomes of a login, the call that needed it has not left."""
        action = self._system.authentication.action
        secrets = {"login": self._login.login, "password": self._login.password.get_secret_value()}
        asked_ms = self._clock.now_ms()
        try:
            reply, _ = await self._exchange(action, secrets, "", None)
            if isinstance(reply, Fault):
                raise NotSent(f"{self._system.system} refused the login with the fault {reply.code[:40]!r}")
        except OutcomeUnknown as error:
            raise NotSent(f"login to {self._system.system}: {error.detail}") from None
        session_id, ttl_s = reply.data["session_id"], reply.data["ttl_s"]
        if not isinstance(session_id, str) or not _SESSION_ID.fullmatch(session_id) or not ttl_s or ttl_s < 1:
            raise NotSent(f"login to {self._system.system} brought no usable session")
        return Session(session_id, asked_ms + ttl_s * 1000)
