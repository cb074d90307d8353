"""The HTTP client that sends messages: one pool of kept-alive connections over aiohttp.

It writes no log and puts no address into an error: Telegram's token is a part of the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

import aiohttp

from core.messages.channels import Misconfigured, OutcomeUnknown, RetryLater, SendError

# What these report happened before the first byte of the request left this machine.
_NOTHING_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ConnectionTimeoutError,
)


class HttpTransport:
    """Fulfils `core.messages.channels.Transport`. Open it in the event loop that uses it.

    Timeouts in seconds; `connect_s` includes the wait for a free connection, `read_s` is the longest silence of the
    server. A whole call takes at most `connect_s + 2 * read_s`.
    """

    def __init__(
        self,
        *,
        connect_s: float = 5.0,
        read_s: float = 15.0,
        reply_bytes_max: int = 1024 * 1024,
        connections: int = 100,
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(
            total=connect_s + 2 * read_s, connect=connect_s, sock_connect=connect_s, sock_read=read_s
        )
        self._reply_bytes_max = reply_bytes_max
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool; a second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, limit_per_host=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                headers={"Accept-Encoding": "identity", "User-Agent": "teller"},
                trust_env=False,
            )

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and whole body of the answer; a redirect is an answer like any other.

        Raises `RetryLater` when nothing was sent, `OutcomeUnknown` when no whole answer came or it is longer than
        `reply_bytes_max`, and `Misconfigured` when the transport is not open or the address is none.
        """
        if self._session is None:
            raise Misconfigured("the HTTP transport is used before open() or after close()")
        try:
            return await self._exchange(self._session, url, body, headers)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            failure = _failure(error)
        # Raised out here, so that the client's error, which may quote the address, is not chained to it.
        raise failure

    async def _exchange(
        self, session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            reply = bytearray()
            async for chunk in response.content.iter_any():
                reply += chunk
                if len(reply) > self._reply_bytes_max:
                    raise _ReplyTooLong
            return response.status, bytes(reply)


class _ReplyTooLong(ValueError):
    """The server answers with more than a messenger ever says."""


def _failure(error: Exception) -> SendError:
    name = type(error).__name__
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return Misconfigured("the API address of a channel is not an HTTP address; check its API_URL setting")
    if isinstance(error, _NOTHING_SENT):
        return RetryLater(f"the messenger's server cannot be reached ({name})")
    return OutcomeUnknown(f"the messenger's server gave no whole answer ({name})")
