"""A lease that lives as long as the request it guards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from core.kernel.clock import Clock
from core.kernel.errors import TellerError
from core.operations.model import Operation, Policy
from core.operations.store import OperationStore

Sleep = Callable[[float], Awaitable[None]]

_T = TypeVar("_T")
_log: Final = structlog.get_logger("operations")


class LeaseLost(TellerError):
    """The row is in other hands, or its request has taken too long: what the bank says now is not ours to write."""

    code = "lease_lost"
    http_status = 409


class Leases:
    """`sleep` takes seconds."""

    def __init__(self, store: OperationStore, clock: Clock, policy: Policy, sleep: Sleep) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._sleep = sleep

    def until(self) -> int:
        """When (ms) a lease taken now runs out."""
        return self._clock.now_ms() + self._policy.lease_s * 1000

    async def holding(self, operation: Operation, request: Coroutine[Any, Any, _T]) -> _T:
        """The answer to the request, with the lease renewed while it is awaited. Raises `LeaseLost`."""
        asked = asyncio.ensure_future(request)
        renewing = asyncio.ensure_future(self._renew(operation))
        try:
            await asyncio.wait((asked, renewing), return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise LeaseLost(f"operation {operation.id}, fence {operation.fence}: the lease is no longer ours")
            return asked.result()
        finally:
            asked.cancel()
            renewing.cancel()
            await asyncio.gather(asked, renewing, return_exceptions=True)

    async def _renew(self, operation: Operation) -> None:
        """Returns when the row is no longer ours, or when the request has taken longer than any request may."""
        started = self._clock.now_ms()
        while self._clock.now_ms() - started < self._policy.hold_limit_s * 1000:
            await self._sleep(self._policy.lease_s / 3)
            try:
                if not await self._store.renew(operation, self.until()):
                    return
            except Exception as error:
                _log.warning("operation.not_renewed", id=operation.id, error=type(error).__name__)
