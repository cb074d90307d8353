"""Small flows around one money call, with a flow that they run and a login: correct ones, changed at random."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from core.dialog.checks.graph import Graph
from core.dialog.checks.graphs import build_graphs
from core.dialog.compiling.flow import Compiled, compile_flow
from core.dialog.problems import Problems
from core.dialog.program import Program
from core.dialog.signatures import build_catalogue
from core.dialog.source import read_source
from core.dialog.verifier import verify_flow

SIGNATURES: Final[list[dict[str, Any]]] = [
    {"name": "look", "returns": {"found": "text"}},
    {
        "name": "pay",
        "params": {"x?": "text", "y?": "text"},
        "returns": {"found": "text"},
        "effect": "money",
        "settles": "bank.settled",
    },
    {"name": "terse", "returns": {"found": "text"}, "arms": ["ok"]},
    {"name": "prove", "grants": "otp"},
    {"name": "prove_less", "grants": "phone"},
]
CATALOGUE: Final = build_catalogue(SIGNATURES)
MONEY_CODES: Final = frozenset(
    "auth_missing auth_undeclared not_sealed not_shown effect_argument effect_in_follow"
    " ok_arm_missing refused_arm_missing unknown_arm_missing".split()
)
SLOTS: Final = ("x", "y")

StepText = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """What the verifier says of the first of some flows: the codes that speak of money, and every code. `other_money`:
    those of the others."""

    program: Program
    programs: Mapping[str, Program]
    money: frozenset[str]
    codes: frozenset[str]
    other_money: frozenset[str]


def checked(text: str, *others: str) -> Checked:
    compiled = [_compiled(one) for one in (text, *others, SUB, LOGIN)]
    programs = {program.name: program for program in compiled[::-1]}
    graphs = build_graphs(programs)
    found = {name: _codes(graph) for name, graph in graphs.items()}
    own = found.pop(compiled[0].name)
    elsewhere = frozenset[str]().union(*found.values())
    return Checked(compiled[0], programs, own & MONEY_CODES, own, elsewhere & MONEY_CODES)


def _compiled(text: str) -> Program:
    problems = Problems()
    source = read_source(text, "small.yaml", problems)
    assert source is not None, [str(problem) for problem in problems.found]
    compiled = compile_flow(source, {}, CATALOGUE, ("uk",), problems)
    assert isinstance(compiled, Compiled), [str(problem) for problem in problems.found]
    return compiled.program


def _codes(graph: Graph) -> frozenset[str]:
    problems = Problems()
    verify_flow(graph, problems)
    return frozenset(problem.code for problem in problems.found if problem.severity == "error")


def written(steps: list[StepText], level: str = "otp", name: str = "small") -> str:
    ends: list[StepText] = [{"id": "end", "say": "Over.", "end": "done"}]
    if '"stop"' in json.dumps(steps):
        ends.append({"id": "stop", "end": "cancelled"})
    flow = {
        "flow": name,
        "auth": {"level": level, "fresh": "5m"} if level == "card" else {"level": level},
        "slots": {"x": {"type": "text", "label": "x"}, "y": {"type": "text", "label": "y"}, "level": "text"},
        "entry": {"command": name},
        "takes": ["level"] if name == "login" else [],
        "returns": ["x"] if name == "sub" else [],
        "steps": [*steps, *ends],
    }
    return json.dumps(flow)  # Which is YAML, without anchors.


# What a flow runs when a test does not write another one.
SUB: Final = written([{"id": "sx", "ask": "x", "text": "X"}], name="sub")
LOGIN: Final = written([{"id": "proved", "call": "bank.prove", "on": {"refused": "stop"}}], "none", "login")


def _correct() -> list[StepText]:
    return [
        {"auth": "otp", "else": "end"},
        {"ask": "x", "text": "X"},
        {"ask": "y", "text": "Y"},
        _confirm(["x", "y"], ["x", "y"], "next", "end", ["x"]),
        {"call": "bank.pay", "effect": "money", "with": {"x": "x", "y": "y"}, "on": dict.fromkeys(ARMS, "end")},
    ]


ARMS: Final = ("ok", "refused", "unknown")


def _confirm(sealed: list[str], shown: list[str], yes: str, no: str, edit: list[str]) -> StepText:
    text = " ".join(f"{{{slot}}}" for slot in shown) or "Sure?"
    return {"confirm": sealed, "text": text, "ttl": "3m", "yes": yes, "no": no, "edit": edit}


KINDS: Final = ("ask", "set", "confirm", "look", "terse", "prove", "pay", "branch", "go", "run", "auth")
# A login that ran flows or asked for a login would run for ever.
LOGIN_KINDS: Final = ("ask", "set", "confirm", "look", "prove", "pay", "branch", "go")


@st.composite
def _steps(draw: st.DrawFn, target: st.SearchStrategy[str], kinds: tuple[str, ...]) -> StepText:
    slot = draw(st.sampled_from(SLOTS))
    some = st.sampled_from(([], ["x"], ["y"], ["x", "y"]))
    kind = draw(st.sampled_from(kinds))
    if kind == "ask":
        return {"ask": slot, "text": "?", "else": draw(target)}
    if kind == "set":
        return {"set": {slot: draw(st.sampled_from(("x", "y", '"fixed"')))}}
    if kind == "confirm":
        sealed = draw(some.filter(bool))
        return _confirm(sealed, draw(st.one_of(st.just(sealed), some)), draw(target), draw(target), draw(some))
    if kind == "pay":
        written_arms = draw(
            st.one_of(
                st.just(dict.fromkeys(ARMS, "end")), st.fixed_dictionaries({"ok": target}, optional={"unknown": target})
            )
        )
        return {"call": "bank.pay", "effect": "money", "with": {slot: slot}, "on": written_arms}
    if kind in ("look", "terse"):
        return {"call": f"bank.{kind}", "save": {slot: "found"}, "on": {"unknown": draw(target)}}
    return _moving(draw, kind, slot, target)


def _moving(draw: st.DrawFn, kind: str, slot: str, target: st.SearchStrategy[str]) -> StepText:
    if kind == "prove":
        proves = draw(st.sampled_from(("prove", "prove_less")))
        return {"call": f"bank.{proves}", "on": {"refused": draw(target)}}
    if kind == "branch":
        return {"branch": [{"if": 'lang == "uk"', "go": draw(target)}]}
    if kind == "go":
        return {"go": draw(target)}
    if kind == "run":
        on = draw(st.dictionaries(st.sampled_from(("done", "cancelled", "failed")), target, max_size=2))
        return {"run": "sub", "save": draw(st.sampled_from(({}, {slot: "x"}))), "on": on, "else": draw(target)}
    level = draw(st.sampled_from(("otp", "phone", "none", "card")))
    return {"auth": level, "else": draw(target), **draw(st.sampled_from(({}, {"fresh": "1m"})))}


@st.composite
def small_flows(draw: st.DrawFn, name: str = "small", kinds: tuple[str, ...] = KINDS) -> str:
    """The correct flow with up to five random changes: steps put in, taken out, moved, led elsewhere."""
    steps = _correct()
    if "run" in kinds and draw(st.booleans()):
        steps.insert(draw(st.integers(0, len(steps))), draw(_steps(st.just("end"), ("run",))))
    level = draw(st.sampled_from(("otp", "otp", "otp", "card", "none")))
    return written(_changed(draw, steps, kinds), level, name)


@st.composite
def sub_flows(draw: st.DrawFn) -> str:
    """A flow that is run: a whole one with its own money call, or just a part of one, changed at random."""
    if draw(st.booleans()):
        return draw(small_flows("sub", tuple(kind for kind in KINDS if kind != "run")))
    part = draw(st.sampled_from(("ask", "prove", "look", "say")))
    steps: dict[str, StepText] = {
        "ask": {"ask": "x", "text": "X"},
        "prove": {"call": "bank.prove", "on": {"refused": "stop"}},
        "look": {"call": "bank.look", "save": {"x": "found"}},
        "say": {"say": "Hello"},
    }
    kinds = ("ask", "set", "look", "prove", "branch", "go", "auth", "confirm")
    return written(_changed(draw, [steps[part]], kinds), name="sub")


@st.composite
def logins(draw: st.DrawFn) -> str:
    """A login that a product owner wrote in place of the bank's."""
    steps: list[StepText] = [{"call": "bank.prove", "on": {"refused": "stop"}}]
    return written(_changed(draw, steps, LOGIN_KINDS), draw(st.sampled_from(("none", "none", "otp"))), "login")


