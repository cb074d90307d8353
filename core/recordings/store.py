"""All SQL of the recordings: the journal read back, and the funnel counted from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias

import asyncpg
import msgspec

from core.dialog.recording.row import Recorded, read_row
from core.recordings.rows import FlowCount, ShareCount, StepCount, Wanted

Connection: TypeAlias = asyncpg.Connection

_LAST: Final = """
SELECT conversation FROM journal WHERE at >= $1
GROUP BY conversation HAVING $3 = '' OR bool_or(entry -> 'flows' -> $3 IS NOT NULL)
ORDER BY max(at) DESC LIMIT $2
"""

# The newest rows of each conversation, in their order: a conversation of years does not hold up the others.
_ROWS: Final = """
SELECT c.conversation, j.seq, j.at_ms, j.entry
FROM unnest($1::text[]) WITH ORDINALITY AS c(conversation, n)
CROSS JOIN LATERAL (
    SELECT seq, version, (extract(epoch FROM at) * 1000)::bigint AS at_ms, entry::text AS entry
    FROM journal WHERE conversation = c.conversation ORDER BY version DESC LIMIT $2) AS j
ORDER BY c.n, j.version
"""

_COUNT_UP: Final = """
INSERT INTO funnel_day (day, channel, flow, revision, step, what, times)
SELECT day, channel, flow, revision, step, what, count(*)
FROM funnel_event WHERE at > $1 AND at <= $2
GROUP BY day, channel, flow, revision, step, what
ON CONFLICT (day, channel, flow, revision, step, what) DO UPDATE SET times = funnel_day.times + excluded.times
"""

_WANTED: Final = """
WHERE day >= ($1::timestamptz AT TIME ZONE 'UTC')::date AND ($2 = '' OR flow = $2)
    AND ($3 = '' OR channel = $3) AND ($4 = '' OR revision LIKE $4 || '%')
"""
_STEP_COUNTS: Final = (
    "entered answered retried back edited aside gave_up cancelled expired continued handed_over elsewhere".split()
)
_FLOW_COUNTS: Final = (
    "began done cancelled refused failed expired handed_over elsewhere confirmed settled_ok settled_refused".split()
)


def _sums(names: Sequence[str]) -> str:
    return ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in names)


_STEPS: Final = f"SELECT flow, step, {_sums(_STEP_COUNTS)} FROM funnel_step {_WANTED} GROUP BY flow, step"  # noqa: S608
_FLOWS: Final = f"SELECT flow, {_sums(_FLOW_COUNTS)} FROM funnel_flow {_WANTED} GROUP BY flow ORDER BY flow"  # noqa: S608

# What happens in the flow from the split on, until the flow is begun again, belongs to the side that was taken.
_SHARES: Final = f"""
WITH wanted AS (SELECT * FROM funnel_event {_WANTED} AND at >= $1),
taken AS (
    SELECT conversation, flow, step, substr(what, 7) AS share, version,
           lead(version) OVER (PARTITION BY conversation, flow, step ORDER BY version) AS until
    FROM wanted WHERE what LIKE 'share %'
)
SELECT t.flow, t.step, t.share,
       count(DISTINCT (t.conversation, t.version)) AS took,
       count(*) FILTER (WHERE w.what = 'ended done') AS done,
       count(*) FILTER (WHERE w.what = 'ended cancelled') AS cancelled,
       count(*) FILTER (WHERE w.what = 'ended refused') AS refused,
       count(*) FILTER (WHERE w.what = 'ended failed') AS failed,
       count(*) FILTER (WHERE w.what = 'ended expired') AS expired,
       count(*) FILTER (WHERE w.what = 'handoff') AS handed_over,
       count(*) FILTER (WHERE w.what LIKE 'confirmed %') AS confirmed
FROM taken t LEFT JOIN wanted w ON w.conversation = t.conversation AND w.flow = t.flow
    AND w.version >= t.version AND (t.until IS NULL OR w.version < t.until)
GROUP BY t.flow, t.step, t.share ORDER BY t.flow, t.step, t.share
"""  # noqa: S608 - the parts are constants of this file


class RecordingStore:
    """Reads only, but for the counting up of the funnel."""

    async def last_conversations(self, db: Connection, since: datetime, most: int, flow: str = "") -> list[str]:
        """Conversations with a turn since then, the latest first; with `flow`, those in which it took part."""
        return [row["conversation"] for row in await db.fetch(_LAST, since, most, flow)]

    async def rows(
        self, db: Connection, conversations: Sequence[str], most: int
    ) -> dict[str, list[Recorded]]:  # fmt: skip
        """At most `most` rows of each, the newest, in order. Rows that this version cannot read are left out."""
        found: dict[str, list[Recorded]] = {conversation: [] for conversation in conversations}
        for record in await db.fetch(_ROWS, list(conversations), most):
            row = read_row(record["entry"])
            if row is not None:
                found[record["conversation"]].append(Recorded(record["seq"], record["at_ms"], row))
        return found

    async def conversation_of(self, db: Connection, number: int) -> str | None:
        """Whose row of the journal this is."""
        return await db.fetchval("SELECT conversation FROM journal WHERE seq = $1", number)  # type: ignore[no-any-return]

    async def count_up(self, db: Connection, through: datetime) -> None:
        """Count what happened up to this moment, once. Processes that do it at the same time wait for one another."""
        async with db.transaction():
            counted = await db.fetchval("SELECT through FROM funnel_counted FOR UPDATE")
            if counted < through:
                await db.execute(_COUNT_UP, counted, through)
                await db.execute("UPDATE funnel_counted SET through = $1", through)

    async def steps(self, db: Connection, wanted: Wanted) -> list[StepCount]:
        return [msgspec.convert(dict(row), StepCount) for row in await db.fetch(_STEPS, *_values(wanted))]

    async def flows(self, db: Connection, wanted: Wanted) -> list[FlowCount]:
        return [msgspec.convert(dict(row), FlowCount) for row in await db.fetch(_FLOWS, *_values(wanted))]

    async def shares(self, db: Connection, wanted: Wanted) -> list[ShareCount]:
        return [msgspec.convert(dict(row), ShareCount) for row in await db.fetch(_SHARES, *_values(wanted))]


def _values(wanted: Wanted) -> tuple[datetime, str, str, str]:
    return wanted.since, wanted.flow, wanted.channel, wanted.revision
