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
from core.dialog.flowtest.looks import PLAIN_LOOKS
from core.dialog.flowtest.plays import Play
from core.dialog.flowtest.runner import all_tests, run_flow_tests
from core.dialog.program import LANGS, ProgramSet
from core.dialog.replay.compare import compare
from core.dialog.replay.player import ready
from core.dialog.session import Session, encode_session
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS as FIXTURES
from tests.dialog.compiled import UK
from tests.dialog_hardening.shipped import CATALOGUE, FLOWS
from tests.dialog_hardening.test_any_events import AnythingHappens, MoneyHappens, programs
from tests.dialog_hardening.test_waits_any_time import WaitsAtAnyTime, flows
from tests.replay.recorder import Recorder

_PREPARED: dict[int, ProgramSet] = {}


def prepared_once(flows: ProgramSet) -> ProgramSet:
    return _PREPARED.setdefault(id(flows), ready(flows))


def differences(recorder: Recorder, flows: ProgramSet) -> list[str]:
    """What goes otherwise now, for whoever reads a failure: the verdicts and the rows."""
    prepared = prepared_once(flows)
    verdicts = [compare(talk, prepared) for talk in recorder.talks()]
    wrong = [str(verdict) for verdict in verdicts if verdict.parting or verdict.unknown or verdict.kinds]
    return [*wrong, recorder.text] if wrong else []


def kept_journals(
    monkeypatch: pytest.MonkeyPatch, folder: Path, signatures: list, langs: tuple[str, ...]
) -> list[Recorder]:  # fmt: skip
    """The journals of everything that the flow tests of the folder play: as written, and with all that may happen
    besides. Plays that go on in several ways are told apart by the session that they go on from."""
    played: dict[bytes, list[tuple[int, Turned]]] = {}
    gone_on: set[bytes] = set()
    turn = universe.turn

    def kept(flows: ProgramSet, session: Session | None, event: Event, now: int) -> Turned:
        turned = turn(flows, session, event, now)
        before = encode_session(session) if session is not None else b""
        gone_on.add(before)
        after = encode_session(turned.session)
        if after not in played:
            played[after] = [*played.get(before, []), (now, turned)]
        return turned

    monkeypatch.setattr(universe, "turn", kept)
    outcomes = run_flow_tests(folder, signatures, langs)
    assert outcomes
    assert all(outcome.passed for outcome in outcomes)
    recorders = []
    for last, turns in played.items():
        if last not in gone_on:
            recorders.append(Recorder(turns[0][1].session.id))
            for now, turned in turns:
                recorders[-1].keep(turned, now)
    return recorders


def written_tests(
    monkeypatch: pytest.MonkeyPatch, folder: Path, signatures: list, langs: tuple[str, ...]
) -> tuple[ProgramSet, list[Recorder]]:  # fmt: skip
    """The journal of each test of the folder as it is written, in the first of its channels."""
    times: dict[int, int] = {}
    turn = universe.turn

    def kept(flows: ProgramSet, session: Session | None, event: Event, now: int) -> Turned:
        turned = turn(flows, session, event, now)
        times[id(turned)] = now
        return turned

    monkeypatch.setattr(universe, "turn", kept)
    compilation = compile_folder(folder, signatures, langs)
    flows = compilation.programs
    assert flows is not None
    recorders = []
    for read in all_tests(compilation, flows, PLAIN_LOOKS):
        assert read.model is not None
        play = Play(read, read.model, flows, read.looks[0])
        assert play.failures() == []
        recorders.append(Recorder(f"{read.looks[0].name}:1"))
        for _, turned in play.world.trace.turns:
            recorders[-1].keep(turned, times[id(turned)])
    return flows, recorders


SHIPPED = [operation.signature for operation in CATALOGUE.values()]


def test_law_what_the_shipped_flow_tests_play_is_played_again_without_a_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorders = kept_journals(monkeypatch, FLOWS, SHIPPED, LANGS)

    assert len(recorders) > 500
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
