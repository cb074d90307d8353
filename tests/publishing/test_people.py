"""People who are in conversations while flows are published: counted by the database, and told apart by their fate."""

from __future__ import annotations

import pytest

from core.dialog.changes.comparing import changes_between
from core.kernel.clock import moment
from core.publishing.impact import impacts_of, refuse_stranded
from core.publishing.schema import Impact, PeopleStranded, Standing
from tests.publishing.conftest import DAY_MS, House, by_step
from tests.publishing.folders import FOLLOW, LONGER_TTL, RESTART, Change, edition, flows

RENAMED: Change = ("system/menu.*yaml", "pick", "choose")
MOVED: Change = ("system/menu.yaml", "revisions: follow", "revisions: follow\nmoved: {pick: choose}")


def fates(impacts: tuple[Impact, ...]) -> dict[str, tuple[str, str]]:
    return {f"{one.standing.flow}.{one.standing.step}": (one.fate, one.to) for one in impacts}


async def test_a_thousand_live_sessions_are_counted_right(house: House) -> None:
    steps = {"from": 400, "sum": 300, "review": 250, "settle": 50}
    first = 0
    for step, people in steps.items():
        await house.stands(people, "card_transfer", step, first=first)
        first += people
    await house.stands(300, "balance", "which", ended=True, first=first)

    standing = await house.publishing.standing()

    assert by_step(standing) == {f"card_transfer.{step}": people for step, people in steps.items()}
    assert {one.policy for one in standing} == {"pin"}
    assert {one.revision for one in standing} == {flows()["card_transfer"].revision}


async def test_every_flow_of_a_conversation_is_counted_and_each_revision_apart(house: House) -> None:
    await house.publish(LONGER_TTL)
    await house.stands(3, "card_transfer", "sum", first=0)
    await house.stands(2, "card_transfer", "sum", LONGER_TTL, first=10)
    await house.database.execute("""
        UPDATE session SET state = jsonb_set(state::jsonb, '{stack,1}',
            '{"id": "M", "flow": "balance", "rev": "unknown", "step": "which"}')::json
        WHERE conversation < 'telegram:9000000002'
    """)

    found = {(one.flow, one.step, one.revision): (one.people, one.policy) for one in await house.publishing.standing()}

    assert found == {
        ("card_transfer", "sum", flows()["card_transfer"].revision): (3, "pin"),
        ("card_transfer", "sum", flows(LONGER_TTL)["card_transfer"].revision): (2, "pin"),
        ("balance", "which", "unknown"): (2, ""),
    }


async def test_flows_that_are_scheduled_to_begin_count_too(house: House) -> None:
    await house.stands(1, "card_transfer", "sum")
    await house.database.execute("""
        UPDATE session SET state = jsonb_set(state::jsonb, '{scheduled}', '[{"flow": "balance", "due": 1}]')::json
    """)
    standing = await house.publishing.standing()

    assert by_step(standing) == {"card_transfer.sum": 1, "balance.": 1}
    assert impacts_of(standing, flows()) == ()
    gone = {name: flow for name, flow in flows().items() if name != "balance"}
    impacts = impacts_of(standing, gone)
    assert fates(impacts) == {"balance.": ("ends", "")}
    refuse_stranded(impacts)


async def test_flows_that_wait_for_a_person_count_and_keep_their_revision(house: House) -> None:
    await house.stands(2, "card_transfer", "sum", ended=True)
    await house.database.execute("""
        UPDATE session SET wake_at = now(), state = jsonb_set(state::jsonb - 'stack', '{person}',
            jsonb_build_object('frames', state::jsonb -> 'stack'))::json
    """)

    assert by_step(await house.publishing.standing()) == {"card_transfer.sum": 2}
    await house.publish(LONGER_TTL)
    await house.publish(FOLLOW, LONGER_TTL)
    house.clock.advance(100 * DAY_MS)
    await house.publishing.prune(keep_days=90)
    assert await house.publishing.revisions([flows()["card_transfer"].revision])


