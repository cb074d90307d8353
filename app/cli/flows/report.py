"""Problems of flows for people, for programs and for the annotations of a code host."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from core.dialog.problems import FlowProblem

_COLOURS: Final = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "notice"}
_WIDEST: Final = 100


def counted(problems: Iterable[FlowProblem]) -> dict[str, int]:
    """How many of each severity."""
    counts = Counter(problem.severity for problem in problems)
    return {severity: counts[severity] for severity in ("error", "warning", "info")}


def as_object(problems: Sequence[FlowProblem], flows: int | None) -> dict[str, Any]:
    """What `--json` prints: `publishable`, `flows` (how many there are, null when they do not compile), `counts` by
    severity, and `problems`, each with code, severity, file, line, column, sentence and fix."""
    return {
        "publishable": flows is not None,
        "flows": flows,
        "counts": counted(problems),
        "problems": [asdict(problem) for problem in problems],
    }


def github_commands(problems: Iterable[FlowProblem]) -> Iterator[str]:
    """One workflow command of GitHub a problem; files as seen from here, as the runner wants them."""
    for problem in problems:
        place = f"file={_property(_from_here(problem.file))},line={problem.line},col={problem.column}"
        message = f"{problem.sentence}. {problem.fix}" if problem.fix else problem.sentence
        yield f"::{_LEVELS[problem.severity]} {place},title={_property(problem.code)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _from_here(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else file


def show(console: Console, problems: Sequence[FlowProblem]) -> None:
    """Grouped by file, each with its line and a caret under the column."""
    for file, found in groupby(problems, key=lambda problem: problem.file):
        console.print(Text(_from_here(file), style="bold"))
        for problem in found:
            _show_one(console, problem)
        console.print()


def _show_one(console: Console, problem: FlowProblem) -> None:
    colour = _COLOURS[problem.severity]
    place = f"{problem.line}:{problem.column}"
    console.print(Text.assemble(f"  {place:>7}  ", (problem.severity, colour), f" [{problem.code}] {problem.sentence}"))
    line = _line(problem.file, problem.line)
    if line.strip():
        shown, column = _window(line, problem.column)
        console.print(Text(f"  {problem.line:>7} | {shown}", style="dim"))
        console.print(Text.assemble(("          | " + " " * (column - 1), "dim"), ("^", colour)))
    if problem.fix:
        console.print(Text(f"            {problem.fix}", style="green"))


@cache
def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return []


def _line(file: str, number: int) -> str:
    lines = _lines(os.fspath(file))
    text = lines[number - 1] if 0 < number <= len(lines) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around the column, and the column in it."""
    if len(line) <= _WIDEST:
        return line, column
    start = max(0, min(column - 1 - _WIDEST // 2, len(line) - _WIDEST))
    return line[start : start + _WIDEST], column - start
