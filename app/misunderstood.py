"""Collects what was not understood, so that product owners can label it: phrases and counts, never who wrote them.

It is kept in memory and written now and then, beside the turns: a turn neither waits for it nor fails with it, and a
process that is killed loses some seconds of it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import asyncpg
import structlog

from core.dialog.contracts import Event, InboundEvent
from core.dialog.turns.journal import ASKED_WHICH, MEANT, NOT_UNDERSTOOD
from core.dialog.understanding.misunderstood import presentable
from core.kernel.clock import Clock, moment
from core.kernel.masking import HIDDEN
from core.messages.misunderstood_store import count
from core.messages.store import database_failed

_EVERY_S: Final = 30.0
_MOST_PHRASES: Final = 500
_REMEMBERED: Final = 10_000
_PICKED: Final = f"{MEANT} "
_log = structlog.get_logger("teller.misunderstood")


class Misunderstandings:
    """`note` is told of every turn that has notes. Each message counts once, each conversation once for a phrase."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._counted: Counter[tuple[str, str]] = Counter()
        self._asked: OrderedDict[str, str] = OrderedDict()
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, conversation: str, event: Event, journal: Mapping[str, Any]) -> None:
        notes: Sequence[str] = journal["notes"]
        picked = next((note.removeprefix(_PICKED) for note in notes if note.startswith(_PICKED)), "")
        if picked:
            phrase = self._asked.pop(conversation, "")
            if phrase:
                self._add(phrase, picked)
        if not isinstance(event, InboundEvent) or event.kind != "text" or journal.get("text") in (None, HIDDEN):
            return
        if NOT_UNDERSTOOD in notes or ASKED_WHICH in notes:
            self._not_understood(conversation, presentable(event.text), asked=ASKED_WHICH in notes)

    def _not_understood(self, conversation: str, phrase: str, *, asked: bool) -> None:
        if not phrase:
            return
        if asked:
            self._asked[conversation] = phrase
            _bound(self._asked)
        if (conversation, phrase) not in self._seen:
            self._seen[conversation, phrase] = None
            _bound(self._seen)
            self._add(phrase, "")

    def _add(self, phrase: str, chosen: str) -> None:
        if (phrase, chosen) in self._counted or len(self._counted) < _MOST_PHRASES:
            self._counted[phrase, chosen] += 1

    async def flush(self) -> None:
        """Write what was collected. What cannot be written now is tried again with the next."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            async with self._pool.acquire(timeout=5) as db, db.transaction():
                await count(db, counted, moment(self._clock.now_ms()).date())
        except Exception as error:
            if database_failed(error):
                self._counted.update(counted)
            _log.warning("misunderstood_not_written", error=type(error).__name__)

    async def serve(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Write for ever."""
        while True:
            await sleep(_EVERY_S)
            await self.flush()


def _bound(remembered: OrderedDict[Any, Any]) -> None:
    if len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
