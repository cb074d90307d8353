"""Tickets: opened by a turn, closed by a person, and the conversation hears of it once, whoever dies meanwhile."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec

from core.dialog.contracts import Event
from core.dialog.errors import NoConversation
from core.kernel.clock import ManualClock, moment
from core.messages.turn import Decision
from tests.messages.conftest import MakeNode, decide, said
from tests.messages.node import LEASE_S, Node

CHAT = "5500000001"
CONVERSATION = f"telegram:{CHAT}"


async def close(node: Node, database: asyncpg.Pool, ticket: str = "T1", note: str = "") -> bool:
    return await node.store.close_ticket(database, ticket, moment(node.clock.now_ms()), note)


async def heard(database: asyncpg.Pool) -> list[str]:
    state = await database.fetchval("SELECT state::text FROM session WHERE conversation = $1", CONVERSATION)
    return list(msgspec.json.decode(state))


async def test_a_ticket_is_listed_until_it_is_closed(node: MakeNode, database: asyncpg.Pool) -> None:
    one = node("a")
    await one.hear(said("help"))
    [ticket] = await one.store.open_tickets(database, 10)
    assert (ticket.id, ticket.conversation, ticket.queue, ticket.summary) == (
        "T1", CONVERSATION, "payments", "from a test",
    )  # fmt: skip

    assert await close(one, database, note="called them back")

    assert await one.store.open_tickets(database, 10) == []
    row = await database.fetchrow("SELECT state, note, closed_at FROM ticket")
    assert (row["state"], row["note"], row["closed_at"]) == ("closed", "called them back", moment(one.clock.now_ms()))


async def test_the_conversation_hears_of_it_once_whichever_processes_look(
    node: MakeNode, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    await first.hear(said("help"))
    await close(first, database)

    await asyncio.gather(first.sweep(), second.sweep())
    await asyncio.gather(first.sweep(), second.sweep())

    assert await heard(database) == ["help", "TicketClosed"]
    assert await database.fetchval("SELECT tell_at FROM ticket") is None


async def test_closing_twice_is_closing_once(node: MakeNode, database: asyncpg.Pool) -> None:
    one = node("a")
    await one.hear(said("help"))
    assert await close(one, database)
    await one.sweep()

    assert not await close(one, database)
    assert not await close(one, database, "T9")
    await one.sweep()

    assert await heard(database) == ["help", "TicketClosed"]


async def test_killed_between_telling_and_noting_it_the_conversation_is_not_told_again(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    first, second = node("a"), node("b")
    await first.hear(said("help"))
    await close(first, database)

    async def killed(db: asyncpg.Connection, ticket: str) -> None:
        raise asyncio.CancelledError

    first.store.ticket_told = killed  # type: ignore[method-assign]
    await asyncio.gather(first.sweep(), return_exceptions=True)
    await second.sweep()
    assert await database.fetchval("SELECT tell_at FROM ticket") is not None
    clock.advance((LEASE_S + 1) * 1000)
    await second.sweep()

    assert await heard(database) == ["help", "TicketClosed"]
    assert await database.fetchval("SELECT tell_at FROM ticket") is None


async def test_a_conversation_that_cannot_be_told_now_is_told_later_and_does_not_stop_the_others(
    node: MakeNode, clock: ManualClock, database: asyncpg.Pool
) -> None:
    one = node("a")
    await one.hear(said("help"))
    await one.hear(said("hello", conversation="2"))
    await one.hear(said("help", conversation="2"))
    broken = [CONVERSATION]

    def sometimes(conversation: str, state: str, event: Event, now_ms: int) -> Decision:
        if conversation in broken:
            raise ZeroDivisionError("a bug in the engine")
        return decide(conversation, state, event, now_ms)

    one.turns._decide = sometimes
    await close(one, database)
    await close(one, database, "T2")
    await one.sweep()
    assert await database.fetchval("SELECT count(*) FROM ticket WHERE tell_at IS NOT NULL") == 1
    broken.clear()
    clock.advance((LEASE_S + 1) * 1000)
    await one.sweep()

    assert await heard(database) == ["help", "TicketClosed"]


async def test_a_ticket_without_a_conversation_is_not_tried_for_ever(node: MakeNode, database: asyncpg.Pool) -> None:
    one = node("a")
    await one.hear(said("help"))

    def gone(conversation: str, state: str, event: Event, now_ms: int) -> Decision:
        raise NoConversation("only an inbound event can begin a conversation")

    one.turns._decide = gone
    await close(one, database)
    await one.sweep()

    assert await database.fetchval("SELECT tell_at FROM ticket") is None


async def test_the_version_before_still_opens_tickets(database: asyncpg.Pool) -> None:
    await database.execute(
        "INSERT INTO ticket (id, conversation, queue, summary, created_at) VALUES ('old', $1, 'q', 's', now())",
        CONVERSATION,
    )
    assert await database.fetchval("SELECT state FROM ticket WHERE id = 'old'") == "open"
