"""What only shows when flows are looked at together: what a login can prove, and who heeds how another flow ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.dialog.auth_levels import LEVELS, rank
from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.steps.auth import LOGIN_FLOW, AuthStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.run import RunStep
from core.dialog.steps.say import SayStep


def check_whole(graphs: Mapping[str, Graph], problems: Problems) -> None:
    _check_login(graphs, problems)
    for graph in graphs.values():
        for step in graph.program.steps.values():
            if isinstance(step, RunStep) and step.flow in graph.run:
                _check_outcomes(graph, step, problems)
                _check_heeded(graph, step, problems)


def _check_login(graphs: Mapping[str, Graph], problems: Problems) -> None:
    """The login must be able to prove what is asked for. That it moves no money needs no check: it would have to run a
    login first, which is itself."""
    login = graphs.get(LOGIN_FLOW)
    if login is None:
        return
    provable = max((rank(level) for level in _granted(graphs)), default=0)
    for graph in graphs.values():
        for step in graph.program.steps.values():
            if isinstance(step, AuthStep) and rank(step.requirement.level) > provable:
                wanted = step.requirement.level
                sentence = f"'{step.id}' asks for '{wanted}', but '{LOGIN_FLOW}' proves at most '{LEVELS[provable]}'"
                fix = f"Ask for less, or let '{LOGIN_FLOW}' call an operation that grants it."
                problems.error("level_unprovable", step.mark, sentence, fix)


def _granted(graphs: Mapping[str, Graph]) -> Iterator[str]:
    """The levels that an operation of the login, or of a flow that it runs, may prove."""
    login = graphs[LOGIN_FLOW]
    for step in login.program.steps.values():
        if isinstance(step, CallStep):
            yield step.operation.signature.grants
    for summary in login.run.values():
        yield from summary.grants


def _check_outcomes(graph: Graph, step: RunStep, problems: Problems) -> None:
    ends = graph.run[step.flow].ends
    for outcome in step.arms:
        if ends and outcome not in ends:
            sentence = f"'{step.id}' has a way for '{outcome}', but '{step.flow}' never ends so"
            problems.warning("outcome_never", step.mark, sentence, f"'{step.flow}' ends {', '.join(sorted(ends))}.")


def _check_heeded(graph: Graph, step: RunStep, problems: Problems) -> None:
    """A message that follows whether money was moved or not hardly ever means both."""
    summary = graph.run[step.flow]
    then = graph.program.steps.get(step.then)
    if not summary.moves_money or step.otherwise is not None or step.arms or not isinstance(then, SayStep):
        return
    sentence = f"'{step.flow}' moves money, but after '{step.id}' the same is said however it ends"
    problems.warning("outcome_unheeded", step.mark, sentence, "Write `else:` for when it does not end well.")
