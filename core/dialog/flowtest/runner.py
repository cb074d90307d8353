"""Running the tests of a folder of flows, each on every channel it names, and once more with everything doubled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dialog.compiler import compile_folder
from core.dialog.compiling.validation import validated
from core.dialog.flowtest.bank import CannedBank
from core.dialog.flowtest.model import TestModel
from core.dialog.flowtest.talk import Talk, Unexpected
from core.dialog.flowtest.universe import Universe
from core.dialog.flowtest.values import ValueUnreadable
from core.dialog.problems import FlowProblem, Problems
from core.dialog.program import LANGS, ProgramSet
from core.dialog.signatures import Signature
from core.kernel.strict_yaml import Mark, Source


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test on one channel. `steps` and `arms` are what it went through, as `flow.step` and `flow.step:arm`."""

    __test__ = False

    test: str
    flow: str
    channel: str
    file: str
    line: int
    failures: tuple[FlowProblem, ...]
    steps: frozenset[str] = frozenset()
    arms: frozenset[str] = frozenset()

    @property
    def passed(self) -> bool:
        return not self.failures


def run_flow_tests(
    folder: Path, signatures: Iterable[Signature | Mapping[str, Any]], langs: tuple[str, ...] = LANGS
) -> list[TestOutcome]:
    """Every test of every flow. Flows that do not compile are one failed test that lists why."""
    compilation = compile_folder(folder, signatures, langs)
    programs = compilation.programs
    if programs is None:
        return [TestOutcome("the flows compile", "", "", str(folder), 1, compilation.errors)]
    return [
        outcome
        for files in compilation.folder.flows.values()
        if files.tests is not None
        for outcome in _file(files.name, files.tests, programs)
    ]


def _file(flow: str, source: Source, programs: ProgramSet) -> list[TestOutcome]:
    if not isinstance(source.data, list):
        problem = _problem(source.mark(()), "a file of tests is a list of tests")
        return [TestOutcome("the tests can be read", flow, "", source.file, 1, (problem,))]
    outcomes = []
    for index, raw in enumerate(source.data):
        problems = Problems()
        line = source.mark((index,)).line
        model = validated(TestModel, raw, source, (index,), problems, thing="a test")
        if model is None:
            outcomes.append(TestOutcome("the test can be read", flow, "", source.file, line, tuple(problems.found)))
            continue
        channels = [model.channel] if isinstance(model.channel, str) else model.channel
        outcomes += [_test(flow, model, channel, source, index, programs) for channel in channels]
    return outcomes


def _test(
    flow: str, model: TestModel, channel: str, source: Source, index: int, programs: ProgramSet
) -> TestOutcome:  # fmt: skip
    plain = _Run(flow, model, channel, source, index, programs, doubled=False)
    failures = plain.failures()
    if not failures:
        doubled = _Run(flow, model, channel, source, index, programs, doubled=True)
        doubled.play()
        failures = doubled.differences(plain)
    trace = plain.universe.trace
    return TestOutcome(
        model.test,
        flow,
        channel,
        source.file,
        source.mark((index,)).line,
        tuple(failures),
        frozenset(trace.steps),
        frozenset(trace.arms),
    )


class _Run:
    """One playing of one test."""

    def __init__(
        self,
        flow: str,
        model: TestModel,
        channel: str,
        source: Source,
        index: int,
        programs: ProgramSet,
        *,
        doubled: bool,
    ) -> None:
        self._flow = flow
        self._model = model
        self._source = source
        self._index = index
        self.bank = CannedBank(model.bank, model.given, programs.operations)
        self.universe = Universe(programs, self.bank, channel, model.lang, doubled=doubled)
        self._talk = Talk(self.universe, programs.operations)
        given = model.given
        if "customer" in given:
            customer = str(given["customer"])
            self.universe.know(customer, str(given.get("name", customer.title())), str(given.get("auth", "otp")))

    def play(self) -> list[FlowProblem]:
        """What went otherwise than written, at the line where it did; the talk stops there."""
        for place, line in enumerate(self._model.talk):
            mark = self._source.mark((self._index, "talk", place))
            try:
                self._talk.play(line)
            except (Unexpected, ValueUnreadable) as error:
                return [_problem(mark, error.detail)]
        return []

    def failures(self) -> list[FlowProblem]:
        return self.play() or [*self._counts(), *self._end(), *self._tickets(), *self._unused()]

    def _counts(self) -> list[FlowProblem]:
        failures = []
        for operation, wanted in self._model.then.calls.items():
            count = self.bank.count(operation)
            if count != wanted:
                mark = self._source.mark((self._index, "then", "calls", operation))
                failures.append(_problem(mark, f"{operation} should be called {wanted} times, but was {count} times"))
        return failures

    def _end(self) -> list[FlowProblem]:
        wanted = self._model.then.end
        outcome = self.end()
        if wanted is None or outcome == wanted:
            return []
        mark = self._source.mark((self._index, "then", "end"))
        return [_problem(mark, f"the flow should end '{wanted}', but {outcome or 'it has not ended'}")]

    def _tickets(self) -> list[FlowProblem]:
        wanted = self._model.then.tickets
        opened = [ticket.queue for ticket in self.universe.trace.tickets]
        if wanted is None or opened == wanted:
            return []
        mark = self._source.mark((self._index, "then", "tickets"))
        return [_problem(mark, f"tickets should be opened for {wanted or 'nobody'}, but were for {opened or 'nobody'}")]

    def _unused(self) -> list[FlowProblem]:
        mark = self._source.mark((self._index, "bank"))
        return [_problem(mark, f"the answer of {name} was never asked for") for name in self.bank.unused()]

    def end(self) -> str:
        ends = [outcome for flow, outcome in self.universe.trace.ends if flow == self._flow]
        return ends[-1] if ends else ""

    def differences(self, plain: _Run) -> list[FlowProblem]:
        """Pressing twice and delivering twice must change neither what the bank is asked nor how it ends."""
        mark = self._source.mark((self._index,))
        failures = []
        if self.bank.calls != plain.bank.calls:
            ours, theirs = _listed(self.bank), _listed(plain.bank)
            failures.append(_problem(mark, f"with everything doubled the bank is asked {ours} instead of {theirs}"))
        opened, once = len(self.universe.trace.tickets), len(plain.universe.trace.tickets)
        if opened != once:
            failures.append(_problem(mark, f"with everything doubled it opens {opened} tickets instead of {once}"))
        if self.end() != plain.end():
            failures.append(_problem(mark, f"with everything doubled it ends '{self.end()}', not '{plain.end()}'"))
        return failures


def _listed(bank: CannedBank) -> str:
    return ", ".join(name for name, _ in bank.calls) or "nothing"


def _problem(mark: Mark, sentence: str) -> FlowProblem:
    return FlowProblem("test_failed", "error", mark.file, mark.line, mark.column, sentence)
