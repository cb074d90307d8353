"""Every code of a problem that the language can report, found in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_SOURCES: Final = (*sorted((ROOT / "core" / "dialog").rglob("*.py")), ROOT / "core" / "kernel" / "strict_yaml.py")
_REPORTING: Final = ("problems.error", "problems.warning", "problems.info", "builder.problem", "self.problem")
_MAKING: Final = ("_refusal", "_Refused", "YamlProblem", "FlowProblem")
# Codes that are put together. `ok` always has an arm, the next step where none is written.
_COMPOSED: Final = {
    ("effect_in_", ""): ("effect_in_follow", "effect_in_restart"),
    ("", "_arm_missing"): ("pending_arm_missing", "refused_arm_missing", "unknown_arm_missing"),
}


def emitted() -> dict[str, str]:
    """Where each code is reported, as `file:line`."""
    return {code: place for path in _SOURCES for code, place in _in(path)}


def _in(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and _reports(ast.unparse(node.func)):
            for code in _codes(node.args[0]):
                yield code, f"{path.relative_to(ROOT)}:{node.lineno}"


def _reports(function: str) -> bool:
    return function in _MAKING or function.endswith(_REPORTING)


def _codes(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _codes(argument.body)
        yield from _codes(argument.orelse)
    elif isinstance(argument, ast.JoinedStr):
        literal = tuple(part.value if isinstance(part, ast.Constant) else None for part in argument.values)
        before = literal[0] or ""
        after = literal[-1] if len(literal) > 1 and literal[-1] else ""
        yield from _COMPOSED[str(before), str(after)]
