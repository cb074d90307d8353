"""The schema: from nothing to the newest revision, by several processes at once, and back."""

from __future__ import annotations

import asyncio
import itertools

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection

from app import database
from app.database import ensure_database, revisions, upgrade

_names = itertools.count(1)


@pytest.fixture
async def empty_url(postgres_url: str) -> str:
    return await ensure_database(postgres_url, f"schema_{next(_names)}")


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows}


async def test_an_empty_database_reaches_the_newest_revision_and_stays_there(empty_url: str) -> None:
    assert (await revisions(empty_url))[0] == ""
    reached = await upgrade(empty_url)
    assert await upgrade(empty_url) == reached
    assert await revisions(empty_url) == (reached, reached)
    assert {"session", "inbox", "outbox", "operation", "journal"} <= await tables(empty_url)


async def test_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    reached = await asyncio.gather(*(upgrade(empty_url) for _ in range(4)))
    assert len(set(reached)) == 1


async def test_a_database_is_created_once_by_many(postgres_url: str) -> None:
    urls = await asyncio.gather(*(ensure_database(postgres_url, "created_together") for _ in range(5)))
    assert len(set(urls)) == 1


async def test_every_revision_can_be_undone(empty_url: str) -> None:
    await upgrade(empty_url)

    def downgrade(connection: Connection) -> None:
        config = database._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()

    await database._with_alembic(empty_url, downgrade)
    assert await tables(empty_url) == {"alembic_version"}
