"""A bank that follows a script: as strict about requests as the real one, and as bad at answering as a test wants."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from lxml import etree

from tests.bank_api.http_server import HttpServer, Request, Response, json_response

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACES = {"PASSPORT": "urn:demo-bank:passport:v1", "CORE": "urn:demo-bank:core:v2"}
LOGINS = {"PASSPORT": ("teller-p", "Pa55-port & <key>"), "CORE": ("teller-c", "C0re-secret")}
CLIENT = ("teller-app", "cl1ent-s3cret")
AUDIENCES = {"access": "bank-access", "cards": "bank-cards", "transfers": "bank-transfers"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What a test puts in place of an answer: gets the request and the answer the bank would give.
Twist = Callable[[Request, Response], Response]


class ScriptedBank:
    """`calls` counts by system and action, refused ones too. `sent` holds the last request of each.

    `answers[system, action]` is the content of a SOAP reply, or the status and document of a REST reply.
    `twists[system, action]` are used up one a call.
    """

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.sent: dict[tuple[str, str], Request] = {}
        self.soap_answers: dict[tuple[str, str], str] = {}
        self.rest_answers: dict[tuple[str, str], Response] = {}
        self.twists: defaultdict[tuple[str, str], list[Twist]] = defaultdict(list)
        self.sessions: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.token_life_s = 300
        self.before_login: Callable[[], Awaitable[None]] | None = None
        self.server = HttpServer(self._serve)

    def twist(self, system: str, action: str, *twists: Twist) -> None:
        self.twists[system, action] += twists

    async def _serve(self, request: Request) -> Response:
        if request.path == "/realms/teller/protocol/openid-connect/token":
            answer, key = self._token(request), ("TOKEN", "token")
        elif request.path.startswith("/soap/"):
            answer, key = await self._soap(request)
        else:
            answer, key = self._rest(request)
        self.calls[key] += 1
        self.sent[key] = request
        return self.twists[key].pop(0)(request, answer) if self.twists[key] else answer

    def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        assert request.method == "POST"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        if (form.pop("client_id"), form.pop("client_secret")) != CLIENT:
            return json_response(401, {"error": "unauthorized_client", "error_description": "Invalid credentials"})
        audience = form.pop("scope")
        assert form == {"grant_type": "client_credentials"}
        assert audience in AUDIENCES.values()
        self.tokens[audience] = f"header.{audience}.signature-{self.calls['TOKEN', 'token']}"
        document = {
            "access_token": self.tokens[audience],
            "expires_in": self.token_life_s,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": audience,
        }
        return json_response(200, document)

    async def _soap(self, request: Request) -> tuple[Response, tuple[str, str]]:
        system = request.path.removeprefix("/soap/").upper()
        namespace = NAMESPACES[system]
        action = request.headers["soapaction"].strip('"').removeprefix(f"{namespace}/")
        assert request.headers["soapaction"] == f'"{namespace}/{action}"'
        assert request.headers["content-type"].startswith("text/xml")
        envelope = etree.fromstring(request.body)
        [auth] = envelope.findall(f"{{{ENVELOPE}}}Header/{{{namespace}}}Auth")
        [content] = envelope.findall(f"{{{ENVELOPE}}}Body/{{{namespace}}}{action}")
        fields = {etree.QName(child).localname: child.text or "" for child in content}
        correlation = auth[-1].text or ""
        assert auth[-1].tag == f"{{{namespace}}}Corr"
        assert UUID.fullmatch(correlation)
        if action == "Login":
            return await self._login(system, fields, correlation), (system, action)
        assert [child.tag for child in auth] == [f"{{{namespace}}}SessionId", f"{{{namespace}}}Corr"]
        if auth[0].text != self.sessions.get(system):
            return soap_fault(system, "SESSION_EXPIRED", correlation), (system, action)
        return soap_reply(system, action, self.soap_answers[system, action], correlation), (system, action)

    async def _login(self, system: str, fields: dict[str, str], correlation: str) -> Response:
        assert list(fields) == ["Login", "Password"]
        if self.before_login is not None:
            await self.before_login()
        if tuple(fields.values()) != LOGINS[system]:
            return soap_fault(system, "AUTH_FAILED", correlation)
        self.sessions[system] = f"S-{system}-{self.calls[system, 'Login']}"
        content = f"<n:SessionId>{self.sessions[system]}</n:SessionId><n:Ttl>900</n:Ttl>"
        return soap_reply(system, "Login", content, correlation)

    def _rest(self, request: Request) -> tuple[Response, tuple[str, str]]:
        _, _, system, *rest = request.path.split("/")
        key = (system.upper(), f"{request.method} /{'/'.join(rest)}")
        if request.headers.get("authorization") != f"Bearer {self.tokens.get(AUDIENCES[system])}":
            return rest_error(401, "token_rejected"), key
        return self.rest_answers[key], key


def soap_reply(system: str, action: str, content: str, correlation: str, encoding: str = "utf-8") -> Response:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns:n="{NAMESPACES[system]}">'
        f'<e:Header><n:Reply code="0" corr="{correlation}"/></e:Header>'
        f"<e:Body><n:{action}Response>{content}</n:{action}Response></e:Body></e:Envelope>"
    )
    return Response(200, text.encode(encoding))


def soap_fault(system: str, code: str, correlation: str) -> Response:
    text = (
        f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns:n="{NAMESPACES[system]}">'
        f'<e:Header><n:Reply code="{code}" corr="{correlation}"/></e:Header>'
        f"<e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>no</faultstring>"
        f'<detail><n:Error code="{code}"/></detail></e:Fault></e:Body></e:Envelope>'
    )
    return Response(500, text.encode())


def rest_error(status: int, code: str) -> Response:
    return json_response(status, {"error": {"code": code, "message": "text of the bank"}})


def correlation_of(request: Request) -> str:
    [auth] = etree.fromstring(request.body).findall(f"{{{ENVELOPE}}}Header/*")
    return auth[-1].text or ""


def fault(system: str, code: str) -> Twist:
    """The SOAP system answers this call with a fault."""
    return lambda request, _: soap_fault(system, code, correlation_of(request))


def instead(response: Response) -> Twist:
    return lambda _request, _answer: response
