"""A conversation that waits for nothing is woken for its follow-up, by whichever process looks first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.conversation import Conversation, FixedFlows, wait_nonce
from core.dialog.session import decode_session
from core.kernel.clock import ManualClock
from tests.dialog.compiled import programs_with
from tests.dialog.test_follow_ups import FEEDBACK, REMIND
from tests.messages.conftest import said
from tests.messages.node import LEASE_S, Node

HOUR = 3_600_000
CHAT = "5500000001"


@pytest.fixture
async def nodes(database_url: str, database: asyncpg.Pool) -> AsyncIterator[tuple[Node, Node]]:
    """Two processes with the real engine."""
    clock = ManualClock()
    decide = Conversation(FixedFlows(programs_with(FEEDBACK, REMIND)))
    pair = [Node(database_url, database, clock, owner, decide) for owner in ("a", "b")]
    for node in pair:
        node.sweeper._wait_nonce = wait_nonce
    yield pair[0], pair[1]
    for node in pair:
        await node.end()


async def scheduled(node: Node) -> None:
    for text in ("/start", "uk", "1", "/remind", "the service", "2027-01-15"):
        await node.hear(said(text))
    await node.settle()


async def wake_at(database: asyncpg.Pool) -> int | None:
    found = await database.fetchval("SELECT wake_at FROM session")
    return round(found.timestamp() * 1000) if found else None


async def test_it_begins_once_at_its_time_after_the_process_that_scheduled_it_was_killed(
    nodes: tuple[Node, Node], database: asyncpg.Pool
) -> None:
    first, second = nodes
    await scheduled(first)
    session = decode_session(await database.fetchval("SELECT state::text FROM session"))
    assert session.wait is None
    assert await wake_at(database) == first.clock.now_ms() + 23 * HOUR
    await first.die()

    second.clock.advance(22 * HOUR)
    await second.sweep()
    assert second.channel.parts(CHAT) == []
    second.clock.advance(HOUR)
    await second.sweep()
    second.clock.advance((LEASE_S + 1) * 1000)
    await second.sweep()

    assert second.channel.parts(CHAT) == ["How was the service?"]
    state = decode_session(await database.fetchval("SELECT state::text FROM session"))
    assert await wake_at(database) == (state.wait.deadline if state.wait else None)


async def test_two_processes_that_see_it_due_begin_it_once(nodes: tuple[Node, Node], database: asyncpg.Pool) -> None:
    first, second = nodes
    await scheduled(first)
    first.clock.advance(23 * HOUR)

    await asyncio.gather(first.sweep(), second.sweep())

    texts = [*first.channel.parts(CHAT), *second.channel.parts(CHAT)]
    assert texts.count("How was the service?") == 1
