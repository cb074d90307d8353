"""Whatever dies on the way, nothing acknowledged is lost, nothing runs twice and the money moves once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.demo.phone import Phone
from app.demo.town import Town
from tests.journeys.conftest import QUICK, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
DONE = "Надіслано 250,00\u00a0₴"


async def restart(world: World) -> None:
    await world.town.start_teller(TELLER_FLOWS_DIR=str(world.flows), **QUICK)


@pytest_asyncio.fixture(loop_scope="session")
async def confirmed(world: World) -> AsyncIterator[Phone]:
    """A customer who looks at the confirmation."""
    async with world.person("telegram") as person:
        await world.log_in(person)
        await world.up_to_confirmation(person)
        yield person


async def states(world: World) -> list[str]:
    rows = await world.rows("SELECT state FROM operation WHERE effect = 'money' ORDER BY created_at DESC LIMIT 1")
    return [row["state"] for row in rows]


async def until_state(world: World, *wanted: str) -> None:
    """Look until the newest money operation is in one of the states."""
    for _ in range(200):
        if set(await states(world)) & set(wanted):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {wanted}, but {await states(world)}")


async def arrived(world: World, operation: str) -> None:
    """The request is in the bank's hands, whatever becomes of its sender."""
    for _ in range(200):
        answer = await world.bank.get("/control/calls", params={"system": "TRANSFERS", "operation": operation})
        if any(item["count"] for item in answer.json()["items"]):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{operation} never came to the bank")


async def posted(world: World, count: int = 1) -> None:
    for _ in range(200):
        if len(await world.transfers()) == count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(await world.transfers())} postings, not {count}")


async def test_killed_while_the_request_is_on_its_way_and_the_bank_never_applied_it(
    world: World, confirmed: Phone
) -> None:
    # Given a bank that takes the request and does nothing with it
    await world.fault("TRANSFERS", "CreateTransfer", "timeout_before_apply", seconds=5)
    await confirmed.press("Надіслати")
    await arrived(world, "CreateTransfer")

    # When the process dies and another takes over
    await world.town.kill_teller()
    await restart(world)

    # Then nothing is claimed and nothing is sent blindly again: it may be, only after the bank has twice denied it
    await confirmed.hear("Ще перевіряю в банку", within_s=60)
    assert await world.transfers() == []


async def test_killed_after_the_bank_applied_it_and_before_it_answered(world: World, confirmed: Phone) -> None:
    await world.fault("TRANSFERS", "CreateTransfer", "timeout_after_apply", seconds=3)
    await confirmed.press("Надіслати")
    await posted(world)
    await world.town.kill_teller()
    await restart(world)
    await confirmed.hear(DONE, within_s=60, picture=True)
    assert len(await world.transfers()) == 1


async def test_killed_while_the_outcome_is_unknown(world: World, confirmed: Phone) -> None:
    await world.fault("TRANSFERS", "CreateTransfer", "http_500_after_apply")
    await confirmed.press("Надіслати")
    await until_state(world, "unknown")
    await world.town.kill_teller()
    await restart(world)
    await confirmed.hear(DONE, within_s=60, picture=True)
    assert len(await world.transfers()) == 1


async def test_killed_with_the_receipt_not_yet_sent(world: World, confirmed: Phone) -> None:
    # Given a messenger that does not take the receipt
    order = {"method": "sendPhoto", "fault": "http_500", "times": 3}
    assert (await world.messengers.post("/control/telegram/faults", json=order)).status_code == 200
    await confirmed.press("Надіслати")
    await until_state(world, "completed")
    await world.town.kill_teller()
    await restart(world)
    await confirmed.hear(DONE, within_s=60, picture=True)
    assert len(await world.transfers()) == 1


async def test_killed_before_the_first_attempt(world: World, confirmed: Phone) -> None:
    # Given a process that is stopped dead the moment the confirmation is durable
    await confirmed.press("Надіслати", wait=False)
    await until_state(world, "confirmed", "submitting", "completed")
    await world.town.kill_teller()
    await restart(world)
    # Where it died between its mark and the request, the bank must deny the transfer twice, a minute apart, first.
    await confirmed.hear(DONE, within_s=180, picture=True)
    assert len(await world.transfers()) == 1


async def test_a_database_restarted_in_the_middle_of_a_conversation_loses_nothing(
    world: World, confirmed: Phone
) -> None:
    await asyncio.to_thread(world.town.restart_database)
    await confirmed.press("Надіслати")
    await confirmed.hear(DONE, within_s=60, picture=True)
    assert len(await world.transfers()) == 1


async def test_broken_yaml_changes_nothing_and_says_where(world: World) -> None:
    # Given a product owner who saves half a file
    flow = world.flows / "balance.yaml"
    whole = flow.read_text()
    flow.write_text(whole.replace("call: bank.balance", "call: bank.balanse"))
    await _logged(world.town, "balance.yaml", "bank.balanse")

    # When customers go on
    async with world.person("telegram") as person:
        await world.log_in(person)

    # Then the flows of before serve them, and the mended file is taken
    flow.write_text(whole.replace("Яку картку показати?", "Яку картку показати? Оберіть."))
    await _logged(world.town, "translation_stale")
    flow.write_text(whole)
    await _logged(world.town, "flows_loaded")


async def _logged(town: Town, *words: str) -> None:
    for _ in range(200):
        if any(all(word in line for word in words) for line in town.log("teller").read_text().splitlines()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"nothing like {words} in the log")
