"""The token endpoint of the realm `teller`, with the URLs, fields and errors of Keycloak."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.bank.bank import Bank
from simulators.bank.credentials import Client
from simulators.bank.errors import BodyRefused, TokenRefusal
from simulators.bank.faults import Fault
from simulators.bank.http_body import read_body
from simulators.bank.keys import REALM_PATH, TOKEN_TTL_S
from simulators.bank.misbehaviour import Call, perform
from simulators.bank.rest_system import json_response

_SYSTEM: Final = "KEYCLOAK"
_CONNECT: Final = f"{REALM_PATH}/protocol/openid-connect"
# Scopes that every OpenID client library adds; they change nothing for client credentials.
_HARMLESS_SCOPES: Final = frozenset({"openid", "profile", "email"})


class TokenEndpoint:
    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def routes(self) -> list[Route]:
        return [
            Route(f"{REALM_PATH}/.well-known/openid-configuration", self._configuration, methods=["GET"]),
            Route(f"{_CONNECT}/certs", self._certs, methods=["GET"]),
            Route(f"{_CONNECT}/token", self._token, methods=["POST"]),
        ]

    async def _configuration(self, request: Request) -> Response:
        realm = _realm(request)
        document = {
            "issuer": realm,
            "token_endpoint": f"{realm}/protocol/openid-connect/token",
            "jwks_uri": f"{realm}/protocol/openid-connect/certs",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return json_response(200, document)

    async def _certs(self, _: Request) -> Response:
        self._bank.calls.arrived(_SYSTEM, "Certs")

        async def work(_: Fault | None) -> Response:
            return json_response(200, self._bank.keys.jwks())

        return await perform(self._bank, _call("Certs", work))

    async def _token(self, request: Request) -> Response:
        self._bank.calls.arrived(_SYSTEM, "Token")
        try:
            form = _form(await read_body(request, "application/x-www-form-urlencoded"))
            client_id, client = self._client(request, form)
            audiences = _audiences(form, client)
        except BodyRefused as refusal:
            return _refusal(TokenRefusal(refusal.status, "invalid_request", refusal.text))
        except TokenRefusal as refusal:
            return _refusal(refusal)
        self._bank.calls.understood(_SYSTEM, "Token", form)
        issuer, scope = _realm(request), form["scope"]

        async def work(_: Fault | None) -> Response:
            return _token_response(self._bank.keys.issue(issuer, client_id, audiences, scope), scope)

        return await perform(self._bank, _call("Token", work))

    def _client(self, request: Request, form: Mapping[str, str]) -> tuple[str, Client]:
        client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        client = self._bank.credentials.clients.get(client_id)
        if client is None:
            raise TokenRefusal(401, "invalid_client", "Invalid client or Invalid client credentials")
        if not hmac.compare_digest(secret.encode(), client.secret.encode()):
            raise TokenRefusal(401, "unauthorized_client", "Invalid client or Invalid client credentials")
        return client_id, client


def _call(operation: str, work: Callable[[Fault | None], Awaitable[Response]]) -> Call:
    return Call(
        system=_SYSTEM, operation=operation, reference=None, correlation="", work=work,
        refuse=lambda code: _refusal(TokenRefusal(400, code, "refused by the bank")),
    )  # fmt: skip


def _realm(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{REALM_PATH}"


def _form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except ValueError:
        raise TokenRefusal(400, "invalid_request", "Malformed form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise TokenRefusal(400, "invalid_request", "duplicated parameter")
    if "grant_type" not in form:
        raise TokenRefusal(400, "invalid_request", "Missing form parameter: grant_type")
    if form["grant_type"] != "client_credentials":
        raise TokenRefusal(400, "unsupported_grant_type", "Unsupported grant_type")
    return form


def _basic(request: Request) -> tuple[str, str] | None:
    """Client id and secret of the header, each form-encoded as RFC 6749 section 2.3.1 asks; None without the header."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    try:
        text = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        text = ""
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _audiences(form: Mapping[str, str], client: Client) -> list[str]:
    asked = form.get("scope", "").split()
    audiences = [scope for scope in dict.fromkeys(asked) if scope not in _HARMLESS_SCOPES]
    if not audiences or any(scope not in client.audiences for scope in audiences):
        raise TokenRefusal(400, "invalid_scope", f"Invalid scopes: {' '.join(asked)[:200]}")
    return audiences


def _token_response(token: str, scope: str) -> Response:
    document = {
        "access_token": token,
        "expires_in": TOKEN_TTL_S,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": scope,
    }
    response = json_response(200, document)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refusal(refusal: TokenRefusal) -> Response:
    return json_response(refusal.status, {"error": refusal.code, "error_description": refusal.text})
