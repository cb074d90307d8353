"""A law: played through the very flows that it was recorded with, every conversation goes exactly as it went."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from core.dialog.compiler import compile_folder
from core.dialog.contracts import Event
from core.dialog.engine import Turned
from core.dialog.flowtest import universe
from core.dialog.flowtest.runner import run_flow_tests
from core.dialog.program import LANGS, ProgramSet
from core.dialog.replay.compare import compare
from core.dialog.replay.player import ready
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS as FIXTURES
from tests.dialog.compiled import UK
from tests.dialog_hardening.shipped import CATALOGUE, FLOWS
from tests.dialog_hardening.test_any_events import AnythingHappens, MoneyHappens, programs
from tests.dialog_hardening.test_waits_any_time import WaitsAtAnyTime, flows
from tests.replay.recorder import Recorder


def differences(recorder: Recorder, flows: ProgramSet) -> list[str]:
    """What goes otherwise now, for whoever reads a failure: the verdicts and the rows."""
    prepared = ready(flows)
    verdicts = [compare(talk, prepared) for talk in recorder.talks()]
    wrong = [str(verdict) for verdict in verdicts if verdict.parting or verdict.unknown or verdict.kinds]
    return [*wrong, recorder.text] if wrong else []


def kept_journals(
    monkeypatch: pytest.MonkeyPatch, folder: Path, signatures: list, langs: tuple[str, ...]
) -> list[Recorder]:
    """The journals of every flow test of the folder, plain and with everything doubled."""
    recorders: list[Recorder] = []
    turn = universe.turn

    def kept(flows: ProgramSet, session: object, event: object, now: int) -> Turned:
        turned = turn(flows, session, event, now)  # type: ignore[arg-type]
        if turned.session.seq == 1:
            recorders.append(Recorder(turned.session.id))
        recorders[-1].keep(turned, now)
        return turned

    monkeypatch.setattr(universe, "turn", kept)
    outcomes = run_flow_tests(folder, signatures, langs)
    assert outcomes
    assert all(outcome.passed for outcome in outcomes)
    assert len(recorders) == 2 * len(outcomes)
    return recorders


def test_law_what_the_shipped_flow_tests_play_is_played_again_without_a_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signatures = [operation.signature for operation in CATALOGUE.values()]
    recorders = kept_journals(monkeypatch, FLOWS, signatures, LANGS)
    assert [line for recorder in recorders for line in differences(recorder, programs())] == []


def test_law_files_places_and_shares_are_played_again_without_a_difference(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Given the fixture flows with one that asks for files and places and splits its customers
    shutil.copytree(FIXTURES, tmp_path, dirs_exist_ok=True)
    shutil.copytree(FIXTURES.parent / "delivery", tmp_path, dirs_exist_ok=True)
    flows = compile_folder(tmp_path, SIGNATURES, UK).programs
    assert flows is not None

    recorders = kept_journals(monkeypatch, tmp_path, SIGNATURES, UK)

    assert [line for recorder in recorders for line in differences(recorder, flows)] == []
    assert any(row.drawn for recorder in recorders for row in recorder.rows)


class RecordedStreet:
    """The walks of the hardening tests, and at their end their recording played again."""

    def setup_recorder(self) -> None:
        self.recorder = Recorder()
        happens = self.street.happens  # type: ignore[attr-defined]

        def kept(event: object) -> Turned:
            turned = happens(event)
            self.recorder.keep(turned, self.street.now)  # type: ignore[attr-defined]
            return turned

        self.street.happens = kept  # type: ignore[attr-defined]

    def teardown(self) -> None:
        assert differences(self.recorder, programs()) == []


class AnythingIsRecorded(RecordedStreet, AnythingHappens):
    def __init__(self) -> None:
        super().__init__()
        self.setup_recorder()


class MoneyIsRecorded(RecordedStreet, MoneyHappens):
    def __init__(self) -> None:
        super().__init__()
        self.setup_recorder()


class WaitsAreRecorded(WaitsAtAnyTime):
    """Persons, follow-ups and several payments at once."""

    def __init__(self) -> None:
        super().__init__()
        self.recorder = Recorder()
        happens = self.talk.happens

        def kept(event: Event) -> Turned:
            turned = happens(event)
            self.recorder.keep(turned, self.talk.now)
            return turned

        self.talk.happens = kept  # type: ignore[method-assign]

    @initialize(payments=st.integers(0, 3), remind=st.just(False))
    def under_way(self, payments: int, remind: bool) -> None:
        super().under_way(payments, remind)

    def teardown(self) -> None:
        assert differences(self.recorder, flows()) == []


TestWaitsAreRecorded = WaitsAreRecorded.TestCase
TestWaitsAreRecorded.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnythingIsRecorded = AnythingIsRecorded.TestCase
TestMoneyIsRecorded = MoneyIsRecorded.TestCase
TestAnythingIsRecorded.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMoneyIsRecorded.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
