"""All SQL of published flows: asyncpg. It reads where conversations stand, and wakes those that are stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import asyncpg
import msgspec

from core.publishing.schema import Candidate, Current, Kind, Release, Retired, Revision, Standing

Connection: TypeAlias = asyncpg.Connection

TOPIC: Final = "teller_flows"
_LOCK: Final = 7_355_611  # Any constant: whoever changes what is published waits for the others under this lock.
_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(dict[str, str]).decode

# Whoever is in a flow stands on a step of it, also while a person has the conversation; flows that are scheduled to
# begin have no revision yet and stand at step "".
_STANDS: Final = """
    SELECT s.conversation, f.id, f.flow, f.rev, f.step
    FROM session s CROSS JOIN LATERAL json_to_record(s.state) AS held(stack json, scheduled json, person json)
        CROSS JOIN LATERAL (
            SELECT id, flow, rev, step
            FROM json_to_recordset(held.stack) AS frame(id text, flow text, rev text, step text)
            UNION ALL
            SELECT id, flow, rev, step
            FROM json_to_recordset(held.person -> 'frames') AS frame(id text, flow text, rev text, step text)
            UNION ALL
            SELECT '', flow, '', '' FROM json_to_recordset(held.scheduled) AS later(flow text)) AS f
"""
# Every flow that somebody stands in waits with a deadline, so its session is in the partial index on `wake_at`: this
# reads the conversations that are going on, not all there ever were.
_LIVE: Final = f"{_STANDS} WHERE s.wake_at IS NOT NULL"
_STANDING: Final = f"""
SELECT t.flow, t.rev, t.step, t.people, coalesce(r.policy, '') AS policy
FROM (SELECT flow, rev, step, count(*) AS people FROM ({_LIVE}) AS live GROUP BY flow, rev, step) AS t
    LEFT JOIN flow_revision r ON r.hash = t.rev
ORDER BY t.flow, t.step, t.rev
"""  # noqa: S608 - constants of this file.
_STANDING_ON: Final = f"SELECT DISTINCT f.conversation FROM ({_LIVE}) f WHERE f.rev = ANY($1::text[])"  # noqa: S608

# Those whose timer would ring later ring now. A conversation that is being written at this moment is left alone: its
# writer knows of the stop already, or will wake it when it learns of it.
_WAKE: Final = """
UPDATE session SET wake_at = $2
WHERE conversation IN (
    SELECT conversation FROM session WHERE conversation = ANY($1::text[]) AND wake_at > $2 FOR UPDATE SKIP LOCKED)
"""
_WAKE_BATCH: Final = 500

# Conversations that owe a customer the end of a call which a frame of such a revision made.
_OWING: Final = f"""
SELECT count(DISTINCT f.conversation) AS people, count(DISTINCT f.conversation) FILTER (WHERE EXISTS (
    SELECT FROM session o CROSS JOIN LATERAL json_each(o.state -> 'open') AS c
    WHERE o.conversation = f.conversation AND c.value ->> 'frame' = f.id
        AND coalesce(c.value ->> 'given_up', 'false') = 'false')) AS owing
FROM ({_LIVE}) f WHERE f.rev = ANY($1::text[])
"""  # noqa: S608

_RELEASES: Final = """
SELECT number, kind, of_release, manifest::text, engine_hash, note, published_at, published_by, state FROM flow_release
"""

# What nobody needs: no release that is current, was current lately or may still be asked for; no conversation at all,
# waiting or not; and no scheduled flow.
_PRUNE: Final = f"""
WITH kept AS (
    SELECT m.value AS hash FROM flow_release r CROSS JOIN LATERAL json_each_text(r.manifest) AS m
    WHERE r.state = 'current' OR r.ended_at > $1
    UNION SELECT f.rev FROM ({_STANDS}) f
)
DELETE FROM flow_revision r WHERE r.published_at <= $1 AND NOT EXISTS (SELECT FROM kept k WHERE k.hash = r.hash)
RETURNING r.hash
"""  # noqa: S608
_MARK_PRUNED: Final = """
UPDATE flow_release r SET state = 'pruned', engine = '{}'
WHERE r.state = 'past' AND EXISTS (
    SELECT FROM json_each_text(r.manifest) AS m WHERE NOT EXISTS (SELECT FROM flow_revision v WHERE v.hash = m.value))
"""


async def lock(db: Connection) -> None:
    """Until the end of the transaction nobody else publishes, stops or prunes."""
    await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def announce(db: Connection) -> None:
    """Tell every process, at the commit, that something else is to be run."""
    await db.execute(f"NOTIFY {TOPIC}")


async def read_current(db: Connection) -> Current:
    row = await db.fetchrow("""
        SELECT coalesce((SELECT number FROM flow_release WHERE state = 'current'), 0) AS number,
            (SELECT coalesce(array_agg(hash), '{}') FROM flow_retired) AS retired
    """)
    return Current(row["number"], frozenset(row["retired"]))


async def read_release(db: Connection, number: int) -> Release | None:
    row = await db.fetchrow(f"{_RELEASES} WHERE number = $1", number)
    return _release(row) if row is not None else None


async def read_releases(db: Connection, limit: int) -> list[Release]:
    """The newest first."""
    return [_release(row) for row in await db.fetch(f"{_RELEASES} ORDER BY number DESC LIMIT $1", limit)]


async def read_engine(db: Connection, number: int) -> dict[str, str]:
    """The files of the engine's texts of a release."""
    return _texts(await db.fetchval("SELECT engine::text FROM flow_release WHERE number = $1", number))


