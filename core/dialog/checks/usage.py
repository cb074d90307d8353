"""Slots: used before they have a value, never used, personal values shown openly."""

from __future__ import annotations

from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.program import Read, Step
from core.dialog.steps.end import EndStep


def check_usage(graph: Graph, problems: Problems) -> None:
    for step in graph.program.steps.values():
        for read in step.reads():
            _check_assigned(graph, step, read, problems)
            _check_personal(graph, read, problems)
    _check_returns(graph, problems)
    _check_unused(graph, problems)


def _check_assigned(graph: Graph, step: Step, read: Read, problems: Problems) -> None:
    facts = graph.facts.get(step.id)
    if facts is None:
        return
    for slot in sorted(read.slots - facts.assigned):
        way = _way_without(graph, step, slot)
        sentence = f"step '{step.id}' uses '{slot}', which has no value yet{way}"
        problems.error("unassigned", read.mark, sentence)


def _way_without(graph: Graph, step: Step, slot: str) -> str:
    """The way on which the value is missing, when there are others on which it is there."""
    missing, there = [], False
    for way in graph.into(step.id):
        facts = graph.facts.get(way.step.id)
        if facts is None:
            continue
        if slot in way.passed(facts).assigned:
            there = True
        else:
            missing.append(way)
    return f" on the way {missing[0]}" if missing and there else ""


def _check_personal(graph: Graph, read: Read, problems: Problems) -> None:
    if read.use not in ("text", "picture"):
        return
    for slot in sorted(read.open):
        declared = graph.program.slots.get(slot)
        if declared is not None and declared.pii:
            sentence = f"'{slot}' is personal ({declared.pii}) and is shown openly"
            problems.warning("pii_unmasked", read.mark, sentence, f"Write {{{slot}|mask}}, unless it must be read.")


def _check_returns(graph: Graph, problems: Problems) -> None:
    """What a flow returns has a value wherever it ends well."""
    for step in graph.program.steps.values():
        facts = graph.facts.get(step.id)
        if not isinstance(step, EndStep) or step.outcome != "done" or facts is None:
            continue
        for slot in graph.program.returns:
            if slot not in facts.assigned:
                sentence = f"the flow returns '{slot}', which has no value when it ends at '{step.id}'"
                problems.error("return_unassigned", step.mark, sentence)


def _check_unused(graph: Graph, problems: Problems) -> None:
    program = graph.program
    used = {slot for step in program.steps.values() for read in step.reads() for slot in read.slots}
    used.update(program.returns, (slot for step in program.steps.values() for slot in _routed(step)))
    for slot in program.slots.values():
        if slot.currency is not None:
            used.update(slot.currency.reads)
    for name, slot in program.slots.items():
        # A secret that is asked for and not taken is reported as that.
        if name not in used and not (slot.type.kind == "secret" and name in program.asked):
            problems.warning("unused_slot", slot.mark, f"the slot '{name}' is never used", "Remove it.")


def _routed(step: Step) -> set[str]:
    """An answer that decides the way is used, and one that its own checks look at."""
    slot = getattr(step, "slot", None)
    if slot is None:
        return set()
    looked_at = any(slot in condition.reads for condition, _ in getattr(step, "checks", ()))
    return {slot} if getattr(step, "routes", None) or looked_at else set()
