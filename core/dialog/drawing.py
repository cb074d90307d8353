"""Flows as drawings: every step with its arms, for Mermaid (`flowchart`) and Graphviz (`digraph`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.dialog.program import Program, Step
from core.dialog.steps.auth import LOGIN_FLOW, AuthStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.run import RunStep


@dataclass(frozen=True, slots=True)
class _Node:
    """`identity` is plain letters and digits, for both languages."""

    identity: str
    label: str
    money: bool


@dataclass(frozen=True, slots=True)
class _Line:
    start: str
    end: str
    label: str
    engine: bool


def mermaid(programs: Sequence[Program]) -> str:
    """One subgraph a flow. Money steps are red; dashed lines are the engine's own ways."""
    lines = ["flowchart TD"]
    for program in programs:
        lines.append(f'  subgraph {program.name}["{program.name}"]')
        for node in _nodes(program):
            style = ":::money" if node.money else ""
            lines.append(f'    {node.identity}["{_quoted(node.label)}"]{style}')
        lines.append("  end")
    for line in _lines(programs):
        arrow = "-.->" if line.engine else "-->"
        lines.append(f'  {line.start} {arrow}|"{_quoted(line.label)}"| {line.end}')
    lines.append("  classDef money fill:#fdd,stroke:#c00,stroke-width:3px")
    return "\n".join(lines)


def dot(programs: Sequence[Program]) -> str:
    """One cluster a flow, marked in the same way."""
    lines = ["digraph flows {", "  node [shape=box];"]
    for program in programs:
        lines.append(f'  subgraph cluster_{program.name} {{ label="{program.name}";')
        for node in _nodes(program):
            style = ' color="#cc0000" penwidth=3' if node.money else ""
            lines.append(f'    {node.identity} [label="{_escaped(node.label)}"{style}];')
        lines.append("  }")
    for line in _lines(programs):
        style = " style=dashed" if line.engine else ""
        lines.append(f'  {line.start} -> {line.end} [label="{_escaped(line.label)}"{style}];')
    return "\n".join([*lines, "}"])


def _nodes(program: Program) -> Iterator[_Node]:
    for step in program.steps.values():
        yield _Node(_identity(program, step.id), f"{step.id}: {_spoken(step)}", _moves_money(step))
    if any(edge.target is None for step in program.steps.values() for edge in step.edges()):
        yield _Node(_identity(program, "OVER"), "over", money=False)


def _spoken(step: Step) -> str:
    """The kind of the step and what it is about."""
    if isinstance(step, CallStep):
        return f"call {step.operation.name}"
    if isinstance(step, RunStep):
        return f"run {step.flow}"
    about = getattr(step, "slot", "") or getattr(step, "queue", "") or getattr(step, "outcome", "")
    return f"{step.kind} {about}".strip()


def _moves_money(step: Step) -> bool:
    return isinstance(step, CallStep) and step.has_effect


def _lines(programs: Sequence[Program]) -> Iterator[_Line]:
    drawn = {program.name: program for program in programs}
    for program in programs:
        for step in program.steps.values():
            start = _identity(program, step.id)
            for edge in step.edges():
                yield _Line(start, _identity(program, edge.target or "OVER"), edge.arm, edge.engine)
            run = step.flow if isinstance(step, RunStep) else LOGIN_FLOW if isinstance(step, AuthStep) else ""
            if run in drawn and run != program.name:
                yield _Line(start, _identity(drawn[run], drawn[run].first), "runs", engine=True)


def _identity(program: Program, step: str) -> str:
    return f"{program.name}__{step.replace('.', '__')}"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
