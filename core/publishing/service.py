"""Publishing: a release takes the place of another one in one transaction, and who did it is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import asyncpg

from core.dialog.program import Program
from core.kernel.clock import Clock, moment
from core.publishing import store
from core.publishing.impact import impacts_of, refuse_stranded
from core.publishing.schema import (
    Candidate,
    Current,
    Files,
    Kind,
    NothingPublished,
    Published,
    Release,
    ReleaseMoved,
    ReleaseUnknown,
    Retired,
    Revision,
    RevisionRetired,
    RevisionRuns,
    RevisionUnknown,
    Standing,
)

_SHORTEST_HASH: Final = 6
_LONGEST_NOTE: Final = 500


class Publishing:
    """Everything that is published, for the command line and for the processes that run it."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    # Looking.

    async def current(self) -> Current:
        async with self._pool.acquire() as db:
            return await store.read_current(db)

    async def release(self, number: int | None = None) -> Published:
        """A release, by default the current one, with its texts. Raises NothingPublished, ReleaseUnknown."""
        async with self._pool.acquire() as db:
            return await self._published(db, number)

    async def releases(self, limit: int = 50) -> list[Release]:
        """The newest first."""
        async with self._pool.acquire() as db:
            return await store.read_releases(db, limit)

    async def revisions(self, hashes: Iterable[str]) -> list[Revision]:
        """Those of them that are kept."""
        async with self._pool.acquire() as db:
            return await store.read_revisions(db, hashes)

    async def standing(self) -> list[Standing]:
        """Where people stand now."""
        async with self._pool.acquire() as db:
            return await store.read_standing(db)

    async def retired(self) -> list[Retired]:
        """The last one first."""
        async with self._pool.acquire() as db:
            return await store.read_retired(db)

    # Changing.

    async def publish(
        self, candidate: Candidate, flows: Mapping[str, Program], *, by: str, expected: int, kind: Kind = "publish",
        note: str = "", of_release: int | None = None, strand: bool = False,
    ) -> int:  # fmt: skip
        """Make it the current release; the number of it.

        `expected`: the number of the release that it was compared with. `flows` are its compiled flows. `strand`: also
        when people stand on steps that a following flow does not have any more; their conversations end.
        Raises ReleaseMoved, RevisionRetired, PeopleStranded; then nothing has changed.
        """
        at = moment(self._clock.now_ms())
        async with self._changing() as db:
            current = await store.read_current(db)
            if current.number != expected:
                raise ReleaseMoved(
                    f"release {current.number} was published in the meantime; look again: teller flows diff"
                )
            stopped = sorted(flow for flow, digest in candidate.manifest.items() if digest in current.retired)
            if stopped:
                raise RevisionRetired(f"this very revision was retired: {', '.join(stopped)}")
            if not strand:
                refuse_stranded(impacts_of(await store.read_standing(db), flows))
            await store.write_revisions(db, candidate.revisions, at, by)
            return await store.write_release(
                db, candidate, kind=kind, of_release=of_release, note=note[:_LONGEST_NOTE], at=at, by=by
            )

    async def retire(self, hashes: Iterable[str], *, by: str, reason: str = "") -> list[Retired]:
        """Stop these revisions. Processes end the conversations on them that owe nobody the truth about money.

        Raises RevisionUnknown, RevisionRuns.
        """
        at = moment(self._clock.now_ms())
        async with self._changing() as db:
            found = await store.read_revisions(db, hashes)
            current = await store.read_current(db)
            release = await store.read_release(db, current.number)
            manifest = release.manifest if release is not None else {}
            runs = [one.flow for one in found if manifest.get(one.flow) == one.hash]
            if runs:
                raise RevisionRuns(
                    f"new conversations begin with this revision of {', '.join(runs)}; "
                    "publish another one first, or: teller flows rollback"
                )
            retired = [
                Retired(hash=one.hash, flow=one.flow, reason=reason[:_LONGEST_NOTE], retired_at=at, retired_by=by)
                for one in found
            ]
            await store.write_retired(db, retired)
            return retired

    async def find(self, wanted: str) -> list[str]:
        """Hashes of kept revisions by the beginning of a hash, or those of a flow that do not run any more.

        Raises RevisionUnknown.
        """
        async with self._pool.acquire() as db:
            found = await store.find_revisions(db, wanted)
            current = await store.read_current(db)
            release = await store.read_release(db, current.number)
        of_flow = [digest for digest, flow in found if flow == wanted]
        if of_flow:
            running = release.manifest.get(wanted) if release is not None else None
            return [digest for digest in of_flow if digest != running and digest not in current.retired]
        if len(found) != 1 or len(wanted) < _SHORTEST_HASH:
            raise RevisionUnknown(f"'{wanted}' is neither a flow nor the beginning of exactly one kept revision's hash")
        return [found[0][0]]

    async def owing(self, hashes: Iterable[str]) -> tuple[int, int]:
        """(people in these revisions, those of them whom the end of a call with an effect is owed)."""
        async with self._pool.acquire() as db:
            return await store.count_owing(db, hashes)

    async def wake(self, hashes: Iterable[str]) -> int:
        """Let everybody who stands on these revisions have a turn at once; how many."""
        async with self._pool.acquire() as db:
            return await store.wake(db, hashes, moment(self._clock.now_ms()))

    async def prune(self, keep_days: int) -> list[str]:
        """Remove revisions that nobody stands on and no release of these days has had; their hashes."""
        before = moment(self._clock.now_ms()) - timedelta(days=keep_days)
        async with self._changing() as db:
            return await store.prune(db, before)

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[asyncpg.Connection]:
        """One transaction that no other change gets between; every process hears of it at its commit."""
        async with self._pool.acquire() as db, db.transaction():
            await store.lock(db)
            yield db
            await store.announce(db)

    async def _published(self, db: asyncpg.Connection, number: int | None) -> Published:
        if number is None:
            number = (await store.read_current(db)).number
            if not number:
                raise NothingPublished("nothing is published yet; publish the folder: teller flows publish")
        release = await store.read_release(db, number)
        if release is None:
            raise ReleaseUnknown(f"there is no release {number}; see: teller flows releases")
        revisions = await store.read_revisions(db, release.manifest.values())
        if len(revisions) != len(release.manifest) or release.state == "pruned":
            raise ReleaseUnknown(f"the flows of release {number} are not kept any more")
        files: Files = await store.read_engine(db, number)
        for revision in revisions:
            files |= revision.files
        return Published(release, files)
