"""From the journal to the flows: `teller flows misunderstood`, labels, `teller flows learn`."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from app.cli.flows import cli
from core.dialog.understanding.misunderstood import Heard
from core.messages.misunderstood_store import misunderstood
from tests.understanding.phrase_sets import FLOWS

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def _journal(db: asyncpg.Pool, conversation: str, version: int, entry: dict[str, Any], **ago: int) -> None:
    await db.execute(
        "INSERT INTO journal (conversation, version, at, entry) VALUES ($1, $2, $3, $4)",
        conversation, version, NOW - timedelta(**ago), json.dumps(entry),
    )  # fmt: skip


async def test_messages_that_were_not_understood_are_found_with_what_was_picked(database: asyncpg.Pool) -> None:
    await _journal(database, "c1", 1, {"event": "text", "text": "де гроші", "notes": ["asked which flow"]})
    await _journal(database, "c1", 2, {"event": "button", "notes": ["meant balance"]})
    await _journal(database, "c2", 1, {"event": "text", "text": "курс", "notes": ["not understood"]})
    await _journal(database, "c2", 2, {"event": "text", "text": "переказ", "path": ["card_transfer.login"]})
    await _journal(database, "c3", 1, {"event": "text", "text": "старе", "notes": ["not understood"]}, days=8)
    await _journal(database, "c4", 1, {"event": "text", "text": "хто", "notes": ["asked which flow"]})
    await _journal(database, "c4", 2, {"event": "timer", "arms": ["did_you_mean.which:expired"]})

    async with database.acquire() as db:
        found = await misunderstood(db, NOW - timedelta(days=7))

    assert sorted(found, key=lambda one: one.conversation) == [
        Heard("де гроші", "c1", "balance"),
        Heard("курс", "c2"),
        Heard("хто", "c4"),
    ]


def test_the_command_writes_a_file_to_label(
    database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELLER_DATABASE__URL", database_url)
    monkeypatch.setenv("TELLER_REDIS__URL", redis_url)
    out = tmp_path / "labels.yaml"

    result = CliRunner().invoke(cli, ["misunderstood", str(FLOWS), "--since", "2d", "--out", str(out)])

    assert result.exit_code == 0, result.output
    assert "0 phrases" in result.output
    assert out.read_text().endswith("[]\n")


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
