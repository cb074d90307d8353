"""The law: whatever the bank does, whoever dies and however time moves, an operation never posts twice, it ends, and
the conversation is told what the bank's ledger says. The bank here deduplicates nothing, so every mistake shows."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.operations.scripted_bank import Plan
from tests.operations.world import FINAL, Border, Killed, World

# A request still under way when its answer is given up arrives within 50 seconds, and an inquiry sees a posting at
# most 8 seconds late: together less than the minute that two "not found" answers must be apart.
LOST = st.builds(
    Plan,
    reply=st.sampled_from(["lost", "raises"]),
    posts_after_s=st.sampled_from([None, 0, 3, 20, 50]),
    settles_after_s=st.sampled_from([0, 7, 100, 5000]),
    not_found_for_s=st.sampled_from([0, 8]),
)
ANSWERED = st.sampled_from(
    [
        Plan(),
        Plan(reply="processing", settles_after_s=90),
        Plan(reply="refused"),
        Plan(reply="not_sent"),
        Plan(reply="lost", refuses=True),
    ]
)


class Moment(msgspec.Struct, frozen=True):
    """Time passes, then two processes sweep side by side, each of which dies at its border (None: lives on)."""

    seconds: int
    deaths: tuple[int | None, int | None]
    silent: bool
    deaf: bool


DEATH = st.none() | st.integers(min_value=0, max_value=15)
MOMENTS = st.builds(
    Moment,
    st.sampled_from([0, 1, 5, 10, 29, 31, 65, 300, 1600, 4000, 90_000]),
    st.tuples(DEATH, DEATH),
    st.booleans(),
    st.booleans(),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    operation=st.sampled_from(["transfer", "cashback"]),
    plans=st.lists(LOST | ANSWERED, max_size=3),
    first_death=DEATH,
    moments=st.lists(MOMENTS, max_size=8),
    dead_bank=st.booleans(),
)
async def test_one_posting_one_end_one_truth(
    database: asyncpg.Pool,
    operation: str,
    plans: list[Plan],
    first_death: int | None,
    moments: list[Moment],
    dead_bank: bool,
) -> None:
    world = World(database)
    world.bank.plans.extend(plans)
    operation_id = await world.committed(operation=operation)

    await world.run(world.process("process-a", Border(first_death)), operation_id)
    for number, moment in enumerate(moments):
        world.pass_seconds(moment.seconds)
        world.bank.silent, world.conversation.deaf = moment.silent, moment.deaf
        services = [world.process(f"process-{number}-{death}", Border(death)) for death in moment.deaths]
        ends = await asyncio.gather(*(service.run_due() for service in services), return_exceptions=True)
        assert all(isinstance(end, int | Killed) for end in ends), ends
        assert await world.postings(operation_id) <= 1

    world.bank.silent, world.conversation.deaf = dead_bank, False
    await world.until_settled(world.process("process-z"), operation_id)

    assert await world.state(operation_id) in FINAL
    assert (await world.history(operation_id))[-1] == await world.state(operation_id)
    await world.assert_truth_was_told(operation_id)