async def test_pinned_people_stay_and_the_changed_step_is_marked(house: House) -> None:
    await house.stands(12, "card_transfer", "review")
    await house.stands(3, "card_transfer", "sum", first=20)
    await house.stands(5, "balance", "which", first=30)

    changes = changes_between(edition(), edition(LONGER_TTL))
    impacts = impacts_of(await house.publishing.standing(), flows(LONGER_TTL), changes)

    assert [(one.standing.step, one.standing.people, one.fate, one.touched) for one in impacts] == [
        ("review", 12, "stays", True),
        ("sum", 3, "stays", False),
    ]


async def test_people_follow_move_or_begin_anew_as_the_flows_say(house: House) -> None:
    await house.publish(FOLLOW, RESTART)
    await house.stands(4, "menu", "pick", FOLLOW, RESTART)
    await house.stands(2, "balance", "which", FOLLOW, RESTART, first=10)

    other: Change = ("balance.yaml", "fresh: 15m", "fresh: 14m")
    impacts = impacts_of(await house.publishing.standing(), flows(FOLLOW, RENAMED, MOVED, RESTART, other))

    assert fates(impacts) == {"balance.which": ("restarts", "login"), "menu.pick": ("follows", "choose")}


async def test_a_following_flow_may_not_drop_a_step_that_people_stand_on(house: House) -> None:
    await house.publish(FOLLOW)
    await house.stands(7, "menu", "pick", FOLLOW)

    with pytest.raises(PeopleStranded, match=r"menu\.pick: 7 live sessions .* `moved: \{pick: "):
        await house.publish(FOLLOW, RENAMED)
    assert (await house.publishing.current()).number == 2

    assert await house.publish(FOLLOW, RENAMED, MOVED) == 3


async def test_a_step_that_nobody_stands_on_may_go(house: House) -> None:
    await house.publish(FOLLOW)

    assert await house.publish(FOLLOW, RENAMED) == 3


async def test_moving_to_a_step_that_is_not_there_helps_nobody(house: House) -> None:
    await house.publish(FOLLOW)
    await house.stands(1, "menu", "pick", FOLLOW)
    standing = await house.publishing.standing()
    nowhere: Change = ("system/menu.yaml", "revisions: follow", "revisions: follow\nmoved: {pick: nowhere}")

    try:
        current = flows(FOLLOW, RENAMED, nowhere)
    except AssertionError:
        return  # The checks refuse it already.
    assert fates(impacts_of(standing, current)) == {"menu.pick": ("ends", "")}


def test_people_of_a_flow_that_is_removed_finish_it() -> None:
    gone = {name: flow for name, flow in flows().items() if name != "balance"}

    impacts = impacts_of([Standing("balance", flows()["balance"].revision, "which", 2, "pin")], gone)

    assert [(one.fate, one.touched) for one in impacts] == [("stays", True)]


async def test_those_whom_the_truth_about_money_is_owed_are_counted(house: House) -> None:
    await house.stands(5, "card_transfer", "sum")
    await house.stands(3, "card_transfer", "settle", owing=True, first=10)

    assert await house.publishing.owing([flows()["card_transfer"].revision]) == (8, 3)
    assert await house.publishing.owing(["another"]) == (0, 0)


async def test_only_those_who_stand_on_it_are_woken(house: House) -> None:
    await house.stands(3, "card_transfer", "sum")
    await house.stands(2, "balance", "which", first=10)
    house.clock.advance(1000)

    assert await house.publishing.wake([flows()["card_transfer"].revision]) == 3

    ringing = "SELECT conversation FROM session WHERE wake_at <= $1 ORDER BY 1"
    woken = await house.conversations(ringing, moment(house.clock.now_ms()))
    assert woken == [f"telegram:9{place:09}" for place in range(3)]
