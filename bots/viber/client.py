"""Viber: doing a rendered call and saying what its answer means. HTTP is always 200; the verdict is in `status`.

Source: https://developers.viber.com/docs/api/rest-bot-api/#error-codes
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from bots.refusal import platform_words
from bots.viber.abilities import JSON_BYTES_MAX
from bots.viber.outbound import for_older_clients
from core.messages.channels import (
    BadMessage,
    Misconfigured,
    OutcomeUnknown,
    RecipientGone,
    RetryLater,
    SendError,
    Transport,
    WireCall,
)

_EVENT_TYPES: Final = ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"]
_OK: Final = 0
_TOO_MANY_REQUESTS: Final = 12
_API_VERSION_NOT_SUPPORTED: Final = 13
# 5 notRegistered, 6 notSubscribed, 11 noSuitableDevice, 13 apiVersionNotSupported, 21 unsupportedCountry.
_GONE: Final = frozenset((5, 6, 11, _API_VERSION_NOT_SUPPORTED, 21))
# 3 badData, 4 missingData, 14 incompatibleWithVersion, 16 inchatReplyMessageNotAllowed, 17 publicAccountIsNotInline,
# 19 cannotSendBroadcast, 20 broadcastNotAllowed, 22 paymentUnsupported.
_BAD: Final = frozenset((3, 4, 14, 16, 17, 19, 20, 22))
# 1 invalidUrl, 2 invalidAuthToken, 7 blocked, 8 notFound, 9 suspended, 10 webhookNotSet, 15 unauthorized,
# 23 freeMessagesExceeded, 24 noBalance.
_MISCONFIGURED: Final = frozenset((1, 2, 7, 8, 9, 10, 15, 23, 24))
# 100 messages an hour go to a person who does not reply; sooner than in a minute nothing changes.
_TOO_MANY_WAIT_S: Final = 60.0


class Answer(msgspec.Struct):
    status: int
    status_message: str = ""
    message_token: int | str = ""


_encoder: Final = msgspec.json.Encoder()
_answers: Final = msgspec.json.Decoder(Answer)


class ViberClient:
    def __init__(self, api_url: str, token: str, transport: Transport) -> None:
        self._base = api_url.rstrip("/") + "/"
        self._headers = {"Content-Type": "application/json", "X-Viber-Auth-Token": token}
        self._transport = transport

    async def deliver(self, call: WireCall) -> str:
        """The `message_token`. A client that is too old gets the message once more without its newest buttons, which is
        safe: the first one was refused. Raises a `SendError`."""
        try:
            return await self._ask(call.method, call.payload)
        except RecipientGone as error:
            older = for_older_clients(call.payload)
            if older is None or error.context.get("status") != _API_VERSION_NOT_SUPPORTED:
                raise
        return await self._ask(call.method, older)

    async def register(self, webhook_url: str) -> None:
        """Check the token and set the webhook. Viber calls the webhook while it is being set. Raises a `SendError`."""
        await self._ask("get_account_info", {})
        payload = {"url": webhook_url, "event_types": _EVENT_TYPES, "send_name": True, "send_photo": False}
        await self._ask("set_webhook", payload)

    async def _ask(self, method: str, payload: dict[str, Any]) -> str:
        body = _encoder.encode(payload)
        if len(body) > JSON_BYTES_MAX:
            raise BadMessage(f"{method}: the JSON has {len(body)} bytes, at most {JSON_BYTES_MAX} are taken")
        http_status, reply = await self._transport.post(self._base + method, body, self._headers)
        return understand(method, http_status, reply)


def understand(method: str, http_status: int, reply: bytes) -> str:
    """The `message_token` of an answer, "" if it has none. Raises the `SendError` that the answer means."""
    if http_status != 200:
        raise _http_refusal(method, http_status)
    try:
        answer = _answers.decode(reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise OutcomeUnknown(f"{method}: HTTP 200 with a body that is not Viber's") from None
    if answer.status == _OK:
        return str(answer.message_token)
    raise _refusal(f"{method}: status {answer.status} {platform_words(answer.status_message)}", answer.status)


def _http_refusal(method: str, http_status: int) -> SendError:
    detail = f"{method}: HTTP {http_status}"
    if http_status == 429:
        return RetryLater(detail, after_s=_TOO_MANY_WAIT_S, scope="channel")
    if http_status >= 500:
        return RetryLater(detail)
    if http_status < 300:
        return OutcomeUnknown(detail)
    return BadMessage(detail) if http_status in (400, 413) else Misconfigured(detail)


def _refusal(detail: str, status: int) -> SendError:
    """A status that nobody knows yet is tried again, as the platform may have meant it so."""
    if status in _GONE:
        return RecipientGone(detail, status=status)
    if status in _BAD:
        return BadMessage(detail)
    if status in _MISCONFIGURED:
        return Misconfigured(detail)
    return RetryLater(detail, after_s=_TOO_MANY_WAIT_S if status == _TOO_MANY_REQUESTS else 0.0)
