"""Phrases that were not understood: a table of their own, in which nothing says who wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, TypeAlias

import asyncpg

from core.dialog.understanding.misunderstood import Misunderstood

KEPT: Final = timedelta(days=30)
MOST: Final = 50_000
Counts: TypeAlias = Mapping[tuple[str, str], int]  # By phrase and by what was chosen, "" for the phrase itself.

# A table that is full takes no new phrases, so that a flood of nonsense ends.
_COUNT: Final = """
INSERT INTO misunderstood AS m (phrase, chosen, times, last_on)
SELECT phrase, chosen, times, $4 FROM unnest($1::text[], $2::text[], $3::int[]) AS n(phrase, chosen, times)
WHERE (SELECT count(*) FROM misunderstood) < $5 ORDER BY phrase, chosen
ON CONFLICT (phrase, chosen) DO UPDATE
    SET times = m.times + excluded.times, last_on = greatest(m.last_on, excluded.last_on)
"""
_FORGET: Final = "DELETE FROM misunderstood WHERE last_on < $1"
_READ: Final = """
SELECT phrase, chosen, times FROM misunderstood
WHERE phrase IN (SELECT phrase FROM misunderstood WHERE chosen = '' AND last_on >= $1)
"""


async def count(db: asyncpg.Connection, counted: Counts, today: date) -> None:
    """Add to what is known; what nobody has written for `KEPT` is forgotten."""
    phrases, chosen = [phrase for phrase, _ in counted], [picked for _, picked in counted]
    await db.execute(_COUNT, phrases, chosen, list(counted.values()), today, MOST)
    await db.execute(_FORGET, today - KEPT)


async def misunderstood(db: asyncpg.Connection, since: date) -> list[Misunderstood]:
    """Phrases that somebody wrote on that day or later, the most frequent first."""
    found: dict[str, Misunderstood] = {}
    for row in await db.fetch(_READ, since):
        one = found.setdefault(row["phrase"], Misunderstood(row["phrase"]))
        if row["chosen"]:
            one.chosen[row["chosen"]] = row["times"]
        else:
            one.times = row["times"]
    return sorted(found.values(), key=lambda one: (-one.times, one.phrase))
