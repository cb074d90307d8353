"""Webhooks on their way to the bot: one POST each, ordered within a chat, chats in parallel, sent until accepted."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Literal

import aiohttp
from yarl import URL

from simulators.messengers.context import Context, FetchFailed, read_limited

ANSWER_LIMIT: Final = 1 << 20
LOG_LIMIT: Final = 10_000

State = Literal["queued", "held", "acknowledged", "given up", "dropped", "batched"]


class QueueFull(Exception):
    """More webhooks wait than the bounded queue takes."""


@dataclass(frozen=True)
class Target:
    """Where a webhook goes and with which headers; asked for anew at every attempt."""

    url: str
    headers: dict[str, str]

    def with_headers(self, changes: Mapping[str, str | None]) -> Target:
        """The same target with other headers; None leaves one out. Names are compared without regard to case."""
        names = {name.casefold() for name in changes}
        kept = {name: value for name, value in self.headers.items() if name.casefold() not in names}
        return Target(self.url, kept | {name: value for name, value in changes.items() if value is not None})


@dataclass(frozen=True)
class Answer:
    """`status` 0: no HTTP answer came, and `error` says why."""

    status: int
    body: bytes = b""
    error: str = ""


@dataclass(frozen=True)
class Timing:
    """How the control API wants one event delivered.

    `times`: copies of it, `together`: all at once and without order. `hold`: not before it is released. `wait`: the
    control call ends only after the bot's first answer to each copy. `escaped`: letters outside ASCII as `\\u....`.
    """

    times: int = 1
    together: bool = False
    delay_s: float = 0.0
    hold: bool = False
    wait: bool = True
    escaped: bool = False


@dataclass
class Delivery:
    """One webhook. `lane`: deliveries of a lane never overtake each other.

    `target` gives None when there is no webhook. `acknowledged` is called with the answer that ended the delivery well.
    """

    id: int
    lane: str
    body: bytes
    target: Callable[[bytes], Target | None]
    first: asyncio.Future[Answer]
    acknowledged: Callable[[Answer], None] | None = None
    state: State = "queued"
    statuses: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state,
            "statuses": self.statuses,
            "body": self.body.decode("utf-8", "replace"),
        }


class Deliverer:
    """The bounded queue of one channel and what became of its webhooks."""

    def __init__(self, context: Context, connections: int, accepted: range, patience_s: float = math.inf) -> None:
        """`accepted`: the HTTP statuses that acknowledge a webhook. `patience_s`: the longest wait for an answer."""
        self._context = context
        self._accepted = accepted
        self._slots = asyncio.Semaphore(connections)
        self._lanes: dict[str, deque[Delivery]] = {}
        self._held: dict[int, Delivery] = {}
        self._log: deque[Delivery] = deque(maxlen=LOG_LIMIT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ids = count(1)
        self._patience_s = min(patience_s, context.options.answer_timeout_s)
        self.last_error: tuple[float, str] | None = None
        self.failing_since: float | None = None

    def set_connections(self, connections: int) -> None:
        self._slots = asyncio.Semaphore(connections)

    def create(self, lane: str, body: bytes, target: Callable[[bytes], Target | None]) -> Delivery:
        """A webhook that is not yet on its way. Raises `QueueFull`."""
        if self.pending >= self._context.options.queue_size:
            raise QueueFull(f"{self.pending} webhooks are waiting")
        delivery = Delivery(next(self._ids), lane, body, target, asyncio.get_running_loop().create_future())
        self._log.append(delivery)
        return delivery

    async def dispatch(
        self,
        lane: str,
        body: bytes,
        target: Callable[[bytes], Target | None],
        timing: Timing,
        acknowledged: Callable[[Answer], None] | None = None,
    ) -> list[Delivery]:
        """Send an event as `timing` says; `acknowledged` is for the first copy. Raises `QueueFull`."""
        copies = [self.create(lane, body, target) for _ in range(timing.times)]
        copies[0].acknowledged = acknowledged
        for delivery in copies:
            if timing.hold:
                self.hold(delivery)
            else:
                self.send(delivery, timing.delay_s, in_order=not timing.together)
        if timing.wait and not timing.hold:
            await asyncio.gather(*(asyncio.shield(delivery.first) for delivery in copies))
        return copies

    @property
    def pending(self) -> int:
        return len(self._held) + sum(len(lane) for lane in self._lanes.values())

    def listed(self) -> list[dict[str, Any]]:
        return [delivery.as_json() for delivery in self._log]

    def hold(self, delivery: Delivery) -> None:
        delivery.state = "held"
        self._held[delivery.id] = delivery

    async def release(self, order: Iterable[int] | None) -> list[Delivery]:
        """Send what was held, in this order, each after the first answer to the one before. Raises `KeyError`."""
        released = self._unhold(order, "queued")
        for delivery in released:
            self._spawn(self._deliver(delivery))
            await asyncio.shield(delivery.first)
        return released

    async def release_joined(self, order: Iterable[int] | None, join: Callable[[list[bytes]], bytes]) -> list[Delivery]:
        """Send what was held as one webhook; gives that one. Raises `KeyError` and what `join` raises."""
        numbers = list(self._held) if order is None else list(order)
        body = join([self._held[number].body for number in numbers])
        parts = self._unhold(numbers, "batched")
        if not parts:
            return []
        whole = self.create(parts[0].lane, body, parts[0].target)
        self._spawn(self._deliver(whole))
        answer = await asyncio.shield(whole.first)
        for part in parts:
            _answer(part, answer)
        return [whole]

    def _unhold(self, order: Iterable[int] | None, state: State) -> list[Delivery]:
        numbers = list(self._held) if order is None else order
        deliveries = [self._held.pop(number) for number in numbers]
        for delivery in deliveries:
            delivery.state = state
        return deliveries

    def send(self, delivery: Delivery, delay_s: float = 0.0, *, in_order: bool = True) -> None:
        """Put on its way after `delay_s`; without `in_order` it may overtake and be overtaken."""
        if delay_s > 0:
            self._spawn(self._send_later(delivery, delay_s, in_order))
        elif in_order:
            self._enter(delivery)
        else:
            self._spawn(self._deliver(delivery))

    def drop_pending(self) -> None:
        waiting = [delivery for lane in self._lanes.values() for delivery in lane] + list(self._held.values())
        for delivery in waiting:
            delivery.state = "dropped"
            _answer(delivery, Answer(0, error="dropped"))
        self._held.clear()
        for lane in self._lanes.values():
            lane.clear()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for delivery in self._log:
            _answer(delivery, Answer(0, error="stopped"))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_later(self, delivery: Delivery, delay_s: float, in_order: bool) -> None:
        await self._context.options.sleep(delay_s)
        self.send(delivery, in_order=in_order)

    def _enter(self, delivery: Delivery) -> None:
        lane = self._lanes.get(delivery.lane)
        if lane is None:
            self._lanes[delivery.lane] = deque([delivery])
            self._spawn(self._run_lane(delivery.lane))
        else:
            lane.append(delivery)

    async def _run_lane(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            delivery = lane[0]
            await self._deliver(delivery)
            if lane and lane[0] is delivery:
                lane.popleft()
        del self._lanes[name]

    async def _deliver(self, delivery: Delivery) -> None:
        for delay_s in (0.0, *self._context.options.retry_delays_s):
            if delay_s:
                await self._context.options.sleep(delay_s)
            if delivery.state == "dropped":
                return
            answer = await self.attempt(delivery.body, delivery.target)
            delivery.statuses.append(answer.status)
            if answer.status in self._accepted:
                delivery.state = "acknowledged"
                self.failing_since = None
                if delivery.acknowledged is not None:
                    delivery.acknowledged(answer)
                _answer(delivery, answer)
                return
            now = self._context.clock.now()
            self.last_error = (now, answer.error or f"HTTP status {answer.status}")
            self.failing_since = now if self.failing_since is None else self.failing_since
            _answer(delivery, answer)
        delivery.state = "given up"

    async def attempt(self, body: bytes, find_target: Callable[[bytes], Target | None]) -> Answer:
        """One POST, whatever comes of it."""
        target = find_target(body)
        if target is None:
            return Answer(0, error="no webhook is set")
        timeout = aiohttp.ClientTimeout(total=self._patience_s)
        post = self._context.http.post
        async with self._slots:
            try:
                async with post(
                    URL(target.url, encoded=True),
                    data=body,
                    headers=target.headers,
                    timeout=timeout,
                    allow_redirects=False,
                ) as answer:
                    return Answer(answer.status, await read_limited(answer.content, ANSWER_LIMIT))
            except (FetchFailed, aiohttp.ClientError, TimeoutError, ValueError) as error:
                return Answer(0, error=type(error).__name__)


def _answer(delivery: Delivery, answer: Answer) -> None:
    if not delivery.first.done():
        delivery.first.set_result(answer)
