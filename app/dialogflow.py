"""Dialogflow CX as an understanding outside: REST, a signed token of a service account, nothing of Google's installed.

`detectIntent` of the v3 API. Each question is a session of its own, so that none says who asked and none goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import jwt
import msgspec

from core.dialog.understanding.nlu import NluUnavailable, Ranked
from core.kernel.clock import Clock
from core.kernel.errors import ConfigurationError, TellerError
from core.kernel.ids import random_id

AGENT: Final = re.compile(r"projects/[a-z0-9:.\-]{1,64}/locations/([a-z0-9\-]{1,32})/agents/[0-9a-f\-]{1,64}")
_TOKEN_LASTS_S: Final = 3600
_RENEWED_S: Final = 300  # Before it ends.
_AUDIENCE: Final = "https://dialogflow.googleapis.com/"
_INTENT: Final = "INTENT"
_LONGEST: Final = 256  # What the service takes of a text.


class Transport(Protocol):
    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]: ...


class _Intent(msgspec.Struct):
    display_name: str = msgspec.field(name="displayName", default="")


class _Match(msgspec.Struct):
    intent: _Intent | None = None
    confidence: float = 0.0
    match_type: str = msgspec.field(name="matchType", default="")


class _QueryResult(msgspec.Struct):
    match: _Match


class _Answer(msgspec.Struct):
    query_result: _QueryResult = msgspec.field(name="queryResult")


_answer = msgspec.json.Decoder(_Answer).decode


class ServiceAccount:
    """A Google service account by its key file; its signed tokens are accepted as they are (AIP-4111)."""

    def __init__(self, key_file: Path, clock: Clock) -> None:
        """Raises ConfigurationError when the file is none of a service account."""
        self._clock = clock
        try:
            key = json.loads(key_file.read_text(encoding="utf-8"))
            self._email, self._key_id, self._key = key["client_email"], key["private_key_id"], key["private_key"]
            self._token, self._ends_s = self._signed()
        except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            raise ConfigurationError(
                f"TELLER_DIALOGFLOW__KEY_FILE is not the key of a service account ({type(error).__name__})"
            ) from None

    def token(self) -> str:
        if self._clock.now_ms() / 1000 > self._ends_s - _RENEWED_S:
            self._token, self._ends_s = self._signed()
        return self._token

    def _signed(self) -> tuple[str, int]:
        now_s = self._clock.now_ms() // 1000
        claims = {"iss": self._email, "sub": self._email, "aud": _AUDIENCE, "iat": now_s, "exp": now_s + _TOKEN_LASTS_S}
        signed = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})
        return signed, now_s + _TOKEN_LASTS_S


class DialogflowCx:
    """A `RemoteNlu`. `languages`: the code to ask in instead of a language that the agent does not speak."""

    def __init__(
        self, transport: Transport, account: ServiceAccount, agent: str, *, api_url: str = "",
        languages: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """`agent`: `projects/P/locations/L/agents/A`; the address follows from L. Raises ConfigurationError."""
        named = AGENT.fullmatch(agent)
        if named is None:
            raise ConfigurationError("TELLER_DIALOGFLOW__AGENT must be projects/P/locations/L/agents/A")
        host = "dialogflow.googleapis.com" if named[1] == "global" else f"{named[1]}-dialogflow.googleapis.com"
        self._root = f"{api_url.rstrip('/') or f'https://{host}'}/v3/{agent}/sessions"
        self._transport = transport
        self._account = account
        self._languages = languages or {}

    async def rank(self, text: str, lang: str, allowed: Collection[str]) -> Sequence[Ranked]:
        """At most one intent, and only an allowed one. Raises `NluUnavailable`."""
        query = {"text": {"text": text[:_LONGEST]}, "languageCode": self._languages.get(lang, lang)}
        headers = {"Authorization": f"Bearer {self._account.token()}", "Content-Type": "application/json"}
        url = f"{self._root}/{random_id('ask')}:detectIntent"
        try:
            status, body = await self._transport.post(url, msgspec.json.encode({"queryInput": query}), headers)
        except TellerError as error:
            raise NluUnavailable(f"Dialogflow cannot be reached ({error.code})") from None
        if status != 200:
            raise NluUnavailable(f"Dialogflow answered {status}", status=status)
        try:
            match = _answer(body).query_result.match
        except msgspec.MsgspecError:
            raise NluUnavailable("Dialogflow's answer cannot be read") from None
        name = match.intent.display_name if match.intent is not None else ""
        if match.match_type != _INTENT or name not in allowed:
            return ()
        return (Ranked(name, min(max(match.confidence, 0.0), 1.0)),)
