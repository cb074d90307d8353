"""What was recorded becomes flow tests that pass with the flows that it was recorded with."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from core.dialog.flowtest.runner import TestOutcome, run_flow_tests
from core.dialog.program import LANGS, ProgramSet
from core.dialog.replay.as_test import Draft, as_test
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS as FIXTURES
from tests.dialog.compiled import UK, programs_with, replaced
from tests.dialog_hardening.shipped import FLOWS
from tests.replay.test_changed_flows import Recorded, sent
from tests.replay.test_same_flows import SHIPPED, written_tests


def played(
    folder: Path, drafts: list[Draft], source: Path, signatures: list, langs: tuple[str, ...]
) -> list[TestOutcome]:
    """The outcomes of these tests alone, beside copies of the flows."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for file in folder.rglob("*.test.yaml"):
        file.unlink()
    by_flow: defaultdict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        by_flow[draft.flow].append(draft.as_yaml())
    for flow, tests in by_flow.items():
        place = next(folder.rglob(f"{flow}.yaml"))
        place.with_name(f"{flow}.test.yaml").write_text("".join(tests), encoding="utf-8")
    return run_flow_tests(folder, signatures, langs)


def failures(outcomes: list[TestOutcome]) -> list[tuple[str, list[str]]]:
    return [(one.test, [str(failure) for failure in one.failures]) for one in outcomes if not one.passed]


def test_law_every_shipped_flow_test_recorded_as_a_test_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Given every shipped flow test, as it is written
    flows, recorders = written_tests(monkeypatch, FLOWS, SHIPPED, LANGS)

    # When each conversation is made a test
    talks = [talk for recorder in recorders for talk in recorder.talks() if talk.flows]
    drafts = [as_test(talk, flows, f"recorded {number}") for number, talk in enumerate(talks)]

    # Then nothing of it is in doubt and they all pass
    assert [draft.doubts for draft in drafts if draft.doubts] == []
    outcomes = played(tmp_path, drafts, FLOWS, SHIPPED, LANGS)
    assert failures(outcomes) == []
    assert len(outcomes) == len(drafts) > 40


def one_test(tmp_path: Path, talk: Recorded, flows: ProgramSet) -> tuple[dict, list[TestOutcome]]:
    found = talk.recorder.talks()[-1]
    draft = as_test(found, flows, "a conversation")
    [test] = yaml.load(draft.as_yaml(), yaml.CBaseLoader)  # noqa: S506 - as flows are read: every value is a text
    return test, played(tmp_path, [draft], FIXTURES, SIGNATURES, UK)


def test_a_transfer_reads_as_what_was_done_and_said(tmp_path: Path) -> None:
    test, outcomes = one_test(tmp_path, sent(), programs_with())

    assert failures(outcomes) == []
    assert test["bank"]["bank.quote"] == {"fee": "5.00 UAH", "payee": "ххххххх"}
    assert {"contact": {"phone": "+380500000000", "proof": "own"}} in test["talk"]
    assert test["talk"][-2:] == [{"tap": "yes"}, {"bot": {"step": "receipt", "image": "receipt"}}]
    assert test["then"] == {
        "calls": {"bank.send_code": "1", "bank.verify_code": "1", "bank.my_cards": "1", "bank.quote": "1",
                  "bank.transfer": "1"},
        "end": "done",
    }  # fmt: skip


def test_time_that_went_by_and_news_of_the_bank_are_lines_too(tmp_path: Path) -> None:
    talk = Recorded()
    talk.at_settle()
    talk.time_passes(120_000)
    talk.bank_settles("ok")

    test, outcomes = one_test(tmp_path, talk, programs_with())

    assert failures(outcomes) == []
    assert {"after": "120s"} in test["talk"]
    assert {"event": {"bank.settled": {"outcome": "ok", "reference": "R1", "op": "$pay.op"}}} in test["talk"]


def test_a_wait_that_ran_out_is_a_timer(tmp_path: Path) -> None:
    talk = Recorded()
    talk.at_review()
    talk.timer_fires()
    talk.timer_fires()

    test, outcomes = one_test(tmp_path, talk, programs_with())

    assert failures(outcomes) == []
    assert {"timer": "fires"} in test["talk"]
    assert test["then"]["end"] == "expired"


def test_a_conversation_that_goes_otherwise_by_now_is_written_with_a_doubt() -> None:
    talk = sent().recorder.talks()[-1]
    notice = "  - id: review\n    confirm"
    changed = programs_with(
        replaced(notice, "  - {id: notice, say: Рахую.}\n" + notice, replaced("{ok: review,", "{ok: notice,"))
    )

    assert as_test(talk, changed, "x").doubts == [
        "in these flows the conversation goes another way from card_transfer.quote on"
    ]
