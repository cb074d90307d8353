"""Calls one REST system: bearer, JSON by its YAML, errors by their meaning, and what must come back as it went."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from core.bank_api.answer import Answer, accepted
from core.bank_api.contracts import CallContext
from core.bank_api.converters.json_reply import JsonReplyMapping, parse_json
from core.bank_api.converters.json_request import JsonRequestTemplate
from core.bank_api.errors import ConversionError, NotSent, OutcomeUnknown, UnwritableValue
from core.bank_api.systems.model import RestAction, RestSystem
from core.bank_api.tokens import TokenProvider
from core.bank_api.transport import HttpReply, Outgoing, Transport

_KEY: Final = re.compile(r"[A-Za-z0-9_\-]{8,64}")
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")


class _Action:
    """One action with its templates compiled."""

    def __init__(self, action: RestAction) -> None:
        self.described = action
        self.query = JsonRequestTemplate(action.query)
        self.body = JsonRequestTemplate(action.body)
        self.echo = JsonRequestTemplate(action.echo)
        self.reply = JsonReplyMapping(action.reply)


class RestConnector:
    """`base`: a request to the system without content."""

    def __init__(self, system: RestSystem, base: Outgoing, transport: Transport, tokens: TokenProvider) -> None:
        self._system = system
        self._base = base
        self._transport = transport
        self._tokens = tokens
        self._actions = {name: _Action(action) for name, action in system.actions.items()}

    async def call(self, action: str, arguments: Mapping[str, Any], context: CallContext) -> Answer:
        """One attempt. A token that the bank refuses, which it checks first, is renewed and the call repeated once.

        Raises only `UnwritableValue`, before anything is sent.
        """
        request = self._request(self._actions[action], arguments, context)
        audience = self._system.authentication.audience
        try:
            token = await self._tokens.current(audience)
            reply = await self._transport.send(request.with_header("Authorization", token.header))
            if self._token_refused(reply):
                token = await self._tokens.after_refusal_of(audience, token)
                reply = await self._transport.send(request.with_header("Authorization", token.header))
            return self._answer(self._actions[action], reply, arguments)
        except NotSent as error:
            return Answer("not_sent", note=error.detail)
        except OutcomeUnknown as error:
            return Answer("unknown", note=error.detail)

    def _request(self, action: _Action, arguments: Mapping[str, Any], context: CallContext) -> Outgoing:
        headers = {"Accept": "application/json"}
        if context.request_id:
            headers["X-Request-Id"] = context.request_id
        if self._system.idempotency.dedupe_on == "Idempotency-Key" and action.described.method != "GET":
            if not _KEY.fullmatch(context.bank_ref):
                raise UnwritableValue("the bank reference cannot be an Idempotency-Key")
            headers["Idempotency-Key"] = context.bank_ref
        content = b""
        if action.described.body:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(action.body.render(arguments))
        params = {key: str(value) for key, value in action.query.render(arguments).items()}
        path = _PLACE.sub(lambda place: _segment(place[1], arguments), action.described.path)
        return self._base.with_content(action.described.method, path, headers=headers, params=params, content=content)

    def _token_refused(self, reply: HttpReply) -> bool:
        return reply.status == 401 and self._error_code(reply) == self._system.authentication.rejected

    def _error_code(self, reply: HttpReply) -> str:
        try:
            found = parse_json(reply.body)
        except ConversionError:
            return ""
        for step in self._system.error_code.split("/"):
            found = found.get(step) if isinstance(found, dict) else None
        return found[:40] if isinstance(found, str) else ""

    def _answer(self, action: _Action, reply: HttpReply, arguments: Mapping[str, Any]) -> Answer:
        if reply.status in action.described.accepted:
            answer = accepted(action.reply.convert(parse_json(reply.body)))
            _check_echo(answer, action.echo.render(arguments))
            return answer
        if not 400 <= reply.status < 500:
            raise OutcomeUnknown(f"HTTP {reply.status}")
        bank_code = self._error_code(reply)
        if self._token_refused(reply):
            return Answer("not_sent", note="the token was refused again right after a new one")
        code = {**self._system.errors, **action.described.errors}.get(bank_code)
        if code is None:
            return Answer(
                "unknown", note=f"HTTP {reply.status} with the code {bank_code!r}, whose meaning is not known"
            )
        return Answer("refused", code=code, note=f"HTTP {reply.status}, code {bank_code}")


def _segment(name: str, arguments: Mapping[str, Any]) -> str:
    """A value as one segment of a path; dots alone would climb out of it."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value.strip("."):
        raise UnwritableValue(f"the path needs the argument {name}")
    return quote(value, safe="")


def _check_echo(answer: Answer, sent: Mapping[str, Any]) -> None:
    for field, value in sent.items():
        if answer.data.get(field) != value:
            raise OutcomeUnknown(f"the bank's {field} differs from what was sent")