async def read_revisions(db: Connection, hashes: Iterable[str]) -> list[Revision]:
    """Those of them that are kept."""
    rows = await db.fetch(
        "SELECT hash, flow, policy, spec, files::text FROM flow_revision WHERE hash = ANY($1::text[]) ORDER BY flow",
        list(hashes),
    )
    return [Revision(row["hash"], row["flow"], row["policy"], row["spec"], _texts(row["files"])) for row in rows]


async def find_revisions(db: Connection, wanted: str) -> list[tuple[str, str]]:
    """(hash, flow) of the kept revisions whose hash begins so, or whose flow is called so."""
    rows = await db.fetch(
        "SELECT hash, flow FROM flow_revision WHERE flow = $1 OR starts_with(hash, upper($1)) ORDER BY hash", wanted
    )
    return [(row["hash"], row["flow"]) for row in rows]


async def write_revisions(db: Connection, revisions: Iterable[Revision], at: datetime, by: str) -> None:
    """A revision that is there already stays as it was first published: the same hash means the same."""
    await db.executemany(
        """
        INSERT INTO flow_revision (hash, flow, policy, spec, files, published_at, published_by)
        VALUES ($1, $2, $3, $4, $5::json, $6, $7) ON CONFLICT DO NOTHING
        """,
        [(one.hash, one.flow, one.policy, one.spec, _encode(one.files).decode(), at, by) for one in revisions],
    )


async def write_release(
    db: Connection, candidate: Candidate, *, kind: Kind, of_release: int | None, note: str, at: datetime, by: str
) -> int:
    """The new release takes the place of the current one. Its number."""
    await db.execute("UPDATE flow_release SET state = 'past', ended_at = $1 WHERE state = 'current'", at)
    number = await db.fetchval(
        """
        INSERT INTO flow_release (number, kind, of_release, manifest, engine, engine_hash, note, published_at,
            published_by, state)
        SELECT coalesce(max(number), 0) + 1, $1, $2, $3::json, $4::json, $5, $6, $7, $8, 'current' FROM flow_release
        RETURNING number
        """,
        kind, of_release, _encode(candidate.manifest).decode(), _encode(candidate.engine).decode(),
        candidate.engine_hash, note, at, by,
    )  # fmt: skip
    return int(number)


async def write_retired(db: Connection, retired: Iterable[Retired]) -> None:
    await db.executemany(
        """
        INSERT INTO flow_retired (hash, flow, reason, retired_at, retired_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        [(one.hash, one.flow, one.reason, one.retired_at, one.retired_by) for one in retired],
    )


async def read_retired(db: Connection) -> list[Retired]:
    rows = await db.fetch(
        "SELECT hash, flow, reason, retired_at, retired_by FROM flow_retired ORDER BY retired_at DESC"
    )
    return [Retired(**dict(row)) for row in rows]


async def read_standing(db: Connection) -> list[Standing]:
    """Where people stand now, counted by the database."""
    rows = await db.fetch(_STANDING)
    return [Standing(row["flow"], row["rev"], row["step"], row["people"], row["policy"]) for row in rows]


async def count_owing(db: Connection, hashes: Iterable[str]) -> tuple[int, int]:
    """(people in these revisions, those of them whom the end of a call with an effect is owed)."""
    row = await db.fetchrow(_OWING, list(hashes))
    return row["people"], row["owing"]


async def wake(db: Connection, hashes: Iterable[str], now: datetime) -> int:
    """Let everybody who stands on these revisions have a turn at once, some hundreds after the other. How many."""
    people = [row["conversation"] for row in await db.fetch(_STANDING_ON, list(hashes))]
    for start in range(0, len(people), _WAKE_BATCH):
        await db.execute(_WAKE, people[start : start + _WAKE_BATCH], now)
    return len(people)


async def prune(db: Connection, before: datetime) -> list[str]:
    """Remove what nobody has needed since then; the hashes that were removed."""
    gone = [row["hash"] for row in await db.fetch(_PRUNE, before)]
    await db.execute(_MARK_PRUNED)
    return gone


def _release(row: Mapping[str, Any]) -> Release:
    return Release(
        number=row["number"], kind=row["kind"], of_release=row["of_release"], manifest=_texts(row["manifest"]),
        engine_hash=row["engine_hash"], note=row["note"], published_at=row["published_at"],
        published_by=row["published_by"], state=row["state"],
    )  # fmt: skip
