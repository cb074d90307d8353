"""Nothing is sent a second time while nobody knows how the first one ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.program import Step
from core.dialog.steps.call import CallStep
from core.dialog.steps.handoff import ReturningHandoffStep
from core.dialog.steps.wait import WaitStep
from core.dialog.steps.wait_several import SeveralStep, arm_of

_OPEN: Final = ("pending", "unknown")
_FIX: Final = "Wait for the bank's event about it, and let only its `ok` and `refused` lead there."


def check_once(graph: Graph, problems: Problems) -> None:
    for step in graph.program.steps.values():
        if isinstance(step, CallStep) and step.has_effect and step.id in graph.facts:
            _check(step, graph, problems)


def _check(call: CallStep, graph: Graph, problems: Problems) -> None:
    steps = graph.program.steps
    left = [call.arms[arm] for arm in _OPEN if arm in call.arms]
    seen: set[str] = set()
    while left:
        step = steps.get(left.pop())
        if step is None or step.id in seen:
            continue
        seen.add(step.id)
        if step is call:
            sentence = f"'{call.id}' can be reached again while nobody knows yet how it ended; it would be sent twice"
            problems.error("sent_again", call.mark, sentence, _FIX)
            return
        settled = frozenset(_settling(step, call))
        left.extend(edge.target for edge in step.edges() if edge.target and edge.arm not in settled)


def _settling(step: Step, call: CallStep) -> Iterator[str]:
    """The arms of the step on which it is known how the call ended, or a person has decided what to do."""
    if isinstance(step, WaitStep) and call.id in step.awaited.calls.values():
        yield from ("ok", "refused")
    elif isinstance(step, SeveralStep):
        about = [place for place, entry in enumerate(step.entries) if call.id in entry.calls.values()]
        yield from (["ok"] if about and step.every else map(arm_of, about))
    elif isinstance(step, ReturningHandoffStep):
        yield "back"
