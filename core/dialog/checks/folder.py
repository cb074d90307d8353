"""What concerns several flows: who runs whom, who can be started, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.dialog.checks.runs import begun, check_depth
from core.dialog.checks.system import check_system_flows
from core.dialog.compiling.builder import fits
from core.dialog.compiling.flow import Compiled
from core.dialog.problems import Problems
from core.dialog.program import Program
from core.dialog.slot_types import SlotType, did_you_mean
from core.dialog.steps.unschedule import UnscheduleStep
from core.dialog.system_flows import SYSTEM_FLOWS
from core.dialog.understanding import normalise, words_of

_PAYLOAD: Final = {"payload": SlotType("text")}


def check_folder(
    compiled: Sequence[Compiled], programs: Mapping[str, Program], folder: str, problems: Problems
) -> None:  # fmt: skip
    check_system_flows({one.program.name: one for one in compiled}, folder, problems)
    run = {step.flow for one in compiled for step in begun(one.program)}
    for one in compiled:
        _check_runs(one, programs, problems)
        _check_unscheduled(one, programs, problems)
        _check_takes(one, run, problems)
        _check_start(one, run, problems)
        _check_title(one, problems)
        _check_moved(one, problems)
    check_depth({one.program.name: one.source.mark(("flow",)) for one in compiled}, programs, problems)
    _check_doubled_entries(compiled, problems)


def _check_runs(one: Compiled, programs: Mapping[str, Program], problems: Problems) -> None:
    for step in begun(one.program):
        called = programs.get(step.flow)
        if called is None:
            sentence = f"there is no flow '{step.flow}'{did_you_mean(step.flow, programs)}"
            problems.error("unknown_flow", step.mark, sentence)
            continue
        for name in sorted(set(called.takes) - step.args.keys()):
            problems.error("argument_missing", step.mark, f"'{step.flow}' takes '{name}'", "Write it under `with`.")
        for name, expression in step.args.items():
            wanted = called.slots.get(name)
            if wanted is None or name not in called.takes:
                problems.error("unknown_argument", step.mark, f"'{step.flow}' takes no '{name}'")
            elif not fits(expression.type, wanted.type):
                sentence = f"'{step.flow}' takes {wanted.type} as '{name}', not {expression.type}"
                problems.error("type", step.mark, sentence)
        for slot, name in step.save.items():
            own, given = one.program.slots.get(slot), called.slots.get(name)
            if given is None or name not in called.returns:
                problems.error("unknown_field", step.mark, f"'{step.flow}' returns no '{name}'")
            elif own is not None and not fits(given.type, own.type):
                problems.error("type", step.mark, f"'{slot}' is {own.type}, but '{name}' is {given.type}")


def _check_unscheduled(one: Compiled, programs: Mapping[str, Program], problems: Problems) -> None:
    for step in one.program.steps.values():
        if isinstance(step, UnscheduleStep) and step.flow not in programs:
            sentence = f"there is no flow '{step.flow}'{did_you_mean(step.flow, programs)}"
            problems.error("unknown_flow", step.mark, sentence)


def _check_takes(one: Compiled, run: set[str], problems: Problems) -> None:
    """Somebody must fill the slots that a flow takes: the flow that runs it, or the engine the ones that it knows."""
    program = one.program
    system = SYSTEM_FLOWS.get(program.name)
    filled = system.fills if system is not None else _PAYLOAD
    by_engine = system is not None or _has_entry(program, one)
    for index, name in enumerate(program.takes):
        slot = program.slots.get(name)
        if by_engine and name not in filled:
            known = ", ".join(sorted(filled)) or "nothing"
            sentence = f"nobody fills '{name}' when '{program.name}' starts; the engine fills {known}"
            problems.error("unknown_take", one.source.mark(("takes", index)), sentence)
        elif name in filled and slot is not None and program.name not in run and not fits(filled[name], slot.type):
            sentence = f"the engine fills '{name}' with a {filled[name]}, but it is {slot.type}"
            problems.error("type", one.source.mark(("takes", index)), sentence)


def _has_entry(program: Program, one: Compiled) -> bool:
    entry = program.entry
    return bool(entry.phrases or entry.command or entry.link or entry.start or one.model.entry.intents)


def _check_start(one: Compiled, run: set[str], problems: Problems) -> None:
    program = one.program
    if program.name not in SYSTEM_FLOWS and program.name not in run and not _has_entry(program, one):
        sentence = f"nobody can start the flow '{program.name}'"
        fix = "Give it an `entry`, or run it from another flow."
        problems.error("nobody_starts", one.source.mark(("flow",)), sentence, fix)


def _check_title(one: Compiled, problems: Problems) -> None:
    if one.program.entry.phrases and one.program.title is None and one.program.name not in SYSTEM_FLOWS:
        sentence = f"'{one.program.name}' has phrases but no title, so a customer cannot be asked whether it is meant"
        fix = "Write `title: ...` as customers would call it."
        problems.warning("title_missing", one.source.mark(("entry", "phrases")), sentence, fix)


def _check_moved(one: Compiled, problems: Problems) -> None:
    """`moved` leads people from steps that are gone to steps that are there; only a flow that follows moves anybody."""
    program = one.program
    for old, new in program.moved.items():
        if new not in program.steps:
            named = [step for step in program.steps if "." not in step]
            sentence = f"'{old}' is moved to '{new}', but there is no such step{did_you_mean(new, named)}"
            problems.error("moved_nowhere", one.source.mark(("moved", old)), sentence)
        if old in program.steps:
            sentence = f"'{old}' is moved to '{new}', but it is still there"
            fix = "Take it out of `moved`, or remove the step."
            problems.warning("moved_still_there", one.source.key_mark(("moved", old)), sentence, fix)
    if program.moved and program.revisions != "follow":
        sentence = f"'{program.name}' has `moved`, but people in it are never moved"
        problems.warning(
            "moved_unused", one.source.key_mark(("moved",)), sentence, "Only `revisions: follow` does that."
        )


def _check_doubled_entries(compiled: Sequence[Compiled], problems: Problems) -> None:
    """A phrase, command, link, intent or title must lead to one flow."""
    seen: dict[tuple[str, str], str] = {}
    for one in compiled:
        entry, name = one.program.entry, one.program.name
        ways = [("phrase", words_of(phrase)) for phrase in entry.phrases]
        title = one.program.title
        ways += [("title", normalise(title.base.source))] if title is not None else []
        ways += [("intent", intent) for intent in entry.intents]
        ways += [("command", entry.command)] if entry.command else []
        ways += [("link", entry.link)] if entry.link else []
        ways += [("start", "start")] if entry.start else []
        for kind, written in ways:
            other = seen.setdefault((kind, written), name)
            if other != name:
                sentence = f"the {kind} '{written}' belongs to '{other}' already"
                problems.error("doubled_entry", one.source.mark(("entry",)), sentence)
