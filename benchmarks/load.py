"""The load: people who write, wait for the bot's answer, check it, and only then write again."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from benchmarks.conversation import DIALOG, Sent, WrongReply, check, update
from benchmarks.wire import Caller, post
from core.kernel.errors import TellerError

_QUIET_S: Final = 30.0
_clock: Final = time.perf_counter


class LoadFailed(TellerError):
    """A webhook was refused, or an answer did not come."""

    code = "load_failed"


@dataclass
class Run:
    """`seconds` ends with the last answer, so that every turn of the run is whole. `latencies` in seconds, one for each
    turn: from the moment the person wanted to write to both the webhook's 200 and the bot's message."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def turns(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        return self.turns / self.seconds


class Person:
    """One chat. At the end of the dialog its place is taken by a new person."""

    __slots__ = ("accepted", "asking", "began", "chat", "heard", "place")

    def __init__(self) -> None:
        self.chat = 0
        self.place = len(DIALOG)
        self.began = 0.0
        self.asking = False
        self.accepted = False
        self.heard = False


class Load:
    """Drives one bot over its webhook. `arrived` and `failed` belong to the stub that receives the bot's messages."""

    def __init__(self, webhook_secret: str) -> None:
        self._headers = f"X-Telegram-Bot-Api-Secret-Token: {webhook_secret}\r\n"
        self._free: deque[Caller] = deque()
        self._waiting: deque[Person] = deque()
        self._people: dict[int, Person] = {}
        self._chats = itertools.count(5_000_000_001)
        self._updates = itertools.count(900_000_001)
        self._under_way = 0
        self._run = Run()
        self._next: Callable[[Person], None] = _rest
        self._quiet: asyncio.Future[None] | None = None
        self._failure: Exception | None = None

    def use(self, callers: list[Caller]) -> None:
        """The connections for webhooks; as many requests are under way at most."""
        self._free = deque(callers)

    async def saturate(self, people: int, seconds: float) -> Run:
        """So many people at once, each writing on as soon as the answer is there. Raises what went wrong."""
        began = _clock()
        end = began + seconds

        def go_on(person: Person) -> None:
            if _clock() < end:
                self._speak(person, _clock())

        self._next = go_on
        for _ in range(people):
            self._speak(Person(), began)
        return await self._finished(began, seconds)

    async def at_rate(self, people: int, per_second: float, seconds: float) -> Run:
        """Turns begin by the clock, whether or not the ones before are done. Raises what went wrong."""
        idle = deque(Person() for _ in range(people))
        self._next = idle.append
        began = _clock()
        for number in range(int(per_second * seconds)):
            due = began + number / per_second
            if due > _clock():
                await asyncio.sleep(due - _clock())
            if not idle:
                raise LoadFailed(f"{people} people are all still waiting for answers")
            self._speak(idle.popleft(), due)
        return await self._finished(began, 0.0)

    def arrived(self, sent: Sent) -> None:
        """A message of the bot. Raises `WrongReply`."""
        person = self._people.get(sent.chat_id)
        if person is None or not person.asking or person.heard:
            raise WrongReply("a message came to a chat where nothing was asked")
        check(DIALOG[person.place], sent)
        person.heard = True
        self._end_turn(person)

    def failed(self, error: Exception) -> None:
        self._failure = self._failure or error
        if self._quiet is not None and not self._quiet.done():
            self._quiet.set_exception(self._failure)

    async def _finished(self, began: float, expected_s: float) -> Run:
        """Wait for the turns that are under way; the run so far is then the result."""
        if self._failure is not None:
            raise self._failure
        if self._under_way:
            self._quiet = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(expected_s + _QUIET_S):
                    await self._quiet
            except TimeoutError:
                raise LoadFailed(f"{self._under_way} turns got no answer within {_QUIET_S:.0f} s") from None
            self._quiet = None
        run, self._run = self._run, Run()
        run.seconds = _clock() - began
        self._people.clear()
        return run

    def _speak(self, person: Person, when: float) -> None:
        person.began = when
        person.asking = True
        person.accepted = person.heard = False
        person.place += 1
        if person.place >= len(DIALOG):
            self._people.pop(person.chat, None)
            person.chat, person.place = next(self._chats), 0
            self._people[person.chat] = person
        self._under_way += 1
        self._waiting.append(person)
        if self._free:
            self._post(self._free.popleft())

    def _post(self, caller: Caller) -> None:
        person = self._waiting.popleft()
        body = update(DIALOG[person.place], next(self._updates), person.chat, int(time.time()))

        def answered(status: int) -> None:
            if status != 200:
                self.failed(LoadFailed(f"a webhook was answered {status}"))
                return
            if self._waiting:
                self._post(caller)
            else:
                self._free.append(caller)
            person.accepted = True
            self._end_turn(person)

        caller.ask(post("/webhooks/telegram", self._headers, body), answered)

    def _end_turn(self, person: Person) -> None:
        """A turn has two ends, in either order: the webhook was answered and the message came."""
        if not (person.accepted and person.heard):
            return
        self._run.latencies.append(_clock() - person.began)
        person.asking = False
        self._under_way -= 1
        self._next(person)
        if self._under_way == 0 and self._quiet is not None and not self._quiet.done():
            self._quiet.set_result(None)


def _rest(person: Person) -> None:
    """Nobody writes between two runs."""