def _changed(draw: st.DrawFn, steps: list[StepText], kinds: tuple[str, ...]) -> list[StepText]:
    target = st.sampled_from(["end", "stop", *(f"s{place}" for place in range(9))])
    for change in draw(st.lists(st.sampled_from(("insert", "insert", "delete", "swap", "lead")), max_size=5)):
        place = draw(st.integers(0, max(len(steps) - 1, 0)))
        if change == "insert" and len(steps) < 9:
            steps.insert(place, draw(_steps(target, kinds)))
        elif change == "delete" and len(steps) > 2:
            del steps[place]
        elif change == "swap":
            other = draw(st.integers(0, len(steps) - 1))
            steps[place], steps[other] = steps[other], steps[place]
        elif change == "lead":
            _lead(steps[place], draw(target))
    return _named(steps)


def _lead(step: StepText, target: str) -> None:
    if "confirm" in step:
        step["yes"] = target
    elif "call" in step:
        step["on"] = {**step.get("on", {}), "unknown": target}
    elif "else" in step:
        step["else"] = target


def _named(steps: list[StepText]) -> list[StepText]:
    """Ids in order; what leads to a step that is not there leads to the end, and only what is asked can be edited."""
    names = [f"s{place}" for place in range(len(steps))]
    asked = {step["ask"] for step in steps if "ask" in step}
    named = []
    for place, step in enumerate(steps):
        following = names[place + 1] if place + 1 < len(steps) else "end"
        whole: StepText = {"id": names[place], **_led(step, following, names)}
        if "edit" in whole:
            whole["edit"] = [slot for slot in whole["edit"] if slot in asked]
        named.append(whole)
    return named


def _led(value: Any, following: str, names: list[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: item if key in ("ask", "set", "confirm", "with", "save") else _led(item, following, names)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_led(item, following, names) for item in value]
    if value == "next":
        return following
    return (
        "end" if isinstance(value, str) and value[:1] == "s" and value[1:].isdigit() and value not in names else value
    )
