"""Shared servers of the test run: a real PostgreSQL and Redis per process, a fresh database per test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from app.database import upgrade_now, with_database
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.redis import EmbeddedRedis

_numbers = itertools.count(1)
# How long an example takes says something about the machine, not about the law.
settings.register_profile("teller", deadline=None)
settings.load_profile("teller")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """DSN of the maintenance database of a PostgreSQL that lives as long as this test process."""
    folder = open_folder()
    server = EmbeddedPostgres(folder, durable=False)
    yield server.start()
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    yield server.start()
    server.stop()


def open_folder() -> Path:
    """A new folder that any account can walk to (pytest's own are private), as PostgreSQL of root runs as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="teller-test-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def server_folder() -> Iterator[Path]:
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> str:
    import asyncio

    async def create() -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("CREATE DATABASE teller_template")
        await connection.close()

    asyncio.run(create())
    upgrade_now(with_database(postgres_url, "teller_template"))
    return "teller_template"


@pytest.fixture
async def database_url(postgres_url: str, migrated_template: str) -> AsyncIterator[str]:
    """DSN of a fresh migrated database; it is dropped after the test."""
    name = f"teller_{next(_numbers)}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield with_database(postgres_url, name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool on a fresh migrated database."""
    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=8)
    yield pool
    pool.terminate()
