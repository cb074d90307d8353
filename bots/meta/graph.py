"""The Graph API: doing a call and saying what its answer means. Errors are told by their numbers, never by words.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar

import msgspec

from bots import multipart
from bots.meta.app import MetaApp
from bots.refusal import platform_words
from core.messages.channels import (
    BadMessage,
    Misconfigured,
    OutcomeUnknown,
    RecipientGone,
    RetryLater,
    SendError,
    Transport,
    WindowClosed,
)

Verdict = Literal["again", "chat waits", "all wait", "gone", "window", "bad", "configuration"]
# (code, subcode); subcode None stands for all that are not named.
Verdicts = Mapping[tuple[int, int | None], Verdict]

# Of every Graph API: 1 and 2 trouble of the service, 4, 17, 32 and 613 rates, 0 and 190 the token, 3 and 10
# permissions, 100 parameters; 100/33 means that the object in the address is not ours.
_COMMON: Final[Verdicts] = {
    (1, None): "again", (2, None): "again", (4, None): "all wait", (17, None): "all wait", (32, None): "all wait",
    (613, None): "all wait", (0, None): "configuration", (190, None): "configuration", (3, None): "configuration",
    (10, None): "configuration", (100, 33): "configuration", (100, None): "bad", (368, None): "configuration",
}  # fmt: skip
_PERMISSIONS: Final = range(200, 300)
_RATE_WAIT_S: Final = 60.0
# WhatsApp takes about one message in six seconds for each person.
_CHAT_WAIT_S: Final = 6.0
_JSON: Final = "application/json"

_Shape = TypeVar("_Shape")


class GraphError(msgspec.Struct):
    message: str = ""
    code: int = -1
    error_subcode: int | None = None
    is_transient: bool = False


class Refusal(msgspec.Struct):
    error: GraphError


_encoder: Final = msgspec.json.Encoder()
_refusals: Final = msgspec.json.Decoder(Refusal)


class Graph:
    """Calls under one access token. `verdicts`: what the errors of this product mean, before those of every API."""

    def __init__(self, app: MetaApp, token: str, transport: Transport, verdicts: Verdicts) -> None:
        self._base = app.graph_url.rstrip("/") + "/"
        proof = hmac.digest(app.secret.encode(), token.encode(), "sha256").hex()
        # Meta can be told to take no call without it: a stolen token alone then opens nothing.
        self._proof = f"appsecret_proof={proof}"
        self._authorization = f"Bearer {token}"
        self._transport = transport
        self._verdicts = {**_COMMON, **verdicts}

    async def ask(self, path: str, payload: Mapping[str, Any], shape: msgspec.json.Decoder[_Shape]) -> _Shape:
        """The answer to a JSON call. Raises the `SendError` that a refusal means."""
        return await self._post(path, _encoder.encode(payload), _JSON, shape)

    async def upload(
        self, path: str, fields: Mapping[str, Any], field: str, file: bytes, file_name: str,
        shape: msgspec.json.Decoder[_Shape],
    ) -> _Shape:  # fmt: skip
        """The answer to a form with a file. What nobody sees yet may be uploaded again, so no outcome is unknown."""
        body, kind = multipart.encode(fields, field, file, file_name)
        try:
            return await self._post(path, body, kind, shape)
        except OutcomeUnknown as error:
            raise RetryLater(error.detail) from None

    async def _post(self, path: str, body: bytes, kind: str, shape: msgspec.json.Decoder[_Shape]) -> _Shape:
        method = path.partition("?")[0].rpartition("/")[2]
        url = f"{self._base}{path}{'&' if '?' in path else '?'}{self._proof}"
        headers = {"Content-Type": kind, "Authorization": self._authorization}
        status, reply = await self._transport.post(url, body, headers)
        return understand(method, status, reply, shape, self._verdicts)


def understand(
    method: str, status: int, reply: bytes, shape: msgspec.json.Decoder[_Shape], verdicts: Verdicts
) -> _Shape:
    """The decoded answer. Raises the `SendError` that it means."""
    try:
        error = _refusals.decode(reply).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if not 200 <= status < 300:
            raise _foreign(method, status) from None
    else:
        raise _refusal(method, status, error, verdicts)
    try:
        return shape.decode(reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise OutcomeUnknown(f"{method}: HTTP {status} with a body that is not Meta's") from None


def _foreign(method: str, status: int) -> SendError:
    """A proxy answered in Meta's place: its word counts for the bot and the message, never for the recipient."""
    detail = f"{method}: HTTP {status} with a body that is not Meta's"
    if status == 429:
        return RetryLater(detail, after_s=_RATE_WAIT_S, scope="channel")
    if status >= 500:
        return RetryLater(detail)
    if status in (400, 413):
        return BadMessage(detail)
    return Misconfigured(f"{detail}; check META__GRAPH_URL")


def _refusal(method: str, status: int, error: GraphError, verdicts: Verdicts) -> SendError:
    subcode = "" if error.error_subcode is None else f"/{error.error_subcode}"
    detail = f"{method}: {error.code}{subcode} {platform_words(error.message)}"
    match _verdict(status, error, verdicts):
        case "again":
            return RetryLater(detail)
        case "chat waits":
            return RetryLater(detail, after_s=_CHAT_WAIT_S)
        case "all wait":
            return RetryLater(detail, after_s=_RATE_WAIT_S, scope="channel")
        case "gone":
            return RecipientGone(detail)
        case "window":
            return WindowClosed(detail)
        case "configuration":
            return Misconfigured(detail)
        case _:
            return BadMessage(detail)


def _verdict(status: int, error: GraphError, verdicts: Verdicts) -> Verdict:
    """The named meaning; for a number that nobody knows yet, what Meta says of it and what the HTTP status means."""
    known = verdicts.get((error.code, error.error_subcode)) or verdicts.get((error.code, None))
    if known is not None and not (known == "bad" and error.is_transient):
        return known
    if error.code in _PERMISSIONS:
        return "configuration"
    if error.is_transient or status >= 500:
        return "again"
    if status == 429:
        return "all wait"
    return "configuration" if status in (401, 403, 404) else "bad"
