"""Test files become tests, or problems at the line and column of what cannot be played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.dialog.compiling.validation import validated
from core.dialog.flowtest.answers import read_answer
from core.dialog.flowtest.given import session_given
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.model import BotModel, LineModel, TestModel
from core.dialog.flowtest.values import ValueUnreadable
from core.dialog.problems import FlowProblem, Problems
from core.dialog.program import ProgramSet
from core.dialog.signatures import spoken
from core.dialog.slot_types import did_you_mean
from core.kernel.strict_yaml import Mark, Place, Source

MOST_TESTS: Final = 500


@dataclass(frozen=True, slots=True)
class ReadTest:
    """One test of a file; `problems` when it cannot be played. `looks`: the channels that it runs on."""

    flow: str
    name: str
    source: Source
    index: int
    model: TestModel | None
    looks: tuple[Look, ...]
    problems: tuple[FlowProblem, ...] = ()

    def mark(self, *place: str | int) -> Mark:
        return self.source.mark((self.index, *place))


def read_tests(flow: str, source: Source, programs: ProgramSet, looks: Sequence[Look]) -> list[ReadTest]:
    if not isinstance(source.data, list):
        return [_unreadable(flow, "the tests can be read", source, 0, "a file of tests is a list of tests")]
    if len(source.data) > MOST_TESTS:
        return [_unreadable(flow, "the tests can be read", source, 0, f"a file holds at most {MOST_TESTS} tests")]
    return [_Reader(flow, source, index, programs, looks).read() for index in range(len(source.data))]


def _unreadable(flow: str, name: str, source: Source, index: int, sentence: str) -> ReadTest:
    mark = source.mark(())
    problem = FlowProblem("test_failed", "error", mark.file, mark.line, mark.column, sentence)
    return ReadTest(flow, name, source, index, None, (), (problem,))


class _Reader:
    """Reads one test."""

    def __init__(self, flow: str, source: Source, index: int, programs: ProgramSet, looks: Sequence[Look]) -> None:
        self._flow, self._source, self._index, self._programs = flow, source, index, programs
        self._looks: Mapping[str, Look] = {look.name: look for look in looks}
        self._problems = Problems()

    def read(self) -> ReadTest:
        raw = self._source.data[self._index]
        model = validated(TestModel, raw, self._source, (self._index,), self._problems, thing="a test")
        looks: tuple[Look, ...] = ()
        if model is not None:
            looks = self._channels(model)
            self._check_lines(model, looks)
            self._check_bank(model)
            self._check_given(model)
        found = tuple(self._problems.found)
        name = model.test if model is not None else "the test can be read"
        return ReadTest(self._flow, name, self._source, self._index, model, looks, found)

    def _error(self, sentence: str, *place: str | int, key: bool = False, fix: str = "") -> None:
        whole: Place = (self._index, *place)
        mark = self._source.key_mark(whole) if key else self._source.mark(whole)
        self._problems.error("test_failed", mark, sentence, fix)

    def _channels(self, model: TestModel) -> tuple[Look, ...]:
        if "channel" not in model.model_fields_set:
            return tuple(self._looks.values())
        named = [model.channel] if isinstance(model.channel, str) else model.channel
        for place, name in enumerate(named):
            self._check_channel(name, "channel", place)
        return tuple(self._looks[name] for name in dict.fromkeys(named) if name in self._looks)

    def _check_channel(self, name: str, *place: str | int) -> None:
        if name not in self._looks:
            known = ", ".join(self._looks)
            self._error(f"there is no channel '{name}'{did_you_mean(name, self._looks)}; channels are {known}", *place)

    def _check_lines(self, model: TestModel, looks: Sequence[Look]) -> None:
        for place, line in enumerate(model.talk):
            said = sorted(line.model_fields_set)
            if len(said) != 1:
                has = " and ".join(said) or "nothing"
                self._error(f"a line is one thing that happens; this one has {has}", "talk", place)
                continue
            for channel in line.bot.on if isinstance(line.bot, BotModel) else ():
                self._check_channel(channel, "talk", place, "bot", "on", channel)
            lacking = [look.name for look in looks if not _can(look, line)]
            if lacking:
                can = ", ".join(look.name for look in looks if _can(look, line))
                sentence = f"'{said[0]}' cannot happen on {', '.join(lacking)}"
                self._error(sentence, "talk", place, fix=f"Write `channel: [{can}]` at this test.")
                return

    def _check_bank(self, model: TestModel) -> None:
        catalogue = self._programs.operations
        for name, written in model.bank.items():
            operation = catalogue.get(spoken(name))
            if operation is None:
                self._error(f"the bank has no operation '{name}'{did_you_mean(spoken(name), catalogue)}", "bank", name,
                            key=True)  # fmt: skip
                continue
            several = isinstance(written, list)
            for place, answer in enumerate(written if several else [written]):
                try:
                    read_answer(answer, operation)
                except ValueUnreadable as error:
                    self._error(error.detail, "bank", name, *((place,) if several else ()), *error.place)
        for name in model.then.calls:
            if spoken(name) not in catalogue:
                hint = did_you_mean(spoken(name), catalogue)
                self._error(f"the bank has no operation '{name}'{hint}", "then", "calls", name, key=True)

    def _check_given(self, model: TestModel) -> None:
        try:
            session_given(model.given, self._flow, "x:1", model.lang, self._programs, 0)
        except ValueUnreadable as error:
            self._error(error.detail, "given", *error.place)


def _can(look: Look, line: LineModel) -> bool:
    """Whether the channel lets this line happen."""
    if line.contact is not None:
        return look.contacts
    if line.tap_old is not None:
        return look.has_buttons
    if line.location is not None:
        return look.locations
    return look.media if line.media is not None else True


def event_types(name: str, programs: ProgramSet) -> dict[str, Any]:
    """The types of what an event of the bank carries: what the operations return whose end it tells."""
    types: dict[str, Any] = {}
    for operation in programs.operations.values():
        if spoken(operation.signature.settles or "-") == spoken(name):
            types.update(operation.returns)
    return types
