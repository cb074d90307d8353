"""A process may die before or after any statement, request and delivery: one posting, one truth, told once."""

from __future__ import annotations

import itertools
from contextlib import suppress

import asyncpg
import pytest

from tests.operations.scripted_bank import Plan
from tests.operations.world import Border, Killed, Outage, World

# For each behaviour of the bank: what it does with the first request, and how the operation ends if nobody dies.
LIVES = {
    "answers at once": (Plan(), "completed"),
    "refuses": (Plan(reply="refused"), "failed"),
    "cannot be reached": (Plan(reply="not_sent"), "failed"),
    "posts, but its answer is lost": (Plan(reply="lost"), "completed"),
    "never gets the request": (Plan(reply="lost", posts_after_s=None), "completed"),
    "posts after the first inquiry": (Plan(reply="lost", posts_after_s=40), "completed"),
    "posts, but does not find it at first": (Plan(reply="lost", not_found_for_s=50), "completed"),
    "refuses, but its answer is lost": (Plan(reply="lost", refuses=True), "failed"),
    "needs a while": (Plan(reply="processing", settles_after_s=12), "completed"),
}


async def live_and_die(world: World, operation_id: str, border: Border) -> None:
    """One process works on the operation until it has ended or the process dies."""
    service = world.process("process-a", border)
    await world.run(service, operation_id)
    with suppress(Killed):
        await world.until_settled(service, operation_id)


@pytest.mark.parametrize("name", LIVES)
async def test_without_a_death_the_operation_ends_as_the_bank_says(world: World, name: str) -> None:
    plan, end = LIVES[name]
    world.bank.plans.append(plan)
    operation_id = await world.committed(secrets={"pin": "7391"})

    await live_and_die(world, operation_id, Border())

    assert await world.state(operation_id) == end
    await world.assert_truth_was_told(operation_id)
    assert (await world.history(operation_id))[-1] == end


@pytest.mark.parametrize("name", LIVES)
async def test_wherever_the_process_dies_its_successor_brings_one_posting_and_one_truth(
    database: asyncpg.Pool, name: str
) -> None:
    deaths = 0
    for kill_at in itertools.count():
        world, border = World(database), Border(kill_at)
        world.bank.plans.append(LIVES[name][0])
        operation_id = await world.committed(secrets={"pin": "7391"})

        await live_and_die(world, operation_id, border)
        if not border.dead:
            break
        await world.until_settled(world.process("process-b"), operation_id)

        where = f"died {border.crossed[-1]}, border {kill_at}"
        assert await world.state(operation_id) in ("completed", "failed"), where
        await world.assert_truth_was_told(operation_id)
        assert (await world.history(operation_id))[-1] == await world.state(operation_id), where
        deaths += 1

    assert deaths >= 12, "two statements, a request, its change, a delivery and its record can each be died at twice"


async def test_every_successor_may_die_as_well(database: asyncpg.Pool) -> None:
    for kill_at in range(4, 24):
        world = World(database)
        world.bank.plans.append(Plan(reply="lost", posts_after_s=None))
        operation_id = await world.committed()

        await live_and_die(world, operation_id, Border(kill_at))
        for successor in range(10):
            with suppress(Killed):
                await world.until_settled(world.process(f"successor-{successor}", Border(kill_at)), operation_id)
        await world.until_settled(world.process("process-z"), operation_id)
        assert await world.state(operation_id) in ("completed", "failed", "under_review")
        await world.assert_truth_was_told(operation_id)


@pytest.mark.parametrize("name", ["answers at once", "never gets the request", "needs a while"])
async def test_one_failing_statement_request_or_delivery_anywhere_loses_and_doubles_nothing(
    database: asyncpg.Pool, name: str
) -> None:
    for fail_at in itertools.count():
        world, outage = World(database), Outage(fail_at)
        world.bank.plans.append(LIVES[name][0])
        operation_id = await world.committed()
        service = world.process("process-a", outage)

        await world.run(service, operation_id)
        with suppress(ConnectionError):
            await world.until_settled(service, operation_id)
        await world.until_settled(service, operation_id)

        assert await world.state(operation_id) == "completed", f"failed {outage.crossed[fail_at:][:1]}"
        await world.assert_truth_was_told(operation_id)
        if not outage.failed:
            break
