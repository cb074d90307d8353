"""One SOAP system: its actions, its sessions, its faults."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import asyncpg
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulators.bank.bank import Bank
from simulators.bank.errors import BodyRefused, SoapRefusal
from simulators.bank.faults import Fault
from simulators.bank.http_body import read_body
from simulators.bank.misbehaviour import Call, perform
from simulators.bank.sessions import SESSION_TTL_S
from simulators.bank.soap import Node, SoapRequest, correlation_of, leaves, read_request, write_fault, write_reply

Work = Callable[[Bank, Mapping[str, str]], Awaitable[Sequence[Node]]]

ID: Final = re.compile(r"[!-~]{1,64}")
PHONE: Final = re.compile(r"\+[1-9][0-9]{7,14}")
DATE: Final = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}")
_WORD: Final = re.compile(r"[^\x00-\x1f]{1,128}")


class Action(Struct, frozen=True):
    """`fields`: the request's elements in order, with the form that each must have."""

    fields: Mapping[str, re.Pattern[str]]
    work: Work
    encoding: str = "utf-8"


class SoapSystem:
    """`endpoint` serves every action, Login among them. Raises nothing: what is wrong leaves as a SOAP fault."""

    def __init__(self, bank: Bank, name: str, namespace: str, actions: Mapping[str, Action]) -> None:
        self._bank = bank
        self._name = name
        self._namespace = namespace
        self._actions = {"Login": Action({"Login": _WORD, "Password": _WORD}, self._login), **actions}

    async def endpoint(self, request: Request) -> Response:
        try:
            raw = await read_body(request, "text/xml")
        except BodyRefused as refusal:
            return PlainTextResponse(refusal.text, refusal.status)
        try:
            soap_request = read_request(raw, self._namespace, request.headers.get("soapaction", ""))
            call = self._understood(soap_request)
        except SoapRefusal as refusal:
            return self._fault(correlation_of(raw, self._namespace), refusal)
        return await perform(self._bank, call)

    def _understood(self, request: SoapRequest) -> Call:
        action = self._actions.get(request.action)
        if action is None:
            raise SoapRefusal("BAD_REQUEST", f"{self._name} has no action {request.action}")
        self._bank.calls.arrived(self._name, request.action)
        if request.action != "Login":
            self._bank.sessions[self._name].check(request.session_id)
        fields = self._fields(action, request)
        self._bank.calls.understood(self._name, request.action, fields)

        async def work(_: Fault | None) -> Response:
            try:
                nodes = await action.work(self._bank, fields)
            except SoapRefusal as refusal:
                return self._fault(request.correlation, refusal)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                return self._fault(request.correlation, SoapRefusal("TECH", "the bank has a technical problem"))
            body = write_reply(self._namespace, request.action, request.correlation, nodes, action.encoding)
            return _xml(body, 200, action.encoding)

        return Call(
            system=self._name, operation=request.action, reference=None, correlation=request.correlation, work=work,
            refuse=lambda code: self._fault(request.correlation, SoapRefusal(code, "refused by the bank")),
        )  # fmt: skip

    def _fields(self, action: Action, request: SoapRequest) -> dict[str, str]:
        fields = leaves(request.content, self._namespace, tuple(action.fields))
        for name, form in action.fields.items():
            if not form.fullmatch(fields[name]):
                raise SoapRefusal("BAD_REQUEST", f"{name} has the wrong form")
        return fields

    def _fault(self, correlation: str, refusal: SoapRefusal) -> Response:
        return _xml(write_fault(self._namespace, correlation, refusal.code, refusal.text), 500, "utf-8")

    async def _login(self, bank: Bank, fields: Mapping[str, str]) -> Sequence[Node]:
        session_id = bank.sessions[self._name].open(fields["Login"], fields["Password"])
        return [Node("SessionId", session_id), Node("Ttl", str(SESSION_TTL_S))]


def _xml(body: bytes, status: int, encoding: str) -> Response:
    return Response(body, status, media_type=f"text/xml; charset={encoding}")
