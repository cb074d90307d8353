"""`teller flows replay`, `record` and `funnel` over a database that real turns have written."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from app.cli.flows import cli
from core.dialog.flowtest.runner import run_flow_tests
from core.kernel.clock import SystemClock
from tests.dialog_hardening.shipped import CATALOGUE, FLOWS
from tests.recordings.conftest import DONE, Person, Street

Teller = Callable[..., Awaitable[Any]]


@pytest.fixture
def teller(database_url: str, redis_url: str, tmp_path: Path) -> Teller:
    settings = {
        "TELLER_DATABASE__URL": database_url, "TELLER_REDIS__URL": redis_url, "TELLER_DATA_DIR": str(tmp_path / "data"),
        "TELLER_FLOWS_DIR": str(FLOWS),
    }  # fmt: skip

    async def run(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, cli, list(words), env=settings)

    return run


@pytest.fixture
async def sent(street: Street) -> Person:
    """200,00 sent, now: the commands read the days before the machine's clock."""
    street.clock.advance(SystemClock().now_ms() - street.clock.now_ms())
    person = await street.person().comes()
    await person.at_review()
    await person.presses("Надіслати")
    await person.bank(DONE)
    return person


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped flows with one passage of the transfer replaced."""
    folder = tmp_path / "new"
    shutil.copytree(FLOWS, folder)
    file = folder / "card_transfer.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


async def test_the_flows_of_now_change_nothing(sent: Person, teller: Teller) -> None:
    result = await teller("replay", "--against", str(FLOWS))

    assert result.exit_code == 0, result.output
    assert "nothing was sent" in result.output
    assert "0 end differently" in result.output


async def test_a_conversation_that_would_end_differently_is_shown_without_its_person(
    sent: Person, teller: Teller, tmp_path: Path
) -> None:
    against = changed(tmp_path, "if: amount < 1.00", "if: amount < 300.00")

    result = await teller("replay", "--against", str(against), "--flow", "card_transfer", "--json")

    report = json.loads(result.output)
    assert (report["talks"], report["different"]) == (1, 1)
    [group] = report["groups"]
    assert (group["flow"], group["step"]) == ("card_transfer", "sum")
    assert {"money", "calls", "outcome"} <= set(group["kinds"])
    [example] = group["examples"]
    assert "card_transfer:done" in example["then"]
    assert sent.user not in result.output

    shown = await teller("replay", "--against", str(against))
    assert "1 end differently" in shown.output

    # And the number in the example finds the conversation
    recorded = await teller("record", str(example["number"]))
    assert recorded.exit_code == 0, recorded.output
    assert "bank.transfer" in recorded.output


async def test_flows_with_errors_are_not_played(sent: Person, teller: Teller, tmp_path: Path) -> None:
    result = await teller("replay", "--against", str(changed(tmp_path, "on: {ok: review", "on: {ok: revue")))

    assert result.exit_code == 1
    assert "have errors" in result.output


async def test_a_real_conversation_becomes_a_test_that_passes(sent: Person, teller: Teller, tmp_path: Path) -> None:
    out = tmp_path / "card_transfer.test.yaml"

    result = await teller("record", sent.conversation, "--out", str(out))

    assert result.exit_code == 0, result.output
    folder = tmp_path / "flows"
    shutil.copytree(FLOWS, folder, ignore=shutil.ignore_patterns("*.test.yaml"))
    shutil.copy(out, folder)
    [outcome] = run_flow_tests(folder, [operation.signature for operation in CATALOGUE.values()])
    assert [str(failure) for failure in outcome.failures] == []
    written = out.read_text(encoding="utf-8")
    for private in (sent.user, "Олена", "671234567", "402817", "ІВАН", "4417"):
        assert private not in written
    [test] = yaml.safe_load(written)
    assert {"bot": {"step": "receipt", "image": "receipt"}} in test["talk"]
    assert test["then"]["end"] == "done"


@pytest.mark.parametrize("leaves", ["скасувати", "оператор", "мова"])
async def test_other_ways_to_end_become_tests_too(street: Street, teller: Teller, leaves: str) -> None:
    street.clock.advance(SystemClock().now_ms() - street.clock.now_ms())
    person = await street.person("viber").comes()
    await person.at_sum()
    await person.says("багато")
    await person.says(leaves)

    result = await teller("record", person.conversation)

    assert result.exit_code == 0, result.output
    assert "channel: viber" in result.output


async def test_a_conversation_that_nobody_had_is_a_clear_error(teller: Teller) -> None:
    result = await teller("record", "telegram:nobody")

    assert result.exit_code == 1
    assert "no conversation" in str(result.exception)


async def test_the_funnel_is_shown_in_the_order_of_the_flow(sent: Person, teller: Teller) -> None:
    result = await teller("funnel", "card_transfer")

    assert result.exit_code == 0, result.output
    assert "card_transfer: began 1, done 1" in result.output
    assert "money: confirmed 1, ok 1, refused 0, not known yet 0" in result.output
    places = [result.output.index(f"\n{step} ") for step in ("from", "to", "sum", "quote", "review", "pay")]
    assert places == sorted(places)

    as_json = await teller("funnel", "card_transfer", "--channel", "telegram", "--json")
    found = json.loads(as_json.output)
    assert found["flows"][0]["confirmed"] == 1
    assert all(step["flow"] == "card_transfer" for step in found["steps"])


@pytest.mark.parametrize(
    "words", [["funnel", "--since", "a week"], ["replay", "--against", str(FLOWS), "--since", "7w"]]
)
async def test_a_length_of_time_that_cannot_be_read_is_named(teller: Teller, words: list[str]) -> None:
    result = await teller(*words)

    assert result.exit_code == 2
    assert "7d" in result.output
