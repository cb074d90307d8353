"""Sending as a state machine: what follows each answer of a messenger, with time that moves only when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.dialog.contracts import Document, OutboundMessage, Picture
from core.kernel.clock import ManualClock, moment
from core.kernel.errors import ValidationFailed
from core.messages.channels import (
    BadMessage,
    Misconfigured,
    OutcomeUnknown,
    RecipientGone,
    RetryLater,
    SendError,
    WindowClosed,
)
from core.messages.delivery import Delivery
from core.messages.rows import OutboxRow, SentMark
from tests.messages.scripted_channel import LinkingChannel, ScriptedChannel

RECEIPT = Picture(template="receipt", data={}, alt="Квитанція на 250 ₴", lang="uk")
STATEMENT = Document(template="statement", data={}, alt="Виписка", lang="uk", name="statement-11.pdf")


class Office:
    """A sender with nothing around it; `sleep` moves the clock."""

    def __init__(self, channel: ScriptedChannel, parallel: int = 64) -> None:
        self.clock = ManualClock()
        self.channel = channel
        self.marks: list[SentMark] = []
        self.dropped: list[tuple[str, str]] = []
        self.slept: list[float] = []
        self.drawn: list[str] = []
        self.drawing_fails: Exception | None = None
        self.asleep = asyncio.Event()
        self.hold_sleep: asyncio.Event | None = None
        self.delivery = Delivery(
            channels={"telegram": channel}, marks=self, clock=self.clock, draw=self.draw,
            picture_url=lambda outbox_id: f"https://teller.example/{outbox_id}",
            document_url=lambda outbox_id: f"https://teller.example/{outbox_id}.pdf", drop=self.drop, sleep=self.sleep,
            parallel=parallel,
        )  # fmt: skip

    def mark(self, mark: SentMark) -> None:
        self.marks.append(mark)

    async def draw(self, drawn: Picture | Document) -> bytes:
        if self.drawing_fails is not None:
            raise self.drawing_fails
        self.drawn.append(drawn.template)
        return drawn.template.encode()

    async def drop(self, conversation: str, reason: str) -> None:
        self.dropped.append((conversation, reason))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.asleep.set()
        if self.hold_sleep is not None:
            await self.hold_sleep.wait()
        self.clock.advance(int(seconds * 1000))

    async def send(self, *rows: OutboxRow) -> list[tuple[str, str]]:
        """(id, final state) of each row."""
        self.delivery.enqueue(list(rows))
        await self.delivery.drain()
        return [(mark.id, mark.state) for mark in self.marks if mark.state != "ready"]


def row(text: str, chat: str = "1", **message: object) -> OutboxRow:
    fields = {"text": text, **message}
    return OutboxRow(id=f"{chat}-{text}", conversation=f"telegram:{chat}", message=OutboundMessage(**fields))  # type: ignore[arg-type]


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
async def office(channel: ScriptedChannel) -> AsyncIterator[Office]:
    office = Office(channel)
    yield office
    await office.delivery.stop(within_s=0.01)


async def test_messages_of_a_conversation_leave_in_their_order(office: Office) -> None:
    await office.send(*(row(f"m{n}") for n in range(30)))
    assert office.channel.parts("1") == [f"m{n}" for n in range(30)]
    assert {mark.state for mark in office.marks} == {"sent"}


async def test_what_is_added_while_a_message_is_on_the_wire_waits_behind_it(office: Office) -> None:
    office.channel.gates["a"] = asyncio.Event()
    office.delivery.enqueue([row("a")])
    await asyncio.sleep(0)
    office.delivery.enqueue([row("b")])
    office.channel.gates["a"].set()
    await office.delivery.drain()
    assert office.channel.parts("1") == ["a", "b"]


async def test_a_slow_chat_holds_up_nobody_else(office: Office) -> None:
    # Given a chat whose message hangs
    office.channel.gates["slow"] = asyncio.Event()
    office.delivery.enqueue([row("slow", "1"), row("quick", "2")])
    # When the other chat's message has arrived
    await office.channel.arrived.wait()
    # Then the slow one is still on the wire
    assert office.channel.sent == [("2", "quick")]
    office.channel.gates["slow"].set()
    await office.delivery.drain()


async def test_no_more_than_the_permitted_number_are_on_the_wire_at_once(channel: ScriptedChannel) -> None:
    office = Office(channel, parallel=3)
    gate = asyncio.Event()
    channel.gates = {f"m{n}": gate for n in range(10)}
    office.delivery.enqueue([row(f"m{n}", str(n)) for n in range(10)])
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(channel.began) == 3
    gate.set()
    await office.delivery.drain()
    assert len(channel.sent) == 10


async def test_the_same_row_given_twice_is_sent_once(office: Office) -> None:
    office.channel.gates["a"] = asyncio.Event()
    office.delivery.enqueue([row("a"), row("b")])
    await asyncio.sleep(0)
    office.delivery.enqueue([row("a"), row("b")])
    office.channel.gates["a"].set()
    await office.delivery.drain()
    assert office.channel.parts("1") == ["a", "b"]


async def test_a_refusal_for_now_is_retried_with_growing_pauses_and_the_younger_wait(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("busy")] * 3
    assert await office.send(row("a"), row("b")) == [("1-a", "sent"), ("1-b", "sent")]
    assert office.channel.parts("1") == ["a", "b"]
    assert office.slept == [0.5, 1.0, 2.0]
    again = [mark for mark in office.marks if mark.state == "ready"]
    assert [(mark.attempt, mark.error) for mark in again] == [(1, "send_retry"), (2, "send_retry"), (3, "send_retry")]


async def test_the_platforms_own_pause_is_kept_however_long_and_order_with_it(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("slow down", after_s=3600)]
    start = office.clock.now_ms()
    office.hold_sleep = asyncio.Event()
    office.delivery.enqueue([row("a")])
    await office.asleep.wait()
    # When the next turn of this chat brings a message meanwhile
    office.delivery.enqueue([row("b")])
    office.hold_sleep.set()
    await office.delivery.drain()
    # Then it does not overtake
    assert office.channel.parts("1") == ["a", "b"]
    assert office.clock.now_ms() - start == 3_600_000
    assert office.marks[0].next_at == moment(start + 3_600_000)


async def test_a_pause_of_one_conversation_is_nobody_elses(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("wait", after_s=60)]
    office.hold_sleep = asyncio.Event()
    office.delivery.enqueue([row("a", "1")])
    await office.asleep.wait()
    office.delivery.enqueue([row("b", "2")])
    await office.channel.arrived.wait()
    assert office.channel.sent == [("2", "b")]
    office.hold_sleep.set()
    await office.delivery.drain()


async def test_a_pause_of_the_whole_bot_holds_every_conversation(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("flood", after_s=60, scope="channel")]
    office.hold_sleep = asyncio.Event()
    office.delivery.enqueue([row("a", "1")])
    await office.asleep.wait()
    office.delivery.enqueue([row("b", "2")])
    for _ in range(20):
        await asyncio.sleep(0)
    assert office.channel.sent == []
    office.hold_sleep.set()
    await office.delivery.drain()
    assert sorted(office.channel.sent) == [("1", "a"), ("2", "b")]


async def test_a_short_pause_of_the_bot_does_not_shorten_a_long_one(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("flood", after_s=60, scope="channel")]
    office.channel.script["b"] = [RetryLater("flood", after_s=1, scope="channel")]
    office.channel.gates = {"b": asyncio.Event()}
    start = office.clock.now_ms()
    office.hold_sleep = asyncio.Event()
    office.delivery.enqueue([row("a", "1"), row("b", "2")])
    await office.asleep.wait()
    office.channel.gates["b"].set()
    for _ in range(10):
        await asyncio.sleep(0)
    office.delivery.enqueue([row("c", "3")])
    office.hold_sleep.set()
    await office.delivery.drain()
    assert office.clock.now_ms() - start >= 60_000
    assert len(office.channel.sent) == 3


async def test_when_no_retry_helps_the_message_is_dead_and_the_next_one_goes(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("never")] * 100
    assert await office.send(row("a"), row("b")) == [("1-a", "dead"), ("1-b", "sent")]
    assert office.marks[-2].error == "send_retry: never"
    # An evening without the messenger costs nobody a message.
    assert sum(office.slept) > 6 * 3600


async def test_who_is_gone_gets_nothing_more(office: Office) -> None:
    office.channel.script["a"] = [RecipientGone("blocked")]
    assert await office.send(row("a"), row("b"), row("c")) == [("1-a", "dropped")]
    assert office.dropped == [("telegram:1", "recipient_gone")]
    assert office.channel.sent == []
    # And when they come back, they hear again.
    await office.send(row("welcome back"))
    assert office.channel.parts("1") == ["welcome back"]


@pytest.mark.parametrize("error", [BadMessage("too long"), WindowClosed("24 h"), SendError("odd")])
async def test_a_message_that_can_never_go_is_put_aside_and_the_next_one_goes(office: Office, error: SendError) -> None:
    office.channel.script["a"] = [error]
    assert await office.send(row("a"), row("b")) == [("1-a", "dead"), ("1-b", "sent")]
    assert office.marks[0].error == f"{error.code}: {error.detail}"


async def test_an_error_of_any_length_fits_its_column(office: Office) -> None:
    office.channel.script["a"] = [BadMessage("x" * 100_000)]
    await office.send(row("a"))
    assert len(office.marks[0].error) == 500


async def test_with_a_wrong_configuration_messages_wait_for_the_operator_in_order(office: Office) -> None:
    office.channel.script["a"] = [Misconfigured("401")] * 100
    assert await office.send(row("a"), row("b")) == [("1-a", "sent"), ("1-b", "sent")]
    assert office.channel.parts("1") == ["a", "b"]
    assert office.slept == [60.0] * 100
    assert office.marks[0].attempt == 0


async def test_a_channel_that_is_not_configured_is_said_in_the_dead_letter(office: Office) -> None:
    stray = OutboxRow(id="x", conversation="viber:1", message=OutboundMessage(text="a"))
    assert await office.send(stray) == [("x", "dead")]
    assert "'viber'" in office.marks[0].error


async def test_an_ordinary_text_is_sent_once_more_when_nobody_knows_whether_it_arrived(office: Office) -> None:
    office.channel.script["a"] = [OutcomeUnknown("timeout")]
    assert await office.send(row("a")) == [("1-a", "sent")]
    assert office.channel.began == ["a", "a"]


async def test_but_not_a_third_time(office: Office) -> None:
    office.channel.script["a"] = [OutcomeUnknown("timeout")] * 5
    assert await office.send(row("a"), row("b")) == [("1-a", "unknown"), ("1-b", "sent")]
    assert office.channel.began == ["a", "a", "b"]


async def test_earlier_refusals_do_not_take_the_second_try_away(office: Office) -> None:
    office.channel.script["a"] = [RetryLater("busy"), OutcomeUnknown("timeout")]
    assert await office.send(row("a")) == [("1-a", "sent")]


async def test_a_message_about_moved_money_is_never_sent_again_after_an_unknown_outcome(office: Office) -> None:
    office.channel.script["paid"] = [RetryLater("busy"), OutcomeUnknown("timeout")]
    assert await office.send(row("paid", once=True), row("b")) == [("1-paid", "unknown"), ("1-b", "sent")]
    assert office.channel.began == ["paid", "paid", "b"]
    assert office.marks[1].error == "send_unknown: timeout"


async def test_a_call_that_may_fail_does_not_hold_up_the_message(office: Office) -> None:
    office.channel.script["ack"] = [RetryLater("query is too old")]
    assert await office.send(row("a", ack="q1")) == [("1-a", "sent")]
    assert office.channel.parts("1") == ["a"]


async def test_a_long_message_goes_on_where_it_was_interrupted(office: Office) -> None:
    office.channel.script["two"] = [RetryLater("busy"), RetryLater("busy")]
    assert await office.send(row("one|two|three")) == [("1-one|two|three", "sent")]
    assert office.channel.parts("1") == ["one", "two", "three"]
    assert [mark.part for mark in office.marks] == [1, 1, 3]


async def test_parts_that_another_process_has_sent_are_not_sent_again(office: Office) -> None:
    half = row("one|two|three")
    half.part = 2
    await office.send(half)
    assert office.channel.parts("1") == ["three"]


async def test_the_mark_carries_the_platforms_id(office: Office) -> None:
    await office.send(row("one|two"))
    assert [(mark.platform_id, mark.part, mark.at) for mark in office.marks] == [
        ("id-2", 2, moment(office.clock.now_ms()))
    ]


@pytest.mark.parametrize(("kind", "drawn"), [("picture", RECEIPT), ("document", STATEMENT)])
async def test_a_file_is_drawn_and_goes_with_its_message(office: Office, kind: str, drawn: Picture | Document) -> None:
    await office.send(row("Надіслано", **{kind: drawn}))
    assert office.channel.parts("1") == [kind, "Надіслано"]
    assert office.channel.pictures == [drawn.template.encode()]


async def test_a_channel_that_fetches_pictures_gets_an_address_and_nothing_is_drawn() -> None:
    office = Office(LinkingChannel())
    office.drawing_fails = AssertionError("nobody draws here")
    await office.send(row("Надіслано", picture=RECEIPT))
    assert office.channel.addresses == ["https://teller.example/1-Надіслано"]
    assert office.channel.parts("1") == ["Надіслано"]


@pytest.mark.parametrize("error", [ValidationFailed("blank field"), MemoryError(), ZeroDivisionError("a bug")])
async def test_a_picture_that_cannot_be_drawn_does_not_cost_the_text(office: Office, error: Exception) -> None:
    office.drawing_fails = error
    states = await office.send(row("Надіслано 250 ₴", picture=RECEIPT, once=True), row("b"))
    assert [state for _, state in states] == ["sent", "sent"]
    assert office.channel.parts("1") == ["Надіслано 250 ₴\n\nКвитанція на 250 ₴", "b"]


async def test_a_picture_without_a_text_becomes_its_description(office: Office) -> None:
    office.drawing_fails = ValidationFailed("blank field")
    await office.send(row("", picture=RECEIPT))
    assert office.channel.parts("1") == ["Квитанція на 250 ₴"]


async def test_a_picture_is_not_drawn_again_for_the_parts_behind_it(office: Office) -> None:
    office.channel.script["text"] = [RetryLater("busy")]
    await office.send(row("text", picture=RECEIPT))
    assert office.drawn == ["receipt"]
    assert office.channel.pictures == [b"receipt"]
    assert office.channel.parts("1") == ["picture", "text"]


async def test_a_channel_that_fetches_documents_is_told_their_size_too() -> None:
    office = Office(LinkingChannel())
    await office.send(row("Ось вона", document=STATEMENT))
    assert office.channel.addresses[-1] == "https://teller.example/1-Ось вона.pdf"
    assert office.channel.parts("1") == ["document of 9", "Ось вона"]


@pytest.mark.parametrize("channel", [ScriptedChannel, LinkingChannel])
async def test_a_document_that_cannot_be_drawn_does_not_cost_the_text(channel: type[ScriptedChannel]) -> None:
    (office := Office(channel())).drawing_fails = ValidationFailed("blank field")
    await office.send(row("Ось вона", document=STATEMENT))
    assert office.channel.parts("1") == ["Ось вона\n\nВиписка"]


@pytest.mark.parametrize(("once", "tries", "state"), [(False, 2, "unknown"), (True, 1, "unknown")])
async def test_a_bug_in_a_channel_holds_up_nobody_for_ever(office: Office, once: bool, tries: int, state: str) -> None:
    office.channel.script["a"] = [KeyError("a bug")] * 10
    assert await office.send(row("a", once=once), row("b")) == [("1-a", state), ("1-b", "sent")]
    assert office.channel.began == ["a"] * tries + ["b"]


async def test_at_the_end_what_is_on_the_wire_may_arrive_and_the_rest_stays(office: Office) -> None:
    # Given one message on the wire with another behind it, and one that waits for its next try
    office.channel.gates["a"] = asyncio.Event()
    office.channel.script["c"] = [RetryLater("busy")]
    office.hold_sleep = asyncio.Event()
    office.delivery.enqueue([row("a", "1"), row("b", "1"), row("c", "2")])
    await office.asleep.wait()
    # When the process ends and the answer comes during the grace
    stopping = asyncio.create_task(office.delivery.stop())
    await asyncio.sleep(0)
    office.channel.gates["a"].set()
    await stopping
    # Then what arrived is marked, and nothing else was begun
    assert [(mark.id, mark.state) for mark in office.marks] == [("2-c", "ready"), ("1-a", "sent")]
    office.delivery.enqueue([row("d", "3")])
    await office.delivery.drain()
    assert office.channel.began == ["a", "c"]


async def test_a_message_about_money_cut_off_at_the_end_is_marked_unknown(office: Office) -> None:
    office.channel.gates = {"paid": asyncio.Event(), "text": asyncio.Event()}
    office.delivery.enqueue([row("paid", "1", once=True), row("text", "2")])
    await asyncio.sleep(0)
    await office.delivery.stop(within_s=0.01)
    assert [(mark.id, mark.state) for mark in office.marks] == [("1-paid", "unknown")]


async def test_whose_messages_wait_is_known_so_that_their_leases_are_kept(office: Office) -> None:
    office.channel.gates["a"] = asyncio.Event()
    office.delivery.enqueue([row("a", "1")])
    assert office.delivery.conversations() == ["telegram:1"]
    office.channel.gates["a"].set()
    await office.delivery.drain()
    assert office.delivery.conversations() == []
