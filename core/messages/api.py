"""`POST /webhooks/<channel>`: plain ASGI, because every microsecond here is paid by every message of every customer.

`GET` there is the handshake of the platforms that want one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog

from core.kernel.errors import TellerError
from core.messages.channels import Channel, Handshaking, SignatureRefused, Unreadable
from core.messages.service import Messages

BODY_MAX: Final = 4 * 1024 * 1024
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
SendAsgi = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_PREFIX: Final = "/webhooks/"
_log = structlog.get_logger("teller.webhook")


class _BodyTooLarge(Exception):
    pass


class _ClientLeft(Exception):
    """The connection ended before the body did: nobody is there to answer."""


class WebhookApp:
    """Verify the raw bytes, read, run the turns, and only then answer."""

    def __init__(self, channels: dict[str, Channel], messages: Messages) -> None:
        self._channels = channels
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        channel = self._channels.get(scope["path"][len(_PREFIX) :])
        if channel is None:
            await _answer(send, 404)
        elif scope["method"] == "POST":
            await self._post(channel, scope, receive, send)
        elif not isinstance(channel, Handshaking):
            await _answer(send, 405, headers=[(b"allow", b"POST")])
        elif scope["method"] == "GET":
            await _shake_hands(channel, scope, send)
        else:
            await _answer(send, 405, headers=[(b"allow", b"GET, POST")])

    async def _post(self, channel: Channel, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        try:
            body = await _read(receive)
            channel.verify(scope["headers"], _query(scope), body)
        except _ClientLeft:
            return
        except _BodyTooLarge:
            await _answer(send, 413)
            return
        except SignatureRefused as error:
            _log.warning("signature_refused", channel=channel.name, detail=error.detail)
            await _answer(send, 401)
            return
        try:
            events = channel.read(body)
        except Unreadable as error:
            await self._answer_after(self._messages.receive_readable(channel, error, body), send)
            return
        if len(events) == 1:
            await self._answer_after(self._messages.receive(channel, events[0]), send)
        else:
            await self._answer_after(self._messages.receive_all(channel, events), send)

    async def _answer_after(self, work: Awaitable[bytes], send: SendAsgi) -> None:
        try:
            answer = await work
        except TellerError as error:
            await _answer(send, error.http_status, headers=[(b"retry-after", b"1")] if error.retryable else [])
            return
        await _answer(send, 200, answer)


async def _shake_hands(channel: Handshaking, scope: Scope, send: SendAsgi) -> None:
    try:
        challenge = channel.handshake(_query(scope))
    except SignatureRefused as error:
        _log.warning("handshake_refused", path=scope["path"], detail=error.detail)
        await _answer(send, 403)
        return
    # Whoever knows the verify token chooses these bytes: no browser may take them for a page.
    await _answer(send, 200, challenge, [(b"x-content-type-options", b"nosniff")], kind=b"text/plain; charset=utf-8")


def _query(scope: Scope) -> dict[str, str]:
    """Empty when there is more in it than any messenger sends."""
    raw = scope["query_string"]
    try:
        return dict(parse_qsl(raw.decode("latin-1"), max_num_fields=20)) if raw else {}
    except ValueError:
        return {}


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise _ClientLeft
        chunk = part.get("body", b"")
        size += len(chunk)
        if size > BODY_MAX:
            raise _BodyTooLarge
        chunks.append(chunk)
        if not part.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _answer(
    send: SendAsgi,
    status: int,
    body: bytes = b"",
    headers: list[tuple[bytes, bytes]] | None = None,
    kind: bytes = b"application/json",
) -> None:
    own = [(b"content-length", str(len(body)).encode()), *([(b"content-type", kind)] if body else [])]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})
