"""The durable life of bank calls: what a turn committed is begun, what a dead process left is repaired."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Final

import structlog

from core.bank_api.contracts import BankApi
from core.kernel.clock import Clock
from core.kernel.envelope import Keyring
from core.operations.leases import LeaseLost, Leases, Sleep
from core.operations.model import Operation, OperationNotFound, Policy
from core.operations.store import OperationStore
from core.operations.worker import CheckSeal, Deliver, Worker

_log: Final = structlog.get_logger("operations")


class OperationsService:
    """One per process; any number of processes share the table.

    `pool` is an asyncpg pool. `owner` is what the turn writes into `lease_owner`, unique to this process. `deliver`
    receives every outcome after it is committed, possibly more than once; it ignores a pair (operation_id, seq) that it
    has had. `check_seal` gives the reason code that forbids an attempt, or None. `sleep` takes seconds.
    """

    def __init__(
        self,
        pool: Any,
        bank: BankApi,
        clock: Clock,
        keyring: Keyring,
        deliver: Deliver,
        check_seal: CheckSeal,
        owner: str,
        *,
        policy: Policy | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._policy = policy or Policy()
        self._store = OperationStore(pool)
        leases = Leases(self._store, clock, self._policy, sleep)
        self._worker = Worker(self._store, bank, clock, keyring, deliver, check_seal, self._policy, leases)
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._sleep = sleep
        self._slots = asyncio.Semaphore(self._policy.concurrency)
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False

    def start(self, operation_ids: Iterable[str]) -> None:
        """Begin operations that a turn of this process has just committed. Returns at once."""
        self._spawn(self._begin(list(operation_ids)))

    async def run_due(self) -> int:
        """One sweep to its end: rows that are due or were left by a dead process, and outcomes that were not delivered.

        The number of rows worked on.
        """
        tasks = await self._sweep()
        await asyncio.gather(*tasks)
        return len(tasks)

    async def serve(self) -> None:
        """Sweep until `stop`, whenever woken and at least every `poll_s` seconds. A failed sweep is tried again.

        Returns when everything it began has been written.
        """
        while not self._stopping:
            self._wake.clear()
            try:
                await self._sweep()
            except Exception as error:
                _log.error("operation.sweep_failed", error=type(error).__name__)
            await self._pause()
        await self._drain()

    def wake(self) -> None:
        """Another process says that there is work: do not wait for the next sweep."""
        self._wake.set()

    async def stop(self) -> None:
        """Take no more work and wait until the running steps have written what they learned."""
        self._stopping = True
        self._wake.set()
        await self._drain()

    async def get(self, operation_id: str, actor: str) -> Operation:
        """The customer's operation. Raises `OperationNotFound`, for another customer's operation as well."""
        operation = await self._store.of_customer(operation_id, actor)
        if operation is None:
            raise OperationNotFound("no such operation for this customer", operation_id=operation_id)
        return operation

    async def _drain(self) -> None:
        while self._running:
            await asyncio.wait(self._running)

    async def _begin(self, operation_ids: list[str]) -> None:
        """What cannot be read now is found by a sweep when its lease has run out."""
        try:
            fresh = await self._store.fresh(operation_ids, self._owner)
        except Exception as error:
            _log.error("operation.start_failed", count=len(operation_ids), error=type(error).__name__)
            return
        for operation in fresh:
            self._spawn(self._step(operation))

    async def _sweep(self) -> list[asyncio.Task[None]]:
        free = self._policy.concurrency - len(self._running)
        if free <= 0:
            return []
        now = self._clock.now_ms()
        due = await self._store.claim_due(now, self._owner, self._leases.until(), free)
        tasks = [self._spawn(self._step(operation)) for operation in due]
        older_than = now - self._policy.redeliver_after_s * 1000
        late = await self._store.claim_undelivered(now, older_than, free)
        tasks += [self._spawn(self._redeliver(operation)) for operation in late]
        return tasks

    async def _step(self, operation: Operation) -> None:
        async with self._slots:
            moved = await self._advanced(operation)
            if moved is not None:
                await self._deliver(moved)

    async def _advanced(self, operation: Operation) -> Operation | None:
        """The row after its step. A row whose step fails is put aside; one that had moved on is left to its lease."""
        try:
            return await self._worker.advance(operation)
        except LeaseLost as lost:
            _log.warning("operation.lease_lost", detail=lost.detail)
            return None
        except Exception as error:
            _log.error("operation.step_failed", id=operation.id, error=type(error).__name__)
            note = f"step failed: {type(error).__name__}"
        try:
            return await self._worker.postpone(operation, note)
        except Exception as error:
            _log.error("operation.not_postponed", id=operation.id, error=type(error).__name__)
            return None

    async def _redeliver(self, operation: Operation) -> None:
        async with self._slots:
            await self._deliver(operation)

    async def _deliver(self, operation: Operation) -> None:
        """What is not delivered now is delivered by a later sweep."""
        try:
            await self._worker.deliver(operation)
        except Exception as error:
            _log.error("operation.delivery_unrecorded", id=operation.id, error=type(error).__name__)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A freed slot lets the next sweep take more."""
        self._running.discard(task)
        if len(self._running) == self._policy.concurrency - 1:
            self._wake.set()

    async def _pause(self) -> None:
        waits = (asyncio.ensure_future(self._sleep(self._policy.poll_s)), asyncio.ensure_future(self._wake.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
