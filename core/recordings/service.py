"""Talks as a stream, a few conversations in memory at a time, and the funnel as it is now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from core.dialog.replay.talks import Talk, talks_of
from core.kernel.clock import Clock, moment
from core.kernel.errors import TellerError
from core.recordings.rows import FlowCount, ShareCount, StepCount, Wanted
from core.recordings.store import RecordingStore

_AT_ONCE: Final = 20
MOST_ROWS: Final = 2_000
# A turn is written a moment after its time; what is younger than this is read from the journal, not counted up.
_STILL_COMING: Final = timedelta(minutes=5)


class NoRecording(TellerError):
    """The journal has no such conversation, or none of its beginnings is kept any more."""

    code = "recording_not_found"
    http_status = 404


@dataclass(frozen=True, slots=True)
class Funnel:
    """What `teller flows funnel` shows."""

    flows: Sequence[FlowCount]
    steps: Sequence[StepCount]
    shares: Sequence[ShareCount]


class Recordings:
    def __init__(self, pool: asyncpg.Pool, clock: Clock, store: RecordingStore | None = None) -> None:
        self._pool = pool
        self._clock = clock
        self._store = store or RecordingStore()

    async def talks(self, *, since: timedelta, last: int, flow: str = "") -> AsyncIterator[Talk]:
        """The talks of the last conversations, the latest conversation first. A conversation of more than 2,000 turns
        is read from the first beginning in its newest 2,000."""
        begin = self._now() - since
        async with self._pool.acquire() as db:
            conversations = await self._store.last_conversations(db, begin, last, flow)
            for place in range(0, len(conversations), _AT_ONCE):
                found = await self._store.rows(db, conversations[place : place + _AT_ONCE], MOST_ROWS)
                for conversation, rows in found.items():
                    for talk in talks_of(conversation, rows):
                        recent = talk.rows[-1].at >= int(begin.timestamp() * 1000)
                        if recent and talk.flows and (not flow or flow in talk.flows):
                            yield talk

    async def conversation(self, named: str) -> list[Talk]:
        """The talks of one conversation, which is named by `<channel>:<id>` or by the number of a row of the journal.
        Raises `NoRecording`."""
        async with self._pool.acquire() as db:
            conversation = named
            if named.isdecimal():
                conversation = await self._store.conversation_of(db, int(named)) or ""
            found = await self._store.rows(db, [conversation], MOST_ROWS) if conversation else {}
        talks = list(talks_of(conversation, found.get(conversation, [])))
        if not talks:
            raise NoRecording(f"the journal has no conversation {named!r} that can be played again")
        return talks

    async def funnel(self, wanted: Wanted) -> Funnel:
        """Counts up what is not counted yet, and reads the rest from the journal."""
        async with self._pool.acquire() as db:
            await self._store.count_up(db, self._now() - _STILL_COMING)
            flows = await self._store.flows(db, wanted)
            return Funnel(flows, await self._store.steps(db, wanted), await self._store.shares(db, wanted))

    def since(self, length: timedelta) -> datetime:
        """The beginning (UTC) of the day that long ago."""
        return (self._now() - length).replace(hour=0, minute=0, second=0, microsecond=0)

    def _now(self) -> datetime:
        return moment(self._clock.now_ms())
