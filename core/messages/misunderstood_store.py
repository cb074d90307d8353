"""What the journal says about messages that were not understood."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import asyncpg

from core.dialog.turns.journal import ASKED_WHICH, MEANT, NOT_UNDERSTOOD
from core.dialog.understanding.misunderstood import Heard

MOST: Final = 50_000

# The answer to "did you mean" is a note in the next row of the conversation.
_MISUNDERSTOOD: Final = """
SELECT j.entry->>'text' AS text, j.conversation, coalesce(n.chosen, '') AS chosen
FROM journal j LEFT JOIN LATERAL (
    SELECT substring(next.entry->>'notes' FROM $5) AS chosen
    FROM journal next
    WHERE j.entry->>'notes' LIKE $3 AND next.conversation = j.conversation AND next.version > j.version
    ORDER BY next.version LIMIT 1) AS n ON true
WHERE j.at >= $1 AND (j.entry->>'notes' LIKE $2 OR j.entry->>'notes' LIKE $3) AND j.entry->>'text' <> ''
ORDER BY j.seq DESC LIMIT $4
"""


async def misunderstood(db: asyncpg.Connection, since: datetime) -> list[Heard]:
    """The newest `MOST` messages since then that started no flow, or only after a question which one."""
    rows = await db.fetch(
        _MISUNDERSTOOD, since, f"%{NOT_UNDERSTOOD}%", f"%{ASKED_WHICH}%", MOST, f'"{MEANT} ([a-z0-9_]+)"'
    )
    return [Heard(row["text"], row["conversation"], row["chosen"]) for row in rows]
