"""What a process leaves behind, another one finishes: in order, after the lease, and not before it."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from core.dialog.contracts import TimerFired
from core.kernel.clock import ManualClock, moment
from core.messages.channels import Misconfigured, OutcomeUnknown, RecipientGone, RetryLater
from tests.messages.conftest import MakeNode, said
from tests.messages.node import LEASE_S, Node

CHAT = "5500000001"


async def states(database: asyncpg.Pool) -> list[str]:
    return [row["state"] for row in await database.fetch("SELECT state FROM outbox ORDER BY seq")]


async def heard(database: asyncpg.Pool, conversation: str = f"telegram:{CHAT}") -> list[str]:
    state = await database.fetchval("SELECT state::text FROM session WHERE conversation = $1", conversation)
    return list(msgspec.json.decode(state))


async def hang(node: Node, part: str) -> None:
    """The node's next message hangs on the wire."""
    node.channel.gates[part] = asyncio.Event()


def later(clock: ManualClock, seconds: float = LEASE_S + 1) -> None:
    clock.advance(int(seconds * 1000))


async def test_what_is_sent_is_written_down(node: MakeNode, database: asyncpg.Pool) -> None:
    await node("a").hear(said("one"))
    await node("a").settle()
    row = await database.fetchrow("SELECT * FROM outbox")
    assert (row["state"], row["platform_id"], row["part"], row["error"]) == ("sent", "id-1", 1, "")


