"""A secret that was typed goes into the very next call and is gone."""

from __future__ import annotations

from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.program import Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.call import CallStep

_PASSED_THROUGH = frozenset(("say", "branch", "set", "go"))


def check_secrets(graph: Graph, problems: Problems) -> None:
    for step in graph.program.steps.values():
        if isinstance(step, AskStep) and step.secret:
            stop = _not_taken(graph, step)
            if stop is not None:
                sentence = f"the secret '{step.slot}' of '{step.id}' is not taken by the next call; '{stop}' follows"
                fix = "Let a call that takes it follow; a secret is kept for no later step."
                problems.error("secret_not_taken", step.mark, sentence, fix)


def _not_taken(graph: Graph, ask: AskStep) -> str | None:
    """The first step after the answer at which the secret is still there and would be lost."""
    open_steps = [edge.target for edge in ask.edges() if ask.slot in edge.assigns]
    seen: set[str] = set()
    while open_steps:
        step = graph.program.steps.get(open_steps.pop() or "")
        if step is None or step.id in seen:
            continue
        seen.add(step.id)
        if _takes(step, ask.slot):
            continue
        if step.kind not in _PASSED_THROUGH:
            return step.id
        open_steps.extend(edge.target for edge in step.edges())
    return None


def _takes(step: Step, slot: str) -> bool:
    return isinstance(step, CallStep) and any(slot in expression.reads for expression in step.args.values())
