"""All SQL of the customers' room."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeAlias

import asyncpg

from core.customers.schema import Binding

Connection: TypeAlias = asyncpg.Connection

_SAVE_CUSTOMER: Final = """
INSERT INTO customer (id, name_masked, phone_sealed, lang, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (id) DO UPDATE SET name_masked = excluded.name_masked, phone_sealed = excluded.phone_sealed,
    lang = excluded.lang, updated_at = excluded.updated_at
"""

_SAVE_BINDING: Final = """
INSERT INTO binding (conversation, customer_id, level, bound_at, seen_at) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (conversation) DO UPDATE SET customer_id = excluded.customer_id, level = excluded.level,
    bound_at = CASE WHEN binding.customer_id = excluded.customer_id THEN binding.bound_at ELSE excluded.bound_at END,
    seen_at = excluded.seen_at
"""


async def save_customer(
    db: Connection, customer_id: str, name: str, phone_sealed: str, lang: str, now: datetime
) -> None:
    await db.execute(_SAVE_CUSTOMER, customer_id, name, phone_sealed, lang, now)


async def save_binding(db: Connection, conversation: str, customer_id: str, level: str, now: datetime) -> None:
    await db.execute(_SAVE_BINDING, conversation, customer_id, level, now)


async def find_customer(db: Connection, customer_id: str) -> tuple[str, str, str] | None:
    """(masked name, sealed phone, language)."""
    row = await db.fetchrow("SELECT name_masked, phone_sealed, lang FROM customer WHERE id = $1", customer_id)
    return None if row is None else (row["name_masked"], row["phone_sealed"], row["lang"])


async def find_binding(db: Connection, conversation: str) -> Binding | None:
    row = await db.fetchrow(
        "SELECT conversation, customer_id, level, bound_at FROM binding WHERE conversation = $1", conversation
    )
    return None if row is None else Binding(**dict(row))
