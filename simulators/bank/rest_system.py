"""One REST system: bearer check, strict JSON forms, faults, errors in the bank's own shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.bank.bank import Bank
from simulators.bank.errors import BankError, BodyRefused, RestRefusal, refused_by_dial
from simulators.bank.faults import Fault
from simulators.bank.http_body import read_body
from simulators.bank.misbehaviour import Call, perform

# Forms of fields. `\Z` and not `$`, which would let a line feed pass.
ID: Final = r"\A[!-~]{1,64}\Z"
PHONE: Final = r"\A\+[1-9][0-9]{7,14}\Z"
REFERENCE: Final = r"\A[A-Z0-9]{20}\Z"


class Answer(Struct, frozen=True):
    status: int
    document: dict[str, Any]


Form = TypeVar("Form", bound=Struct)
Work = Callable[[Bank, Form, Fault | None], Awaitable[Answer]]


def json_response(status: int, document: Any) -> Response:
    return Response(msgspec.json.encode(document), status, media_type="application/json")


def refusal_response(refusal: BankError) -> Response:
    """`{"error": {"code", "message"}}` with the refusal's status."""
    status = refusal.status if isinstance(refusal, RestRefusal | BodyRefused) else 500
    response = json_response(status, {"error": {"code": refusal.code, "message": refusal.text}})
    if isinstance(refusal, RestRefusal) and refusal.retry_after_s is not None:
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def read_form(request: Request, form: type[Form]) -> Form:
    """The JSON body of a POST or the query of another method, with the path's parameters, as exactly this form.

    Raises `RestRefusal` 400 for unknown, missing, repeated or mistyped fields, `BodyRefused` for the body as a whole.
    """
    values: dict[str, Any] = dict(request.query_params)
    if len(values) != len(request.query_params.multi_items()) or (values and request.method == "POST"):
        raise RestRefusal(400, "bad_request", "unexpected or repeated query parameters")
    if request.method == "POST":
        values = _json_object(await read_body(request, "application/json"))
    if values.keys() & request.path_params.keys():
        raise RestRefusal(400, "bad_request", "a field of the path is repeated in the body")
    try:
        return msgspec.convert(values | request.path_params, form)
    except msgspec.ValidationError as error:
        raise RestRefusal(400, "bad_request", str(error)) from None


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RestRefusal(400, "bad_request", "the body must be one JSON object in UTF-8") from None


class RestSystem:
    """Makes the routes of one system; every route checks a bearer of the system's audience."""

    def __init__(self, bank: Bank, name: str, audience: str) -> None:
        self._bank = bank
        self._name = name
        self._audience = audience

    def route(self, method: str, path: str, operation: str, form: type[Form], work: Work[Form]) -> Route:
        async def endpoint(request: Request) -> Response:
            self._bank.calls.arrived(self._name, operation)
            try:
                self._check_bearer(request)
                fields = await read_form(request, form)
            except (RestRefusal, BodyRefused) as refusal:
                return refusal_response(refusal)
            self._bank.calls.understood(self._name, operation, msgspec.to_builtins(fields))
            return await perform(self._bank, self._call(operation, fields, work))

        return Route(path, endpoint, methods=[method])

    def _check_bearer(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise RestRefusal(401, "token_rejected", "a bearer token is required")
        self._bank.keys.check(token, self._audience)

    def _call(self, operation: str, fields: Form, work: Work[Form]) -> Call:
        reference: str | None = getattr(fields, "reference", None)

        async def answered(fault: Fault | None) -> Response:
            try:
                answer = await work(self._bank, fields, fault)
            except RestRefusal as refusal:
                return refusal_response(refusal)
            return json_response(answer.status, answer.document)

        def refuse(code: str) -> Response:
            return refusal_response(refused_by_dial(code))

        return Call(
            system=self._name, operation=operation, reference=reference, correlation=reference or "", work=answered,
            refuse=refuse,
        )  # fmt: skip
