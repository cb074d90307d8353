"""One session per login: whoever needs it first logs in, everybody else waits for that one login."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.bank_api.single_flight import SingleFlight
from core.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Session:
    """Identity matters: a session that the bank refused is compared with the current one by `is`."""

    id: str = field(repr=False)
    ends_ms: int


class LoginSession:
    """`log_in` asks the bank for a new session; it raises `NotSent` when there is none to be had."""

    def __init__(self, log_in: Callable[[], Awaitable[Session]], clock: Clock) -> None:
        self._log_in = log_in
        self._clock = clock
        self._current: Session | None = None
        self._flight: SingleFlight[Session] = SingleFlight()

    async def current(self) -> Session:
        """The session in use, or a new one when there is none or its time is over."""
        session = self._current
        if session is not None and self._clock.now_ms() < session.ends_ms:
            return session
        return await self._flight.run(self._renew)

    async def after_expiry_of(self, refused: Session) -> Session:
        """A session that is not the refused one. Callers that come late get what the first of them brought."""
        session = self._current
        if session is not None and session is not refused:
            return session
        return await self._flight.run(self._renew)

    async def _renew(self) -> Session:
        self._current = None
        self._current = await self._log_in()
        return self._current

    async def aclose(self) -> None:
        await self._flight.aclose()
