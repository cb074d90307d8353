"""The flows that the engine starts by itself: all of them are there, none can trap a customer or move money."""

from __future__ import annotations

from collections.abc import Mapping

from core.dialog.compiling.flow import Compiled
from core.dialog.problems import Problems
from core.dialog.program import Program, Step
from core.dialog.steps.call import CallStep
from core.dialog.steps.end import EndStep
from core.dialog.system_flows import ANYTHING, EXPIRED, SYSTEM_FLOWS, SystemFlow
from core.kernel.strict_yaml import Mark


def check_system_flows(compiled: Mapping[str, Compiled], folder: str, problems: Problems) -> None:
    for name, contract in SYSTEM_FLOWS.items():
        one = compiled.get(name)
        if one is None:
            sentence = f"the engine needs a flow '{name}'"
            problems.error("system_flow_missing", Mark(f"{folder}/system/{name}.yaml", 1, 1), sentence, "Write it.")
            continue
        _check_effects(one.program, problems)
        if contract.notice:
            _check_notice(one, contract, problems)


def _check_effects(program: Program, problems: Problems) -> None:
    """What the engine begins unasked moves no money; the flows that it runs prove theirs themselves."""
    for step in program.steps.values():
        if isinstance(step, CallStep) and step.has_effect:
            sentence = f"'{program.name}' is begun by the engine, so its step '{step.id}' may have no effect"
            problems.error(
                "system_effect", step.mark, sentence, "Put it into a flow of its own, which the menu offers."
            )


def _check_notice(one: Compiled, contract: SystemFlow, problems: Problems) -> None:
    program = one.program
    for step in program.steps.values():
        _check_kind(program.name, step, contract, problems)
        if getattr(step, "hold", False):
            sentence = f"'{program.name}' comes between a customer and what they do, so '{step.id}' may not hold them"
            problems.error("system_hold", step.mark, sentence, "Remove `hold`.")
    if one.model.entry.model_fields_set:
        sentence = f"only the engine begins '{program.name}': it means nothing without what the engine fills"
        problems.error("system_entry", one.source.mark(("entry",)), sentence, "Remove `entry`.")
    _check_returns(one, contract, problems)
    _check_offer(one, problems)


def _check_kind(name: str, step: Step, contract: SystemFlow, problems: Problems) -> None:
    if contract.steps != ANYTHING and step.kind not in contract.steps:
        kinds = ", ".join(sorted(contract.steps))
        sentence = f"a step of '{name}' may be {kinds}, but '{step.id.partition('.')[0]}' is {step.kind}"
        fix = "It must be over by itself." if "ask" not in contract.steps else "Lead to a flow that does it."
        problems.error("system_step", step.mark, sentence, fix)


def _check_returns(one: Compiled, contract: SystemFlow, problems: Problems) -> None:
    if contract.returns is None:
        return
    name, kind = contract.returns
    slot = one.program.slots.get(name)
    if name not in one.program.returns or slot is None or slot.type.kind != kind:
        sentence = f"'{one.program.name}' must return '{name}', which is {kind}: the engine goes on with it"
        problems.error("system_return", one.source.mark(("flow",)), sentence, f"Write `returns: [{name}]`.")


def _check_offer(one: Compiled, problems: Problems) -> None:
    """An offer to go on that cannot be taken up is no offer."""
    program = one.program
    ends = {step.outcome for step in program.steps.values() if isinstance(step, EndStep)}
    if program.name == EXPIRED and "done" not in ends:
        sentence = "'expired' never ends 'done', so nobody can go on with what they were doing"
        problems.warning("system_offer", one.source.mark(("flow",)), sentence, "Ask, and end `done` on a yes.")
