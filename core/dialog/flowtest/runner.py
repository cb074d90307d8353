"""Running the tests of a folder of flows, each on every channel it names, and with everything that happens besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dialog.compiler import Compilation, compile_folder
from core.dialog.flowtest.free_runs import FreeRuns
from core.dialog.flowtest.looks import PLAIN_LOOKS, Look
from core.dialog.flowtest.plays import Play
from core.dialog.flowtest.reading import ReadTest, read_tests
from core.dialog.problems import FlowProblem
from core.dialog.program import LANGS, ProgramSet
from core.dialog.signatures import Signature


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test on one channel. `steps` and `arms` are what it went through, as `flow.step` and `flow.step:arm`;
    `free_arms` what its free runs did, of which there were `runs`. `conversation`: who said what until it failed.
    `seconds` by the clock that was handed in."""

    __test__ = False

    test: str
    flow: str
    channel: str
    file: str
    line: int
    failures: tuple[FlowProblem, ...]
    steps: frozenset[str] = frozenset()
    arms: frozenset[str] = frozenset()
    free_arms: frozenset[str] = frozenset()
    runs: int = 0
    conversation: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tests are to run: those of a flow, with a word in their name, on a channel; "" is all of them."""

    flow: str = ""
    word: str = ""
    channel: str = ""

    def wants(self, read: ReadTest) -> bool:
        return (not self.flow or read.flow == self.flow) and self.word.casefold() in read.name.casefold()


EVERYTHING = Chosen()


def no_clock() -> float:
    return 0.0


def run_flow_tests(
    folder: Path,
    signatures: Iterable[Signature | Mapping[str, Any]],
    langs: tuple[str, ...] = LANGS,
    looks: Sequence[Look] = PLAIN_LOOKS,
) -> list[TestOutcome]:
    """Every test of every flow. Flows that do not compile are one failed test that lists why."""
    return run_compiled(compile_folder(folder, signatures, langs), looks)


def run_compiled(
    compilation: Compilation,
    looks: Sequence[Look] = PLAIN_LOOKS,
    chosen: Chosen = EVERYTHING,
    clock: Callable[[], float] = no_clock,
) -> list[TestOutcome]:
    """The same, for flows that are compiled already. `clock` gives seconds, for nothing but `TestOutcome.seconds`."""
    programs = compilation.programs
    if programs is None:
        return [TestOutcome("the flows compile", "", "", compilation.folder.path, 1, compilation.errors)]
    return [
        outcome
        for read in all_tests(compilation, programs, looks)
        if chosen.wants(read)
        for outcome in _outcomes(read, programs, chosen.channel, clock)
    ]


def all_tests(compilation: Compilation, programs: ProgramSet, looks: Sequence[Look]) -> list[ReadTest]:
    return [
        read
        for files in compilation.folder.flows.values()
        if files.tests is not None
        for read in read_tests(files.name, files.tests, programs, looks)
    ]


def _outcomes(read: ReadTest, programs: ProgramSet, channel: str, clock: Callable[[], float]) -> list[TestOutcome]:
    if read.problems or read.model is None:
        return [TestOutcome(read.name, read.flow, "", read.source.file, read.mark().line, read.problems)]
    return [_outcome(read, look, programs, clock) for look in read.looks if channel in ("", look.name)]


def _outcome(read: ReadTest, look: Look, programs: ProgramSet, clock: Callable[[], float]) -> TestOutcome:
    assert read.model is not None
    began = clock()
    play = Play(read, read.model, programs, look)
    failures = play.failures()
    free = FreeRuns(read, programs, play)
    if not failures:
        failures = [*free.whole(), *free.placed()]
    trace = play.world.trace
    return TestOutcome(
        test=read.name,
        flow=read.flow,
        channel=look.name,
        file=read.source.file,
        line=read.mark().line,
        failures=tuple(failures),
        steps=frozenset(trace.steps),
        arms=frozenset(trace.arms),
        free_arms=free.arms,
        runs=1 + free.runs,
        conversation=play.conversation() if failures else (),
        seconds=clock() - began,
    )
