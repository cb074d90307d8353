"""Telegram: doing a rendered call and saying what its answer means. The token leaves only within the address.

Source: https://core.telegram.org/bots/api#making-requests and #responseparameters
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from bots import multipart
from bots.refusal import platform_words
from bots.telegram.abilities import DOCUMENT_BYTES_MAX, PICTURE_BYTES_MAX
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

_JSON_HEADERS: Final = {"Content-Type": "application/json"}
_RETRY_AFTER_DEFAULT_S: Final = 1.0
_RETRY_AFTER_MAX_S: Final = 3600.0
# Everything that `bots.telegram.inbound` understands; a block is only seen in `my_chat_member`.
_ALLOWED_UPDATES: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
_MAX_CONNECTIONS: Final = 40


class Parameters(msgspec.Struct):
    retry_after: int | float | None = None


class Answer(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    description: str = ""
    error_code: int | None = None
    parameters: Parameters | None = None


class SentMessage(msgspec.Struct):
    message_id: int | str = ""


class BotAccount(msgspec.Struct):
    is_bot: bool


_encoder: Final = msgspec.json.Encoder()
_answers: Final = msgspec.json.Decoder(Answer)
_messages: Final = msgspec.json.Decoder(SentMessage)
_accounts: Final = msgspec.json.Decoder(BotAccount)


class TelegramClient:
    def __init__(self, api_url: str, token: str, transport: Transport) -> None:
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self._transport = transport

    async def deliver(self, call: WireCall, file: bytes) -> str:
        """The message id, "" for calls that make no message. Raises a `SendError`."""
        body, content_type = _body(call, file)
        status, reply = await self._transport.post(self._base + call.method, body, {"Content-Type": content_type})
        return _message_id(understand(call, status, reply))

    async def register(self, webhook_url: str, secret: str) -> None:
        """Check the token and set the webhook. Raises a `SendError`."""
        account = await self._ask("getMe", {})
        try:
            is_bot = _accounts.decode(account).is_bot
        except msgspec.DecodeError:
            is_bot = False
        if not is_bot:
            raise Misconfigured("getMe does not answer like a bot's account; check the API address and the token")
        await self._ask(
            "setWebhook",
            {
                "url": webhook_url,
                "secret_token": secret,
                "allowed_updates": _ALLOWED_UPDATES,
                "max_connections": _MAX_CONNECTIONS,
                "drop_pending_updates": False,
            },
        )

    async def _ask(self, method: str, payload: dict[str, Any]) -> msgspec.Raw:
        call = WireCall(method=method, payload=payload)
        status, reply = await self._transport.post(self._base + method, _encoder.encode(payload), _JSON_HEADERS)
        return understand(call, status, reply)


def _body(call: WireCall, file: bytes) -> tuple[bytes, str]:
    if not call.upload:
        return _encoder.encode(call.payload), "application/json"
    limit = DOCUMENT_BYTES_MAX if call.upload == "document" else PICTURE_BYTES_MAX
    if not 0 < len(file) <= limit:
        raise BadMessage(f"{call.method}: a {call.upload} has 1..{limit} bytes, got {len(file)}")
    return multipart.encode(call.payload, call.upload, file, call.file_name)


def _message_id(result: msgspec.Raw) -> str:
    try:
        return str(_messages.decode(result).message_id)
    except msgspec.DecodeError:
        return ""


def understand(call: WireCall, status: int, reply: bytes) -> msgspec.Raw:
    """The `result` of an answer, `null` where a refusal is as good as success. Raises the `SendError` that it means."""
    try:
        answer = _answers.decode(reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unreadable(call.method, status) from None
    if answer.ok:
        return answer.result
    if _is_harmless(call.method, answer.description):
        return msgspec.Raw(_encoder.encode(call.payload))
    raise _refusal(call.method, answer.error_code or status, answer)


def _is_harmless(method: str, description: str) -> bool:
    """What was wanted is already so: the text stands there, the spinner of an old button has stopped by itself."""
    words = description.lower()
    if "message is not modified" in words:
        return True
    return method == "answerCallbackQuery" and ("query is too old" in words or "query id is invalid" in words)


def _unreadable(method: str, status: int) -> SendError:
    """A proxy answered in Telegram's place: its word counts for the bot and the message, never for the recipient."""
    if status < 300:
        return OutcomeUnknown(f"{method}: HTTP {status} with a body that is not Telegram's")
    if status < 400 or status == 403:
        return Misconfigured(f"{method}: HTTP {status} with a body that is not Telegram's; check the API address")
    return _refusal(method, status, Answer(ok=False, description="the body is not Telegram's"))


def _refusal(method: str, code: int, answer: Answer) -> SendError:
    detail = f"{method}: {code} {platform_words(answer.description)}"
    if code == 429:
        return RetryLater(detail, after_s=_retry_after(answer.parameters), scope="channel")
    if code >= 500:
        return RetryLater(detail)
    if code == 403 or (code == 400 and "chat not found" in answer.description.lower()):
        return RecipientGone(detail)
    if code in (401, 404, 409):
        return Misconfigured(detail)
    return BadMessage(detail)


def _retry_after(parameters: Parameters | None) -> float:
    named = parameters.retry_after if parameters is not None else None
    if named is None:
        return _RETRY_AFTER_DEFAULT_S
    return min(max(float(named), 0.0), _RETRY_AFTER_MAX_S)
