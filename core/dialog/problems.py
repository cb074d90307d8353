"""What is wrong with a flow: where, in one sentence, and what to do about it. Collected, never only the first one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from core.kernel.strict_yaml import Mark

Severity = Literal["error", "warning", "info"]
MOST_ERRORS: Final = 200


class TooManyProblems(Exception):
    """One file has so many errors that looking for more of them helps nobody; the last one found says so."""


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """`code` is stable, for tests and editors; `fix` says what to write instead, or is ""."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    sentence: str
    fix: str = ""

    def __str__(self) -> str:
        stop = "" if self.sentence.endswith("?") else "."
        advice = f"{stop} {self.fix}" if self.fix else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity} [{self.code}] {self.sentence}{advice}"


@dataclass(slots=True)
class Problems:
    """Everything found so far, in the order in which it was found, each finding once.

    After `MOST_ERRORS` in one file every further one raises `TooManyProblems`, so that hostile files cost little.
    """

    found: list[FlowProblem] = field(default_factory=list)
    _known: set[FlowProblem] = field(default_factory=set)
    _errors: Counter[str] = field(default_factory=Counter)

    def error(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        self._add("error", code, mark, sentence, fix)

    def warning(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        self._add("warning", code, mark, sentence, fix)

    def info(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        self._add("info", code, mark, sentence, fix)

    @property
    def has_errors(self) -> bool:
        return bool(self._errors)

    def _add(self, severity: Severity, code: str, mark: Mark, sentence: str, fix: str) -> None:
        problem = FlowProblem(code, severity, mark.file, mark.line, mark.column, sentence, fix)
        if problem in self._known:
            return
        if severity == "error":
            self._count(mark)
        self._known.add(problem)
        self.found.append(problem)

    def _count(self, mark: Mark) -> None:
        self._errors[mark.file] += 1
        if self._errors[mark.file] <= MOST_ERRORS:
            return
        if self._errors[mark.file] == MOST_ERRORS + 1:
            sentence = f"this file has more than {MOST_ERRORS} errors; the rest is not listed"
            self.found.append(FlowProblem("too_many_problems", "error", mark.file, mark.line, mark.column, sentence))
        raise TooManyProblems
