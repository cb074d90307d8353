"""One playing of one test on one channel, as it is written; it keeps how the world was before each line."""

from __future__ import annotations

from collections.abc import Iterator

from core.dialog.flowtest.bank import CannedBank
from core.dialog.flowtest.conversation import conversation
from core.dialog.flowtest.expectations import Ear, Met
from core.dialog.flowtest.given import session_given
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.model import BotModel, TestModel
from core.dialog.flowtest.reading import ReadTest
from core.dialog.flowtest.talk import Unexpected, play_line
from core.dialog.flowtest.twists import Twist
from core.dialog.flowtest.universe import Broken, Universe
from core.dialog.flowtest.values import ValueUnreadable
from core.dialog.problems import FlowProblem
from core.dialog.program import ProgramSet
from core.kernel.strict_yaml import Mark

# A card number that no bank has given out; the free runs type it.
CARD_NUMBER = "4111111111111111"
PlayError = (Unexpected, ValueUnreadable, Broken)


def begin(read: ReadTest, model: TestModel, programs: ProgramSet, look: Look, twist: Twist) -> Universe:
    """The world before the first line."""
    bank = CannedBank(model.bank, model.given, programs.operations)
    world = Universe(programs, bank, look, model.lang, twist, secrets=(CARD_NUMBER,))
    session = session_given(model.given, read.flow, f"{look.name}:1", model.lang, programs, world.clock.now_ms())
    if session is not None:
        world.stand(session)
        if session.stack:
            world.wake()
    return world


class Play:
    """`before`: the world before each line that is no `bot:` line, with the line's place. `met`: the message that stood
    for each `bot:` line, by its place; None where nothing came."""

    def __init__(self, read: ReadTest, model: TestModel, programs: ProgramSet, look: Look) -> None:
        self._read = read
        self._programs = programs
        self.model = model
        self.look = look
        self.before: list[tuple[int, Universe]] = []
        self.met: dict[int, Met | None] = {}
        self.world = begin(read, model, programs, look, Twist())
        self._ear = Ear(self.world)

    def failures(self, *, go_on: bool = False) -> list[FlowProblem]:
        """What went otherwise than written, at the line where it did. The talk stops there, unless it is to go on
        after a `bot:` line that is not met."""
        failures: list[FlowProblem] = []
        for place, line in enumerate(self.model.talk):
            mark = self._read.mark("talk", place)
            try:
                if isinstance(line.bot, BotModel) and go_on:
                    met = self.met[place] = self._ear.meet(line.bot)
                    if met is None or met.complaint:
                        failures.append(problem(mark, met.complaint if met is not None else "the bot said nothing"))
                elif line.bot is not None:
                    self._ear.expect(line.bot)
                else:
                    self.before.append((place, self.world.fork(Twist())))
                    self._ear.listen()
                    play_line(self.world, line, self._programs)
            except PlayError as error:
                return [*failures, problem(mark, error.detail, error.code)]
            found = self.world.trace.findings
            if found:
                return [*failures, *(problem(mark, one.sentence, one.rule) for one in dict.fromkeys(found))]
        return failures or [*self._counts(), *self._end(), *self._tickets(), *self._unused()]

    def end(self) -> str:
        """How the flow of this file ended, "" when it did not."""
        return end_of(self.world, self._read.flow)

    def conversation(self) -> tuple[str, ...]:
        return tuple(conversation(self.world.trace.turns, self.look))

    def _counts(self) -> Iterator[FlowProblem]:
        bank = self.world.bank
        assert isinstance(bank, CannedBank)
        for operation, wanted in self.model.then.calls.items():
            count = bank.count(operation)
            if count != wanted:
                mark = self._read.mark("then", "calls", operation)
                yield problem(mark, f"{operation} should be called {wanted} times, but was {count} times")

    def _end(self) -> Iterator[FlowProblem]:
        wanted, outcome = self.model.then.end, self.end()
        if wanted is not None and outcome != wanted:
            mark = self._read.mark("then", "end")
            yield problem(mark, f"the flow should end '{wanted}', but {outcome or 'it has not ended'}")

    def _tickets(self) -> Iterator[FlowProblem]:
        wanted = self.model.then.tickets
        opened = [ticket.queue for ticket in self.world.trace.tickets]
        if wanted is not None and opened != wanted:
            mark = self._read.mark("then", "tickets")
            yield problem(mark, f"tickets should be opened for {wanted or 'nobody'}, but were for {opened or 'nobody'}")

    def _unused(self) -> Iterator[FlowProblem]:
        bank = self.world.bank
        assert isinstance(bank, CannedBank)
        for name in bank.unused():
            yield problem(self._read.mark("bank"), f"the answer of {name} was never asked for")


def end_of(world: Universe, flow: str) -> str:
    ends = [outcome for name, outcome in world.trace.ends if name == flow]
    return ends[-1] if ends else ""


def problem(mark: Mark, sentence: str, code: str = "test_failed") -> FlowProblem:
    return FlowProblem(code, "error", mark.file, mark.line, mark.column, sentence)
