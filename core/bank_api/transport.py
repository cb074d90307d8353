"""Bytes to a bank system and back over HTTP, and the one question that money asks: can the request have left?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx

from core.bank_api.errors import NotSent, OutcomeUnknown

Sleeper = Callable[[float], Awaitable[None]]

MAX_REPLY_BYTES: Final = 1024 * 1024
RETRY_DELAYS_S: Final = (0.2, 1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One HTTP request. `read_s` bounds the whole exchange after the connection stands, not one read."""

    method: str
    url: str
    read_s: float
    connect_s: float
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)

    def with_content(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        content: bytes = b"",
        params: Mapping[str, str] | None = None,
    ) -> Outgoing:
        """The same destination with `path` behind it."""
        url = f"{self.url}{path}"
        return replace(self, method=method, url=url, headers=headers, params=params or {}, content=content)

    def with_header(self, name: str, value: str) -> Outgoing:
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True, slots=True)
class HttpReply:
    status: int
    body: bytes = field(repr=False)


class Transport:
    """One long-lived pool of connections for all systems of a bank."""

    def __init__(self, sleep: Sleeper = asyncio.sleep, max_connections: int = 100) -> None:
        limits = httpx.Limits(max_connections=max_connections, max_keepalive_connections=max_connections)
        self._client = httpx.AsyncClient(limits=limits, trust_env=False, headers={"Accept-Encoding": "identity"})
        self._sleep = sleep

    async def send(self, outgoing: Outgoing) -> HttpReply:
        """Tries again after 0.2, 1 and 3 s, but only what certainly was not sent.

        Raises `NotSent` when no try got a connection, `OutcomeUnknown` when the request left and no whole
        reply of at most 1 MiB came back in time.
        """
        for delay in RETRY_DELAYS_S:
            try:
                return await self._once(outgoing)
            except NotSent:
                await self._sleep(delay)
        return await self._once(outgoing)

    async def _once(self, outgoing: Outgoing) -> HttpReply:
        sent = False

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            nonlocal sent
            sent = sent or event.endswith("send_request_headers.started")

        try:
            async with (
                asyncio.timeout(outgoing.connect_s + outgoing.read_s),
                self._client.stream(
                    outgoing.method,
                    outgoing.url,
                    headers=dict(outgoing.headers),
                    params=dict(outgoing.params) or None,
                    content=outgoing.content or None,
                    timeout=httpx.Timeout(outgoing.read_s, connect=outgoing.connect_s, pool=outgoing.connect_s),
                    extensions={"trace": trace},
                ) as reply,
            ):
                return HttpReply(reply.status_code, await _bounded_body(reply))
        except (httpx.HTTPError, TimeoutError) as error:
            reason = type(error).__name__
            if sent:
                raise OutcomeUnknown(f"{reason} after the request to {outgoing.url} was sent") from None
            raise NotSent(f"{reason} before the request to {outgoing.url} was sent") from None

    async def aclose(self) -> None:
        await self._client.aclose()


async def _bounded_body(reply: httpx.Response) -> bytes:
    """The body as it came: a compressed one was not asked for and could be a thousand times its size."""
    if reply.headers.get("content-encoding", "identity").lower() != "identity":
        raise OutcomeUnknown("the reply is compressed, which was not asked for")
    chunks, size = [], 0
    async for chunk in reply.aiter_raw():
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            raise OutcomeUnknown(f"the reply is larger than {MAX_REPLY_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)
