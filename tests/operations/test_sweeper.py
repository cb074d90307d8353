"""Several processes, rows that were left behind, and everything that can go wrong on our own side."""

from __future__ import annotations

import asyncio

import pytest

from core.operations.model import Policy
from tests.operations.scripted_bank import Plan
from tests.operations.world import World


async def test_a_committed_operation_whose_process_died_is_taken_over_when_its_lease_has_run_out(world: World) -> None:
    operation_id = await world.committed()
    successor = world.process("process-b")

    world.pass_seconds(29.9)
    assert await successor.run_due() == 0
    world.pass_seconds(0.1)
    assert await successor.run_due() == 1

    row = await world.row(operation_id)
    assert (row["state"], row["fence"]) == ("completed", 2)


async def test_two_processes_that_sweep_at_once_never_both_attempt(world: World) -> None:
    ids = [await world.committed() for _ in range(12)]
    world.pass_seconds(31)

    await asyncio.gather(world.process("process-a").run_due(), world.process("process-b").run_due())

    assert len(world.bank.calls) == 12
    assert [await world.postings(operation_id) for operation_id in ids] == [1] * 12


async def test_the_owner_and_a_sweeper_never_both_attempt(world: World) -> None:
    operation_id = await world.committed()
    world.pass_seconds(31)
    owner = world.process("process-a")

    await asyncio.gather(world.run(owner, operation_id), world.process("process-b").run_due())

    assert len(world.bank.calls) == 1
    await world.assert_truth_was_told(operation_id)


