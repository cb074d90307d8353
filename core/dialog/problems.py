"""What is wrong with a flow: where, in one sentence, and what to do about it. Collected, never only the first one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Mark(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """`code` is stable and documented in the README of the language; `fix` says what to write instead, or is ""."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    sentence: str
    fix: str = ""

    def __str__(self) -> str:
        advice = f" {self.fix}" if self.fix else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity} [{self.code}] {self.sentence}{advice}"


@dataclass(slots=True)
class Problems:
    """Everything found so far, in the order in which it was found, each finding once."""

    found: list[FlowProblem] = field(default_factory=list)

    def error(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        self._add("error", code, mark, sentence, fix)

    def warning(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        self._add("warning", code, mark, sentence, fix)

    def info(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        self._add("info", code, mark, sentence, fix)

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.found)

    def _add(self, severity: Severity, code: str, mark: Mark, sentence: str, fix: str) -> None:
        problem = FlowProblem(code, severity, mark.file, mark.line, mark.column, sentence, fix)
        if problem not in self.found:
            self.found.append(problem)
