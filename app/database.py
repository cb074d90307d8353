"""The database as a whole: create it, bring its schema up to date, say which revision it has."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_355_608  # Any constant: upgrades started together wait for one another under this advisory lock.


def with_database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def ensure_database(maintenance_dsn: str, name: str) -> str:
    """Create the database if it is not there; its DSN."""
    connection = await asyncpg.connect(maintenance_dsn)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return with_database(maintenance_dsn, name)


async def upgrade(dsn: str) -> str:
    """Run every missing migration; the revision reached."""
    return await _with_alembic(dsn, _upgrade)


async def revisions(dsn: str) -> tuple[str, str]:
    """(revision of the database, "" if it has no schema; newest revision in the code)."""
    newest = ScriptDirectory.from_config(_config()).get_current_head() or ""

    def current(connection: Connection) -> str:
        return MigrationContext.configure(connection).get_current_revision() or ""

    return await _with_alembic(dsn, current), newest


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _upgrade(connection: Connection) -> str:
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
    connection.commit()
    try:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    finally:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
        connection.commit()
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def _with_alembic(dsn: str, work: Any) -> str:
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return str(await connection.run_sync(work))
    finally:
        await engine.dispose()


def upgrade_now(dsn: str) -> str:
    return asyncio.run(upgrade(dsn))
