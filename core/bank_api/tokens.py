"""Bearer tokens by the client credentials grant (RFC 6749 §4.4) of an OpenID provider such as Keycloak."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from urllib.parse import urlencode

import msgspec

from core.bank_api.errors import NotSent, OutcomeUnknown
from core.bank_api.settings import BankSettings
from core.bank_api.single_flight import SingleFlight
from core.bank_api.transport import Outgoing, Transport
from core.kernel.clock import Clock

# A failed renewal of a token that still lives is not tried again for this long.
_PAUSE_MS: Final = 5_000
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]{1,16384}=*")  # The b64token of RFC 6750 §2.1.


class _TokenReply(msgspec.Struct):
    access_token: str
    expires_in: int
    token_type: str


@dataclass(frozen=True, slots=True)
class Token:
    """`renew_ms`: when 80 % of its life are over. The bearer is in no repr."""

    header: str = field(repr=False)
    renew_ms: int
    ends_ms: int


class TokenProvider:
    """Tokens of one client, by audience. All callers that need the same one share one request for it."""

    def __init__(self, settings: BankSettings, transport: Transport, clock: Clock, read_s: float = 5.0) -> None:
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._read_s = read_s
        self._tokens: dict[str, Token] = {}
        self._pause_until_ms: dict[str, int] = {}
        self._flights: defaultdict[str, SingleFlight[Token]] = defaultdict(SingleFlight)

    async def current(self, audience: str) -> Token:
        """A token that has not expired. At 80 % of its life a new one is fetched, and while the endpoint does not
        give one the old one serves on. Raises `NotSent` when there is none."""
        token, now_ms = self._tokens.get(audience), self._clock.now_ms()
        if token is None or now_ms >= token.ends_ms:
            return await self._renewed(audience)
        if now_ms < max(token.renew_ms, self._pause_until_ms.get(audience, 0)):
            return token
        try:
            return await self._renewed(audience)
        except NotSent:
            self._pause_until_ms[audience] = now_ms + _PAUSE_MS
            return token

    async def after_refusal_of(self, audience: str, refused: Token) -> Token:
        """A token that is not the refused one. Raises `NotSent` when there is none."""
        token = self._tokens.get(audience)
        if token is not None and token is not refused:
            return token
        self._tokens.pop(audience, None)
        return await self._renewed(audience)

    async def aclose(self) -> None:
        for flight in self._flights.values():
            await flight.aclose()

    async def _renewed(self, audience: str) -> Token:
        return await self._flights[audience].run(partial(self._fetch, audience))

    async def _fetch(self, audience: str) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "scope": audience,
        }
        request = Outgoing(
            "POST",
            self._settings.token_url,
            read_s=self._read_s,
            connect_s=self._settings.connect_timeout_s,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            content=urlencode(form).encode(),
        )
        asked_ms = self._clock.now_ms()
        try:
            reply = await self._transport.send(request)
        except OutcomeUnknown as error:
            raise NotSent(f"no token for {audience}: {error.detail}") from None
        if reply.status != 200:
            raise NotSent(f"no token for {audience}: HTTP {reply.status} from the token endpoint")
        self._tokens[audience] = _token(reply.body, audience, asked_ms)
        return self._tokens[audience]


def _token(body: bytes, audience: str, asked_ms: int) -> Token:
    try:
        read = msgspec.json.decode(body, type=_TokenReply)
    except (msgspec.DecodeError, UnicodeError):
        raise NotSent(f"no token for {audience}: the endpoint's reply is not one of OpenID") from None
    usable = _TOKEN.fullmatch(read.access_token) and read.token_type.lower() == "bearer" and read.expires_in > 0
    if not usable:
        raise NotSent(f"no token for {audience}: the endpoint's token is not usable as a bearer")
    life_ms = read.expires_in * 1000
    return Token(f"Bearer {read.access_token}", asked_ms + life_ms * 8 // 10, asked_ms + life_ms)
