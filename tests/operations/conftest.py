from __future__ import annotations

import asyncpg
import pytest

from tests.operations.world import World


@pytest.fixture
def world(database: asyncpg.Pool) -> World:
    return World(database)
