"""What the simulated platforms share: time, chance, one HTTP client and the limits of the run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

import aiohttp
from yarl import URL

FETCH_TIMEOUT_S: Final = 10.0


class FetchFailed(Exception):
    """A URL that the bot gave could not be fetched; the text says why."""


async def read_limited(stream: aiohttp.StreamReader, limit: int) -> bytes:
    """The whole stream. Raises `FetchFailed` when it has more than `limit` bytes."""
    content = bytearray()
    async for chunk in stream.iter_chunked(65536):
        content += chunk
        if len(content) > limit:
            raise FetchFailed(f"more than {limit} bytes")
    return bytes(content)


@dataclass
class Clock:
    """Seconds since the epoch; `ahead_s` is how far the control API moved time forward."""

    source: Callable[[], float] = time.time
    ahead_s: float = 0.0

    def now(self) -> float:
        return self.source() + self.ahead_s


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the simulated platforms behave.

    A token that is "" is learned from the first call. `retry_delays_s`: pauses before each redelivery of a webhook that
    was not acknowledged. `answer_timeout_s`: how long a webhook waits for its answer. `hang_s`: how long a lost answer
    keeps its connection. `plain_http_hosts`: hosts whose webhooks need neither TLS nor one of the official ports, as
    nobody certifies them. `rates`: whether the platforms' rate limits apply. `receipts`: whether Viber reports
    `delivered` and Meta sends receipts. `callback_ttl_s`: how long a pressed Telegram button can be answered. `seed`
    makes ids repeatable.
    `meta_...` is the one app of WhatsApp and Messenger, which signs their webhooks with its secret;
    `meta_proof_required`: whether it refuses calls without `appsecret_proof`.
    """

    telegram_token: str = ""
    viber_token: str = ""
    whatsapp_token: str = ""
    messenger_token: str = ""
    meta_app_id: str = "550000000000001"
    meta_app_secret: str = "simulated-app-secret"  # noqa: S105 - opens nothing but the simulation
    meta_proof_required: bool = False
    whatsapp_waba_id: str = "990000000000001"
    whatsapp_phone_number_id: str = "880000000000001"
    whatsapp_number: str = "380440000000"
    messenger_page_id: str = "770000000000001"
    retry_delays_s: tuple[float, ...] = (1, 2, 5, 10, 30, 60, 120)
    answer_timeout_s: float = 60.0
    hang_s: float = 120.0
    queue_size: int = 2000
    plain_http_hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "::1"})
    rates: bool = False
    receipts: bool = True
    callback_ttl_s: float = 900.0
    seed: int = 1
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass
class Context:
    """`url`: where these servers can be reached, for the addresses that they hand out."""

    options: Options
    url: str = ""
    clock: Clock = field(init=False)
    random: Random = field(init=False)
    _http: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        self.clock = Clock(self.options.clock)
        self.random = Random(self.options.seed)

    @property
    def http(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def fetch(self, url: str, limit: int) -> bytes:
        """The body behind a URL, at most `limit` bytes. Raises `FetchFailed`."""
        try:
            timeout = aiohttp.ClientTimeout(total=FETCH_TIMEOUT_S)
            async with self.http.get(URL(url, encoded=True), timeout=timeout) as answer:
                if answer.status != 200:
                    raise FetchFailed(f"HTTP status {answer.status}")
                return await read_limited(answer.content, limit)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise FetchFailed(type(error).__name__) from error
