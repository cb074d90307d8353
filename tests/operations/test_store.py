"""The compare-and-set of the table: what a worker may change, and what it may not any more."""

from __future__ import annotations

import pytest

from core.bank_api.contracts import Inquiry, Reply, Resend
from core.kernel.clock import moment
from core.operations.changes import Situation, same
from core.operations.inquiries import after_inquiry
from core.operations.model import Operation, Policy
from core.operations.replies import after_reply
from core.operations.rules import submitting
from core.operations.store import OperationStore
from tests.operations.world import World


@pytest.fixture
def store(world: World) -> OperationStore:
    return OperationStore(world.pool)


def situation(world: World, operation: Operation) -> Situation:
    now, resend = world.clock.now_ms(), Resend(allowed=False)
    return Situation(operation=operation, now=now, policy=Policy(), declaration=None, resend=resend)


async def claimed(world: World, store: OperationStore, owner: str) -> Operation:
    """The one row that is due, in the hands of this owner."""
    now = world.clock.now_ms()
    (operation,) = await store.claim_due(now, owner, now + 30_000, 10)
    return operation


async def test_an_old_fence_can_change_nothing_even_when_the_state_is_the_same(
    world: World, store: OperationStore
) -> None:
    operation_id = await world.committed(state="unknown", attempt=1, outcome_seq=1, delivered_seq=1)
    world.pass_seconds(31)
    first = await claimed(world, store, "process-a")
    world.pass_seconds(31)
    second = await claimed(world, store, "process-b")
    before = await world.row(operation_id)

    found = after_inquiry(situation(world, first), Inquiry(state="completed", data={"rrn": "632519004417"}))
    written = await store.apply(first, found, world.clock.now_ms())
    renewed = await store.renew(first, world.clock.now_ms() + 60_000)

    assert (written, renewed) == (None, False)
    assert await world.row(operation_id) == before
    assert await world.history(operation_id) == []
    assert await store.apply(second, found, world.clock.now_ms()) is not None


async def test_a_change_is_compared_with_the_state_it_was_made_for(world: World, store: OperationStore) -> None:
    operation_id = await world.committed()
    (operation,) = await store.fresh([operation_id], "process-a")
    attempt = submitting(situation(world, operation))

    first = await store.apply(operation, attempt, world.clock.now_ms(), world.clock.now_ms() + 30_000)
    second = await store.apply(operation, attempt, world.clock.now_ms(), world.clock.now_ms() + 30_000)

    assert first is not None
    assert second is None
    assert await world.history(operation_id) == ["submitting"]


async def test_a_written_change_reads_back_as_it_was_returned(world: World, store: OperationStore) -> None:
    operation_id = await world.committed()
    (operation,) = await store.fresh([operation_id], "process-a")
    now = world.clock.now_ms()

    attempted = await store.apply(operation, submitting(situation(world, operation)), now, now + 30_000)
    assert attempted is not None
    doubted = await store.apply(attempted, after_reply(situation(world, attempted), Reply(cls="unknown")), now)

    assert doubted == await store.of_customer(operation_id, "cust_olena")
    assert doubted is not None
    assert doubted.first_attempt_at == now
    row = await world.row(operation_id)
    assert (row["lease_owner"], row["lease_until"]) == ("", moment(now)), "the lease ends with the step"


async def test_the_day_is_counted_from_the_first_attempt_not_from_the_latest(
    world: World, store: OperationStore
) -> None:
    operation_id = await world.committed()
    (operation,) = await store.fresh([operation_id], "process-a")
    first_at = world.clock.now_ms()
    attempted = await store.apply(operation, submitting(situation(world, operation)), first_at)
    assert attempted is not None

    world.pass_seconds(70)
    again = await store.apply(attempted, submitting(situation(world, attempted)), world.clock.now_ms())

    assert again is not None
    assert again.first_attempt_at == first_at
    assert again == await store.of_customer(operation_id, "cust_olena")


async def test_delivery_is_recorded_one_after_the_other_and_never_backwards(
    world: World, store: OperationStore
) -> None:
    operation_id = await world.committed(outcome_seq=2)

    recorded = []
    for seq in (2, 1, 2, 1, 2):
        await store.delivered(operation_id, seq)
        recorded.append((await world.row(operation_id))["delivered_seq"])

    assert recorded == [0, 1, 2, 2, 2]


async def test_a_row_locked_by_another_sweep_is_skipped(world: World, store: OperationStore) -> None:
    locked, free = await world.committed(), await world.committed()
    world.pass_seconds(31)

    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT 1 FROM operation WHERE id = $1 FOR UPDATE", locked)
        operation = await claimed(world, store, "process-b")

    assert operation.id == free


async def test_the_row_due_longest_is_taken_first_and_no_more_than_asked_for(
    world: World, store: OperationStore
) -> None:
    now = world.clock.now_ms()
    for minutes in (3, 9, 6):
        await world.committed(id=f"due-{minutes}", next_at=moment(now - minutes * 60_000), lease_until=moment(now))

    taken = await store.claim_due(now, "process-b", now + 30_000, 2)

    assert {operation.id for operation in taken} == {"due-9", "due-6"}


@pytest.mark.parametrize("note", ["x" * 2000, "nul \x00 byte", "half a pair \ud83d", "card 4149 4999 9999 1001 seen"])
async def test_a_note_of_the_bank_is_kept_masked_and_bounded(world: World, store: OperationStore, note: str) -> None:
    operation_id = await world.committed()
    (operation,) = await store.fresh([operation_id], "process-a")
    change = same(situation(world, operation), state="confirmed", note=note, next_at=None)

    assert await store.apply(operation, change, world.clock.now_ms()) is not None

    kept = await world.pool.fetchval("SELECT note FROM operation_event WHERE operation_id = $1", operation_id)
    assert 0 < len(kept) <= 500
    assert "4999" not in kept
