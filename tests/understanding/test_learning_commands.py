"""From the journal to the flows: `teller flows misunderstood`, labels, `teller flows learn`."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from app.cli.flows import cli
from core.messages.misunderstood_store import count
from tests.understanding.phrase_sets import FLOWS


async def test_the_command_writes_a_file_to_label(
    database: asyncpg.Pool, database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.acquire() as db:
        await count(
            db, {("скільки там", ""): 3, ("скільки там", "balance"): 1, ("ну", ""): 1}, datetime.now(UTC).date()
        )
    monkeypatch.setenv("TELLER_DATABASE__URL", database_url)
    monkeypatch.setenv("TELLER_REDIS__URL", redis_url)
    out = tmp_path / "labels.yaml"
    command = ["misunderstood", str(FLOWS), "--since", "2d", "--times", "2", "--out", str(out)]

    result = await asyncio.to_thread(CliRunner().invoke, cli, command)

    assert result.exit_code == 0, result.output
    assert "1 phrases" in result.output
    assert "- phrase: скільки там" in out.read_text()
    assert "  chosen: {balance: 1}" in out.read_text()


def test_a_span_of_time_that_is_none_is_refused() -> None:
    assert CliRunner().invoke(cli, ["misunderstood", "--since", "yesterday"]).exit_code == 2


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


def test_labelled_phrases_are_learned_and_lead_to_their_flow(flows: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.yaml"
    labels.write_text(
        "- {phrase: кинь бабла, lang: uk, label: card_transfer}\n"
        "- {phrase: скільки днів до різдва, label: ignore}\n"
        "- {phrase: не знаю, label: ''}\n"
    )

    result = CliRunner().invoke(cli, ["learn", str(labels), str(flows)])

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "card_transfer: кинь бабла",
        "ignore: скільки днів до різдва",
        "2 learned, 0 refused",
    ]
    assert "кинь бабла]" in (flows / "card_transfer.yaml").read_text()
    assert "скільки днів до різдва" in (flows / "system" / "unrecognised.yaml").read_text()
    assert CliRunner().invoke(cli, ["check", str(flows)]).exit_code == 0


def test_what_would_make_others_ambiguous_is_named_with_its_line(flows: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.yaml"
    labels.write_text("- {phrase: кинь бабла, label: card_transfer}\n- {phrase: Баланс!, label: language}\n")

    result = CliRunner().invoke(cli, ["learn", str(labels), str(flows)])

    assert result.exit_code == 1
    assert f"{labels}:2: not learned, it is a phrase of 'balance' already: баланс" in result.output
    assert "кинь бабла" in (flows / "card_transfer.yaml").read_text()


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ("{}", "a labelled file is a list"),
        ("- text", "each item must be a mapping"),
        ("- {phrase: а, label: loan}", "'loan' is no flow with phrases"),
        ("- {phrase: а, label: balance, lang: pl}", "'pl' is no language"),
        ("- {phrase: а", "this is not YAML"),
    ],
)
def test_a_file_with_mistakes_changes_nothing(flows: Path, tmp_path: Path, labels: str, told: str) -> None:
    file = tmp_path / "labels.yaml"
    file.write_text(labels)

    result = CliRunner().invoke(cli, ["learn", str(file), str(flows)])

    assert result.exit_code == 1
    assert told in result.output
    assert (flows / "balance.yaml").read_bytes() == (FLOWS / "balance.yaml").read_bytes()


def test_windows_line_ends_stay(flows: Path, tmp_path: Path) -> None:
    flow = flows / "language.yaml"
    flow.write_bytes(flow.read_bytes().replace(b"\n", b"\r\n"))
    labels = tmp_path / "labels.yaml"
    labels.write_text("- {phrase: по-нашому говори, label: language}\n")

    assert CliRunner().invoke(cli, ["learn", str(labels), str(flows)]).exit_code == 0
    assert flow.read_bytes().count(b"\n") == flow.read_bytes().count(b"\r\n")