async def test_what_a_killed_process_had_not_sent_is_sent_after_its_lease_and_in_order(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    # Given a process that is killed with three messages in hand
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    for text in ("one", "two", "three"):
        await first.hear(said(text))
    await first.die()
    # Then nobody touches them while it could still be alive
    later(clock, LEASE_S - 1)
    await second.sweep()
    assert second.channel.sent == []
    # And then they go out as they would have
    later(clock, 2)
    await second.sweep()
    assert second.channel.parts(CHAT) == ["1: one", "2: two", "3: three"]
    assert await states(database) == ["sent", "sent", "sent"]


async def test_killed_between_sending_and_writing_it_down_the_text_comes_again_rather_than_never(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    first.writer.mark = lambda mark: None  # type: ignore[method-assign]
    first.channel.gates["1: one"].set()
    await first.delivery.drain()
    await first.die()
    later(clock)
    await second.sweep()
    assert (first.channel.parts(CHAT), second.channel.parts(CHAT)) == (["1: one"], ["1: one"])
    assert await states(database) == ["sent"]


async def test_the_parts_that_went_out_before_the_kill_do_not_go_again(node: MakeNode, clock: ManualClock) -> None:
    # Given a message of two parts whose second part was refused before the kill
    first, second = node("a"), node("b")
    first.channel.script["two"] = [RetryLater("busy")]
    first.delivery._sleep = _never
    await first.hear(said("one|two"))
    await first.writer.flush()
    for _ in range(50):
        await asyncio.sleep(0)
    await first.writer.flush()
    await first.die()
    later(clock)
    await second.sweep()
    assert first.channel.parts(CHAT) == ["1: one"]
    assert second.channel.parts(CHAT) == ["two"]


async def _never(seconds: float) -> None:
    await asyncio.Event().wait()


async def test_two_that_take_over_at_once_send_each_message_once(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    dead = node("dead", sends=False)
    for chat in range(30):
        for text in ("one", "two"):
            await dead.hear(said(text, conversation=str(chat)))
    nodes = [node("a"), node("b"), node("c")]
    await asyncio.gather(*(one.sweep() for one in nodes))
    await asyncio.gather(*(one.sweep() for one in nodes))
    sent = [item for one in nodes for item in one.channel.sent]
    assert len(sent) == len(set(sent)) == 60
    for chat in range(30):
        assert [part for one in nodes for part in one.channel.parts(str(chat))] == ["1: one", "2: two"]


async def test_a_live_process_keeps_its_leases_however_long_the_messenger_hangs(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    # Given a message that hangs with a younger one behind it
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    await first.hear(said("two"))
    # When twice its lease passes, in which the process sweeps as it always does
    for _ in range(2 * LEASE_S):
        later(clock, 1)
        await first.sweeper.run_once()
        await second.sweep()
    first.channel.gates["1: one"].set()
    await first.settle()
    # Then nobody else has sent either of them
    assert second.channel.sent == []
    assert first.channel.parts(CHAT) == ["1: one", "2: two"]


async def test_a_younger_message_is_never_taken_over_before_the_oldest(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    # Given the oldest leased for longer than its younger one, as after a pause that the messenger named
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    await first.hear(said("two"))
    await database.execute("UPDATE outbox SET lease_until = lease_until + interval '1 hour' WHERE seq = 1")
    later(clock)
    await second.sweep()
    assert second.channel.sent == []
    later(clock, 3600)
    await second.sweep()
    assert second.channel.parts(CHAT) == ["1: one", "2: two"]


async def test_a_message_of_another_process_waits_behind_the_older_and_follows_at_the_next_sweep(
    node: MakeNode, clock: ManualClock
) -> None:
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    await second.hear(said("two"))
    await second.sweep()
    assert second.channel.sent == []
    first.channel.gates["1: one"].set()
    await first.settle()
    await second.sweep()
    assert second.channel.parts(CHAT) == ["2: two"]


async def test_a_message_does_not_overtake_an_own_older_one_that_waits_for_the_sweeper(
    node: MakeNode, clock: ManualClock
) -> None:
    # Given an own message that was held back behind another process's
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    await second.hear(said("two"))
    first.channel.gates["1: one"].set()
    await first.settle()
    # When the next turn comes before the sweep
    await second.hear(said("three"))
    await second.settle()
    await second.sweep()
    assert second.channel.parts(CHAT) == ["2: two", "3: three"]


async def test_what_waits_for_another_try_is_taken_when_it_is_due_and_not_before(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    first.channel.script["1: one"] = [RetryLater("flood", after_s=600)]
    first.delivery._sleep = _never
    await first.hear(said("one"))
    await asyncio.sleep(0.05)
    await first.end()
    await second.sweep()
    assert second.channel.sent == []
    later(clock, 601)
    await second.sweep()
    assert second.channel.parts(CHAT) == ["1: one"]
    assert await database.fetchval("SELECT attempt FROM outbox") == 1


async def test_a_process_that_ends_in_good_order_frees_its_messages_at_once(
    node: MakeNode, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    await first.end()
    await second.sweep()
    assert second.channel.parts(CHAT) == ["1: one"]


async def test_late_news_of_a_process_that_lost_its_lease_counts_only_if_the_message_was_sent(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    # Given a message taken over from a process that hangs but lives
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    await first.hear(said("one"))
    later(clock)
    await hang(second, "1: one")
    await second.sweeper.run_once()
    # When the first one says at last that it must wait, it has no say any more
    first.channel.script["1: one"] = [RetryLater("busy", after_s=600), OutcomeUnknown("x"), OutcomeUnknown("x")]
    first.channel.gates["1: one"].set()
    await first.settle()
    assert await states(database) == ["ready"]
    assert await database.fetchval("SELECT lease_owner || attempt FROM outbox") == "b0"
    second.channel.gates["1: one"].set()
    await second.settle()
    assert await states(database) == ["sent"]


async def test_who_is_gone_loses_what_other_processes_hold_for_them_too(node: MakeNode, database: asyncpg.Pool) -> None:
    first, second = node("a"), node("b")
    await hang(first, "1: one")
    first.channel.script["1: one"] = [RecipientGone("blocked")]
    await first.hear(said("one"))
    await second.hear(said("two"))
    first.channel.gates["1: one"].set()
    await first.settle()
    assert await states(database) == ["dropped", "dropped"]
    await second.sweep()
    assert second.channel.sent == []


async def test_a_process_that_does_not_send_leaves_its_messages_to_the_next_that_does(
    node: MakeNode, database: asyncpg.Pool
) -> None:
    web, sender = node("web", sends=False), node("sender")
    await web.hear(said("one"))
    await web.hear(said("two"))
    assert [row.message.text for row in web.handed_over] == ["1: one"]
    await web.sweep()
    assert await states(database) == ["ready", "ready"]
    await sender.sweep()
    assert sender.channel.parts(CHAT) == ["1: one", "2: two"]


async def test_a_misconfigured_channel_keeps_its_messages_through_restarts(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    first.channel.script["1: one"] = [Misconfigured("401")]
    first.delivery._sleep = _never
    await first.hear(said("one"))
    await first.hear(said("two"))
    await asyncio.sleep(0.05)
    await first.end()
    later(clock, 61)
    await second.sweep()
    assert second.channel.parts(CHAT) == ["1: one", "2: two"]


async def test_a_wait_that_is_over_fires_once_with_its_nonce(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    fired: list[str] = []
    await first.hear(said("wait 5"))
    first.turns._decide = second.turns._decide = _noting(first.turns._decide, fired)
    await first.sweep()
    assert fired == []
    later(clock, 6)
    await asyncio.gather(first.sweep(), second.sweep())
    later(clock)
    await asyncio.gather(first.sweep(), second.sweep())
    assert fired == ["wait 5"]
    assert await heard(database) == ["wait 5", "TimerFired"]


def _noting(decide: object, fired: list[str]) -> object:
    def noting(conversation: str, state: str, event: object, now_ms: int) -> object:
        if isinstance(event, TimerFired):
            fired.append(event.nonce)
        return decide(conversation, state, event, now_ms)  # type: ignore[operator]

    return noting


async def test_a_session_that_has_moved_on_is_left_alone(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    await node("a").hear(said("wait 5"))
    later(clock, 6)
    await node("b").hear(said("something else"))
    await node("a").sweep()
    assert await heard(database) == ["wait 5", "something else"]


async def test_the_same_wait_can_end_again_after_another_version_of_its_session(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    # Given a wait with the same name twice, as when a reminder leaves the question open
    first = node("a")
    for key in ("u1", "u2"):
        await first.hear(said("wait 5", key=key))
        later(clock, 6)
        await first.sweep()
    assert await heard(database) == ["wait 5", "TimerFired", "wait 5", "TimerFired"]


@pytest.mark.parametrize("text", ["wait unreadable", "wait boom"])
async def test_one_wait_that_fails_does_not_stop_the_others_and_is_tried_again(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool, text: str
) -> None:
    first = node("a")
    await first.hear(said(text, conversation="1"))
    await first.hear(said("wait 5", conversation="2"))
    first.turns._decide = _failing(first.turns._decide, "telegram:1")
    later(clock, 6)
    await first.sweep()
    assert await heard(database, "telegram:2") == ["wait 5", "TimerFired"]
    # And it is due again after a lease, not at once
    due = await database.fetchval("SELECT wake_at FROM session WHERE conversation = 'telegram:1'")
    assert due.timestamp() * 1000 == clock.now_ms() + LEASE_S * 1000


def _failing(decide: object, conversation_that_fails: str) -> object:
    def failing(conversation: str, state: str, event: object, now_ms: int) -> object:
        if conversation == conversation_that_fails:
            raise ZeroDivisionError("a bug in the engine")
        return decide(conversation, state, event, now_ms)  # type: ignore[operator]

    return failing


async def test_the_sweeper_survives_whatever_a_round_brings(node: MakeNode) -> None:
    first = node("a")
    rounds = iter([OSError("database away"), ValueError("a bug"), KeyError("another")])
    survived = asyncio.Event()

    async def broken() -> None:
        first.sweeper.wake()
        error = next(rounds, None)
        if error is not None:
            raise error
        survived.set()
        await asyncio.Event().wait()

    first.sweeper.run_once = broken  # type: ignore[method-assign]
    serving = asyncio.create_task(first.sweeper.serve())
    await survived.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert serving.cancelled()


async def test_rows_of_the_past_are_read_with_the_fields_they_had(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    web, sender = node("web", sends=False), node("sender")
    await web.hear(said("one|two|three"))
    await database.execute("UPDATE outbox SET part = 2, attempt = 4")
    async with database.acquire() as db:
        taken = await sender.store.take_over(db, moment(clock.now_ms()), 10)
    assert [(row.part, row.attempt, row.message.text) for row in taken] == [(2, 4, "1: one|two|three")]
