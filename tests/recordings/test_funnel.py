"""The funnel, counted by hand and by SQL: every count of docs/flows/funnel.md on conversations that are known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from core.kernel.clock import moment
from core.recordings.rows import FlowCount, StepCount, Wanted
from core.recordings.store import RecordingStore
from tests.recordings.conftest import DONE, QUOTE, Street


async def counted(street: Street, **wanted: Any) -> tuple[dict[str, FlowCount], dict[str, StepCount]]:
    since = street.recordings.since(timedelta(days=1))
    found = await street.recordings.funnel(Wanted(since=since, **wanted))
    return {flow.flow: flow for flow in found.flows}, {f"{step.flow}.{step.step}": step for step in found.steps}


def told(count: FlowCount | StepCount) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: value for name, value in msgspec.to_builtins(count).items() if value and isinstance(value, int)}


async def test_a_straight_transfer(street: Street) -> None:
    person = await street.person().comes()
    await person.at_review()
    await person.presses("Надіслати")
    await person.bank(DONE)

    flows, steps = await counted(street)

    assert told(flows["card_transfer"]) == {"began": 1, "done": 1, "confirmed": 1, "settled_ok": 1}
    for step in ("from", "to", "sum", "quote", "review", "pay"):
        assert told(steps[f"card_transfer.{step}"]) == {"entered": 1, "answered": 1}, step
    assert told(steps["card_transfer.receipt.end"]) == {"entered": 1}


async def test_wrong_answers_back_and_an_edit(street: Street) -> None:
    person = await street.person().comes()
    await person.at_sum()
    await person.says("багато")  # not a sum
    await person.says("0,50")  # too small
    await person.says("200")
    await person.bank(QUOTE)
    await person.says("назад")  # from the confirmation to the sum
    await person.says("250")
    await person.bank(QUOTE)
    await person.presses("отримувача")  # the payee is edited; the sum is kept and passed again
    await person.bank({"items": []})
    await person.says("067 123 45 68")
    await person.bank(QUOTE)
    await person.presses("Не надсилати")

    flows, steps = await counted(street)

    assert told(flows["card_transfer"]) == {"began": 1, "cancelled": 1}
    assert told(steps["card_transfer.sum"]) == {"entered": 3, "answered": 3, "retried": 2}
    assert told(steps["card_transfer.review"]) == {"entered": 3, "answered": 1, "back": 1, "edited": 1}
    assert told(steps["card_transfer.to"]) == {"entered": 2, "answered": 2}


async def test_tries_that_are_used_up(street: Street) -> None:
    person = await street.person().comes()
    await person.at_sum()
    for _ in range(3):
        await person.says("багато")

    flows, steps = await counted(street)

    assert told(flows["card_transfer"]) == {"began": 1, "failed": 1}
    assert told(steps["card_transfer.sum"]) == {"entered": 1, "retried": 3, "gave_up": 1}
    assert steps["card_transfer.sum"].left == 1


async def test_going_aside_and_coming_back(street: Street) -> None:
    person = await street.person().comes()
    await person.at_sum()
    await person.says("мова")
    await person.presses("English")
    await person.says("100")

    flows, steps = await counted(street)

    assert told(steps["card_transfer.sum"]) == {"entered": 1, "answered": 1, "aside": 1}
    assert told(flows["language"]) == {"began": 1, "done": 1}


async def test_leaving_by_a_word_by_time_for_another_beginning_and_to_a_person(street: Street) -> None:
    for leaves in ("скасувати", "переказ", "оператор"):
        person = await street.person().comes()
        await person.at_sum()
        await person.says(leaves)
    person = await street.person().comes()
    await person.at_sum()
    await person.waits_too_long()  # the customer is asked whether to go on,
    await person.waits_too_long()  # and nobody answers

    flows, steps = await counted(street)

    assert told(steps["card_transfer.sum"]) == {
        "entered": 4, "cancelled": 1, "expired": 1, "elsewhere": 1, "handed_over": 1,
    }  # fmt: skip
    assert steps["card_transfer.sum"].left == 4
    assert told(flows["card_transfer"]) == {
        "began": 5, "cancelled": 1, "expired": 1, "elsewhere": 1, "handed_over": 1,
    }  # fmt: skip


async def test_an_expired_question_that_is_gone_on_with_has_not_been_left(street: Street) -> None:
    person = await street.person().comes()
    await person.at_sum()
    await person.waits_too_long()
    await person.says("так")
    await person.says("100")

    _, steps = await counted(street)

    assert told(steps["card_transfer.sum"]) == {"entered": 2, "answered": 1, "expired": 1, "continued": 1}
    assert steps["card_transfer.sum"].left == 0


async def test_what_comes_twice_counts_once(street: Street) -> None:
    person = await street.person().comes()
    await person.at_review()
    token = person.token("Надіслати")
    for _ in range(3):
        await person.does("button", "same update", payload=token)
    await person.does("button", "another update", payload=token)
    await person.bank(DONE)
    await person.settles("ok", **DONE)

    flows, steps = await counted(street)

    assert told(steps["card_transfer.review"]) == {"entered": 1, "answered": 1}
    assert told(flows["card_transfer"]) == {"began": 1, "done": 1, "confirmed": 1, "settled_ok": 1}


@pytest.mark.parametrize(
    ("arm", "later", "expected", "unknown"),
    [
        ("ok", "", {"done": 1, "settled_ok": 1}, 0),
        ("refused", "", {"refused": 1, "settled_refused": 1}, 0),
        ("unknown", "", {}, 1),
        ("unknown", "ok", {"done": 1, "settled_ok": 1}, 0),
        ("pending", "refused", {"refused": 1, "settled_refused": 1}, 0),
    ],
)
async def test_what_became_of_the_money(
    street: Street, arm: str, later: str, expected: dict[str, int], unknown: int
) -> None:
    person = await street.person().comes()
    await person.at_review()
    await person.presses("Надіслати")
    await person.bank(DONE if arm == "ok" else {}, arm=arm, reason="error.limit_exceeded" if arm == "refused" else "")
    if later:
        await person.settles(later, **(DONE if later == "ok" else {}))

    flows, _ = await counted(street)

    assert told(flows["card_transfer"]) == {"began": 1, "confirmed": 1, **expected}
    assert flows["card_transfer"].unknown == unknown


async def test_an_outcome_that_is_told_late_counts_for_the_flow_that_moved_the_money(street: Street) -> None:
    person = await street.person().comes()
    await person.at_review()
    await person.presses("Надіслати")
    await person.bank({}, arm="unknown")
    await person.waits_too_long()
    await person.settles("ok", **DONE)

    flows, steps = await counted(street)

    assert told(flows["card_transfer"]) == {"began": 1, "handed_over": 1, "confirmed": 1, "settled_ok": 1}
    assert told(steps["card_transfer.settle"]) == {"entered": 1, "expired": 1}
    assert told(steps["card_transfer.unclear.handoff"]) == {"entered": 1, "handed_over": 1}


async def test_channels_revisions_and_flows_are_told_apart(street: Street) -> None:
    await (await street.person("telegram").comes()).at_sum()
    await (await street.person("viber").comes()).at_sum()
    revision = street.programs.flows["card_transfer"].revision

    both, _ = await counted(street, flow="card_transfer")
    viber, _ = await counted(street, channel="viber")
    same, _ = await counted(street, revision=revision[:6])
    none, _ = await counted(street, revision="ZZZZ")

    assert list(both) == ["card_transfer"]
    assert both["card_transfer"].began == 2
    assert viber["card_transfer"].began == 1
    assert same["card_transfer"].began == 2
    assert none == {}


async def test_counting_up_changes_no_count_and_is_done_once(street: Street, database: asyncpg.Pool) -> None:
    # Given a transfer whose first half was counted up before its second half happened
    person = await street.person().comes()
    await person.at_review()
    fresh = await counted(street)
    street.clock.advance(10 * 60_000)
    assert await counted(street) == fresh
    await person.says("так")
    street.clock.advance(10 * 60_000)
    later = await counted(street)

    # Then everything counts once, also when it is counted up again and the journal is gone
    assert later == await counted(street)
    await database.execute("TRUNCATE journal")
    assert await counted(street) == later
    async with database.acquire() as db:
        await RecordingStore().count_up(db, moment(0))
    assert await counted(street) == later


async def test_the_views_hold_nothing_of_a_person(street: Street, database: asyncpg.Pool) -> None:
    person = await street.person().comes()
    await person.at_review()
    rows = await database.fetchval("SELECT json_agg(c)::text FROM funnel_count c")
    for private in (person.user, "Олена", "671234567", "402817", "ІВАН"):
        assert private not in rows