async def test_a_worker_whose_row_was_taken_over_can_write_nothing(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    frozen, successor = world.process("process-a"), world.process("process-b")
    frozen.start([operation_id])
    await world.bank.request_arrived.wait()

    world.pass_seconds(31)
    await successor.run_due()
    world.bank.answer()
    await frozen.stop()

    assert await world.history(operation_id) == ["submitting", "unknown"]
    await world.until_settled(successor, operation_id)
    assert len(world.bank.calls) == 1
    await world.assert_truth_was_told(operation_id)


async def test_a_worker_that_learns_of_the_take_over_lets_its_request_go(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    frozen, successor = world.process("process-a"), world.process("process-b")
    frozen.start([operation_id])
    await world.bank.request_arrived.wait()
    world.pass_seconds(31)
    await successor.run_due()

    world.clockwork.wake()
    await frozen.stop()

    assert await world.history(operation_id) == ["submitting", "unknown"]


async def test_a_lease_is_renewed_while_the_bank_thinks(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    patient, impatient = world.process("process-a"), world.process("process-b")
    patient.start([operation_id])
    await world.bank.request_arrived.wait()

    for _ in range(9):
        world.pass_seconds(10)
        await world.clockwork.ring()
    assert await impatient.run_due() == 0
    world.bank.answer()
    await patient.stop()

    assert await world.history(operation_id) == ["submitting", "completed"]


async def test_a_request_that_hangs_for_three_minutes_is_given_up_and_inquired_about(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    service = world.process("process-a")
    service.start([operation_id])
    await world.bank.request_arrived.wait()

    for _ in range(17):
        world.pass_seconds(10)
        await world.clockwork.ring()
    world.pass_seconds(10)
    world.clockwork.wake()
    await service.stop()

    assert await world.state(operation_id) == "submitting"
    await world.until_settled(service, operation_id)
    assert await world.history(operation_id) == ["submitting", "unknown", "completed"]
    await world.assert_truth_was_told(operation_id)


async def test_a_renewal_that_fails_once_is_tried_again(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    service = world.process("process-a")
    service.start([operation_id])
    await world.bank.request_arrived.wait()

    await world.pool.execute("ALTER TABLE operation RENAME TO hidden")
    await world.clockwork.ring()
    await world.pool.execute("ALTER TABLE hidden RENAME TO operation")
    world.pass_seconds(20)
    await world.clockwork.ring()
    world.bank.answer()
    await service.stop()

    assert await world.state(operation_id) == "completed"


async def test_a_quote_left_by_a_dead_process_is_simply_asked_again(world: World) -> None:
    operation_id = await world.committed(operation="quote", effect="none", state="submitting", attempt=1)
    world.pass_seconds(31)

    await world.process("process-b").run_due()

    assert await world.state(operation_id) == "completed"
    assert len(world.bank.calls) == 1


async def test_a_code_left_by_a_dead_process_is_not_tried_again(world: World) -> None:
    operation_id = await world.committed(
        operation="verify_code", effect="none", state="submitting", attempt=1, secrets={"code": "7391"}
    )
    world.pass_seconds(31)

    await world.process("process-b").run_due()

    assert world.bank.calls == []
    assert [outcome.arm for outcome in world.conversation.about(operation_id)] == ["unknown"]
    assert (await world.row(operation_id))["secrets"] == ""


async def test_what_a_deaf_conversation_missed_is_told_later_in_order(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost"))
    world.conversation.deaf = True
    operation_id = await world.committed()
    service = world.process("process-a")

    await world.run(service, operation_id)
    world.pass_seconds(5)
    await service.run_due()
    assert await world.state(operation_id) == "completed"
    assert world.conversation.about(operation_id) == []

    world.conversation.deaf = False
    world.pass_seconds(9.9)
    assert await service.run_due() == 0
    world.pass_seconds(0.1)
    assert await service.run_due() == 1

    assert [outcome.seq for outcome in world.conversation.about(operation_id)] == [1, 2]
    assert await service.run_due() == 0


async def test_two_sweeps_do_not_deliver_the_same_outcome_side_by_side(world: World) -> None:
    world.conversation.deaf = True
    operation_id = await world.committed()
    await world.run(world.process("process-a"), operation_id)
    world.pass_seconds(10)

    worked = await asyncio.gather(world.process("process-a").run_due(), world.process("process-b").run_due())

    assert sorted(worked) == [0, 1]


@pytest.mark.parametrize(
    "poison",
    [{"args": "[1]"}, {"args": '"text"'}, {"seal": "[]"}, {"result": '{"outcomes": 7}'}, {"operation": "gone"}],
)
async def test_a_poisoned_row_is_refused_and_does_not_stop_the_others(world: World, poison: dict[str, str]) -> None:
    poisoned = await world.committed(**poison)
    healthy = await world.committed()
    world.pass_seconds(31)

    await world.process("process-b").run_due()

    assert await world.state(poisoned) == "failed"
    assert [outcome.reason for outcome in world.conversation.about(poisoned)] == ["error.internal"]
    assert await world.state(healthy) == "completed"
    assert await world.postings(poisoned) == 0


async def test_a_bug_in_the_wrapper_leaves_money_unknown_and_a_read_unanswered(world: World) -> None:
    world.bank.plans.extend([Plan(reply="raises"), Plan(reply="raises")])
    transfer = await world.committed()
    quote = await world.committed(operation="quote", effect="none")
    service = world.process("process-a")

    await world.run(service, transfer)
    await world.run(service, quote)

    assert await world.state(transfer) == "unknown"
    assert await world.state(quote) == "failed"
    await world.until_settled(service, transfer)
    assert await world.state(transfer) == "completed"


async def test_arguments_that_the_wrapper_refuses_were_never_sent(world: World) -> None:
    world.bank.plans.append(Plan(reply="invalid", posts_after_s=None))
    operation_id = await world.committed()

    await world.run(world.process("process-a"), operation_id)

    assert [outcome.reason for outcome in world.conversation.about(operation_id)] == ["error.validation_failed"]


async def test_an_inquiry_that_raises_is_no_answer(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost"))
    world.bank.inquiry_fails = True
    operation_id = await world.committed()
    service = world.process("process-a")
    await world.run(service, operation_id)

    world.pass_seconds(5)
    await service.run_due()

    row = await world.row(operation_id)
    assert (row["state"], row["inquiry"]) == ("unknown", 1)


async def test_an_answer_that_cannot_be_stored_is_inquired_about_and_never_holds_up_the_others(world: World) -> None:
    world.bank.extra = {"shown": object()}
    unstorable = await world.committed()
    service = world.process("process-a")

    await world.run(service, unstorable)
    assert await world.state(unstorable) == "submitting"
    world.pass_seconds(31)
    await service.run_due()
    world.pass_seconds(5)
    await service.run_due()
    row = await world.row(unstorable)
    assert row["state"] == "unknown"
    assert (row["next_at"] - row["updated_at"]).total_seconds() == 900

    world.bank.extra = {}
    await world.until_settled(service, unstorable)
    assert len(world.bank.calls) == 1
    await world.assert_truth_was_told(unstorable)


async def test_no_more_requests_run_at_once_than_the_policy_allows(world: World) -> None:
    world.bank.hold()
    ids = [await world.committed() for _ in range(5)]
    service = world.process("process-a", policy=Policy(concurrency=2))

    service.start(ids)
    await world.bank.request_arrived.wait()
    await world.clockwork.asleep(2)
    assert len(world.bank.calls) == 2
    assert await service.run_due() == 0

    world.bank.answer()
    await service.stop()
    assert len(world.bank.calls) == 5


async def test_serving_takes_over_what_becomes_due_and_survives_a_failing_sweep(world: World) -> None:
    operation_id = await world.committed()
    service = world.process("process-b")
    world.pass_seconds(31)
    await world.pool.execute("ALTER TABLE operation RENAME TO hidden")

    serving = asyncio.create_task(service.serve())
    await world.clockwork.asleep(1)
    await world.pool.execute("ALTER TABLE hidden RENAME TO operation")
    await world.clockwork.ring()
    await world.conversation.told(operation_id)
    await service.stop()
    await serving

    assert await world.state(operation_id) == "completed"


async def test_the_word_of_another_process_starts_a_sweep_before_the_next_poll(world: World) -> None:
    service = world.process("process-b")
    serving = asyncio.create_task(service.serve())
    await world.clockwork.asleep(1)
    operation_id = await world.committed(owner="")
    world.pass_seconds(30)

    service.wake()
    await world.conversation.told(operation_id)
    await service.stop()
    await serving

    assert await world.state(operation_id) == "completed"


async def test_a_freed_slot_is_filled_without_waiting_for_the_next_poll(world: World) -> None:
    world.bank.hold()
    ids = [await world.committed() for _ in range(3)]
    world.pass_seconds(31)
    service = world.process("process-b", policy=Policy(concurrency=1))

    serving = asyncio.create_task(service.serve())
    await world.bank.request_arrived.wait()
    world.bank.answer()
    for operation_id in ids:
        await world.conversation.told(operation_id)
    await service.stop()
    await serving

    assert [await world.state(operation_id) for operation_id in ids] == ["completed"] * 3


async def test_serving_ends_when_what_it_began_has_been_written(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    world.pass_seconds(31)
    service = world.process("process-b")
    serving = asyncio.create_task(service.serve())
    await world.bank.request_arrived.wait()

    stopping = asyncio.create_task(service.stop())
    world.bank.answer()
    await asyncio.gather(serving, stopping)

    assert await world.state(operation_id) == "completed"


async def test_a_start_that_cannot_read_its_rows_leaves_them_to_the_sweeper(world: World) -> None:
    operation_id = await world.committed()
    service = world.process("process-a")

    await world.pool.execute("ALTER TABLE operation RENAME TO hidden")
    await world.run(service, operation_id)
    await world.pool.execute("ALTER TABLE hidden RENAME TO operation")
    world.pass_seconds(31)
    await service.run_due()

    assert await world.state(operation_id) == "completed"


async def test_stopping_waits_for_the_answer_of_the_bank(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    service = world.process("process-a")
    service.start([operation_id])
    await world.bank.request_arrived.wait()

    stopping = asyncio.create_task(service.stop())
    world.bank.answer()
    await stopping

    assert await world.state(operation_id) == "completed"
