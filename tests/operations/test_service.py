"""One process and one operation: what is stored, what is asked of the bank, what the conversation hears."""

from __future__ import annotations

import json
from typing import Any

import pytest
import structlog

from core.bank_api.contracts import Reply
from core.operations.model import Operation, OperationNotFound
from tests.operations.scripted_bank import Plan
from tests.operations.world import World

PIN = "7391"


async def test_a_transfer_is_attempted_once_and_its_reference_is_told(world: World) -> None:
    operation_id = await world.committed()

    await world.run(world.process("process-a"), operation_id)

    assert await world.history(operation_id) == ["submitting", "completed"]
    assert await world.postings(operation_id) == 1
    (result,) = world.conversation.about(operation_id)
    assert (result.arm, result.conversation) == ("ok", "telegram:501")
    assert result.data["reference"].startswith("RRN-")


async def test_the_attempt_is_committed_before_the_request_leaves(world: World) -> None:
    world.bank.hold()
    operation_id = await world.committed()
    service = world.process("process-a")

    service.start([operation_id])
    await world.bank.request_arrived.wait()

    row = await world.row(operation_id)
    assert (row["state"], row["attempt"]) == ("submitting", 1)
    world.bank.answer()
    await service.stop()


async def test_every_attempt_and_inquiry_carries_the_same_reference(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost", posts_after_s=None))
    operation_id = await world.committed(lang="en")
    service = world.process("process-a")

    await world.run(service, operation_id)
    await world.until_settled(service, operation_id)

    reference = (await world.row(operation_id))["bank_ref"]
    asked = [*world.bank.calls, *world.bank.inquiries]
    assert len(world.bank.calls) == 2
    assert {(context.call_id, context.bank_ref, context.lang) for context in asked} == {(operation_id, reference, "en")}
    assert {context.conversation for context in asked} == {"telegram:501"}
    assert len({context.request_id for context in asked}) == len(asked)


async def test_a_lost_answer_is_told_as_unknown_and_later_as_the_truth(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost"))
    operation_id = await world.committed()
    service = world.process("process-a")

    await world.run(service, operation_id)
    heard_at_first = world.conversation.about(operation_id)
    await world.until_settled(service, operation_id)

    assert [outcome.arm for outcome in heard_at_first] == ["unknown"]
    event = world.conversation.about(operation_id)[1]
    assert (event.kind, event.name) == ("event", "bank.settled")
    assert event.data["op"] == operation_id
    assert event.data["outcome"] == "ok"


async def test_the_first_inquiry_waits_five_seconds(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost"))
    operation_id = await world.committed()
    service = world.process("process-a")
    await world.run(service, operation_id)

    world.pass_seconds(4.9)
    assert await service.run_due() == 0
    world.pass_seconds(0.1)
    assert await service.run_due() == 1
    assert await world.state(operation_id) == "completed"


async def test_a_system_without_deduplication_is_never_sent_to_again(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost", posts_after_s=None))
    operation_id = await world.committed(operation="cashback")
    service = world.process("process-a")

    await world.run(service, operation_id)
    await world.until_settled(service, operation_id)

    assert len(world.bank.calls) == 1
    assert await world.state(operation_id) == "under_review"
    await world.assert_truth_was_told(operation_id)


async def test_a_day_of_silence_ends_in_review_exactly_24_hours_after_the_attempt(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost"))
    world.bank.silent = True
    operation_id = await world.committed()
    service, attempted_at = world.process("process-a"), world.clock.now_ms()

    await world.run(service, operation_id)
    await world.until_settled(service, operation_id)

    assert await world.state(operation_id) == "under_review"
    assert world.clock.now_ms() - attempted_at == 24 * 3600 * 1000
    assert [outcome.arm for outcome in world.conversation.about(operation_id)] == ["unknown"]


async def test_a_mismatching_seal_sends_nothing(world: World) -> None:
    world.obstacle = lambda operation: "seal_mismatch"
    operation_id = await world.committed()

    await world.run(world.process("process-a"), operation_id)

    assert world.bank.calls == []
    assert await world.history(operation_id) == ["failed"]
    assert [outcome.reason for outcome in world.conversation.about(operation_id)] == ["error.seal_mismatch"]


async def test_a_seal_that_cannot_be_checked_sends_nothing(world: World) -> None:
    def broken(operation: Operation) -> str | None:
        raise KeyError(operation.id)

    world.obstacle = broken
    operation_id = await world.committed()

    await world.run(world.process("process-a"), operation_id)

    assert world.bank.calls == []
    assert await world.state(operation_id) == "failed"


@pytest.mark.parametrize(
    ("columns", "checked"),
    [
        ({"effect": "money", "seal": None}, True),
        ({"effect": "card", "operation": "block_card"}, True),
        ({"effect": "card", "operation": "block_card", "seal": None}, False),
        ({"effect": "none", "operation": "quote", "seal": None}, False),
    ],
)
async def test_money_is_never_moved_without_a_seal_check(world: World, columns: dict[str, Any], checked: bool) -> None:
    world.obstacle = lambda operation: "seal_mismatch"
    operation_id = await world.committed(**columns)

    await world.run(world.process("process-a"), operation_id)

    assert (world.bank.calls == []) is checked


@pytest.mark.parametrize(
    ("obstacle", "calls", "state"), [("confirmation_expired", 2, "completed"), ("seal_mismatch", 1, "under_review")]
)
async def test_a_repeated_attempt_needs_the_seal_but_not_its_time(
    world: World, obstacle: str, calls: int, state: str
) -> None:
    world.bank.plans.append(Plan(reply="lost", posts_after_s=None))
    operation_id = await world.committed()
    service = world.process("process-a")

    await world.run(service, operation_id)
    world.obstacle = lambda operation: obstacle
    await world.until_settled(service, operation_id)

    assert len(world.bank.calls) == calls
    assert await world.state(operation_id) == state


async def test_secrets_reach_the_bank_and_leave_the_row_with_the_end_of_the_call(world: World) -> None:
    operation_id = await world.committed(
        operation="verify_code", effect="none", args="{}", seal=None, secrets={"code": PIN}
    )

    await world.run(world.process("process-a"), operation_id)

    assert world.bank.calls[0].secrets == {"code": PIN}
    assert (await world.row(operation_id))["secrets"] == ""


async def test_secrets_are_kept_while_the_request_may_be_sent_again_but_not_shown_to_inquiries(world: World) -> None:
    world.bank.plans.append(Plan(reply="lost", posts_after_s=None))
    operation_id = await world.committed(secrets={"pin": PIN})
    service = world.process("process-a")

    await world.run(service, operation_id)
    kept = (await world.row(operation_id))["secrets"]
    await world.until_settled(service, operation_id)

    assert kept
    assert PIN not in kept
    assert [context.secrets for context in world.bank.calls] == [{"pin": PIN}] * 2
    assert all(context.secrets == {} for context in world.bank.inquiries)
    assert (await world.row(operation_id))["secrets"] == ""


@pytest.mark.parametrize("kept", ["v1.AAAA", "no envelope at all", "foreign"])
async def test_secrets_that_cannot_be_opened_send_nothing(world: World, kept: str) -> None:
    envelope = world.sealed("another-call", {"pin": PIN}) if kept == "foreign" else kept
    operation_id = await world.committed()
    await world.pool.execute("UPDATE operation SET secrets = $2 WHERE id = $1", operation_id, envelope)

    await world.run(world.process("process-a"), operation_id)

    assert world.bank.calls == []
    assert [outcome.reason for outcome in world.conversation.about(operation_id)] == ["error.internal"]


async def test_a_read_brings_its_data_and_its_grant(world: World) -> None:
    grant = {"level": "otp", "customer": "cust_olena", "name": "Олена К."}
    world.bank.read_reply = Reply(cls="accepted", data={"verified": True}, grant=grant)
    operation_id = await world.committed(operation="verify_code", effect="none", state="created")

    await world.run(world.process("process-a"), operation_id)

    (result,) = world.conversation.about(operation_id)
    assert (result.arm, result.data, result.grant) == ("ok", {"verified": True}, grant)


@pytest.mark.parametrize("state", ["awaiting_confirmation", "cancelled", "expired", "created"])
async def test_money_that_is_not_confirmed_is_not_touched(world: World, state: str) -> None:
    operation_id = await world.committed(state=state)
    service = world.process("process-a")

    await world.run(service, operation_id)
    world.pass_seconds(3600)

    assert await service.run_due() == 0
    assert await world.state(operation_id) == state
    assert world.bank.calls == []


async def test_only_operations_of_this_process_are_started(world: World) -> None:
    operation_id = await world.committed(owner="process-b")

    await world.run(world.process("process-a"), operation_id, "no-such-operation")

    assert await world.state(operation_id) == "confirmed"


async def test_starting_twice_attempts_once(world: World) -> None:
    operation_id = await world.committed()

    await world.run(world.process("process-a"), operation_id, operation_id)
    await world.run(world.process("process-a"), operation_id)

    assert len(world.bank.calls) == 1


async def test_a_customer_reads_only_their_own_operations(world: World) -> None:
    operation_id = await world.committed()
    anonymous = await world.committed(customer="")
    service = world.process("process-a")

    own = await service.get(operation_id, "cust_olena")
    refusals = []
    for wanted, actor in [(operation_id, "cust_taras"), ("no-such-operation", "cust_taras"), (anonymous, "")]:
        with pytest.raises(OperationNotFound) as refusal:
            await service.get(wanted, actor)
        refusals.append((refusal.value.code, refusal.value.http_status, refusal.value.detail))

    assert (own.id, own.state) == (operation_id, "confirmed")
    assert len(set(refusals)) == 1, "a foreign operation must look exactly like one that does not exist"


async def test_no_secret_and_no_card_number_is_logged_shown_or_kept_in_the_history(world: World) -> None:
    world.bank.read_reply = Reply(cls="refused", code="card_blocked", note="card 4149 4999 9999 1001 is blocked\x00")
    operation_id = await world.committed(operation="verify_code", effect="none", secrets={"code": PIN})

    with structlog.testing.capture_logs() as logs:
        await world.run(world.process("process-a"), operation_id)

    notes = await world.pool.fetch("SELECT note FROM operation_event WHERE operation_id = $1", operation_id)
    shown = repr(await world.process("process-a").get(operation_id, "cust_olena"))
    everything = json.dumps(logs) + "".join(row["note"] for row in notes) + shown
    assert "operation.moved" in everything
    assert "••••1001" in everything
    assert "4149" not in everything
    assert PIN not in everything
