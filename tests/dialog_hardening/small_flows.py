"""Small flows around one money call: a correct one, changed at random."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st

from core.dialog.checks.runs import flows_that_pass
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
    """What the verifier says of one flow: the codes that speak of money, and every code."""

    program: Program
    money: frozenset[str]
    codes: frozenset[str]
    text: str = field(repr=True)


def checked(text: str) -> Checked:
    problems = Problems()
    source = read_source(text, "small.yaml", problems)
    assert source is not None, [str(problem) for problem in problems.found]
    compiled = compile_flow(source, {}, CATALOGUE, ("uk",), problems)
    assert isinstance(compiled, Compiled), [str(problem) for problem in problems.found]
    program = compiled.program
    verify_flow(program, problems, flows_that_pass({program.name: program}))
    codes = frozenset(problem.code for problem in problems.found if problem.severity == "error")
    return Checked(program, codes & MONEY_CODES, codes, text)


def written(steps: list[StepText], level: str = "otp") -> str:
    flow = {
        "flow": "small",
        "auth": {"level": level},
        "slots": {"x": {"type": "text", "label": "x"}, "y": {"type": "text", "label": "y"}},
        "entry": {"command": "small"},
        "steps": [*steps, {"id": "end", "say": "Over.", "end": "done"}],
    }
    return json.dumps(flow)  # Which is YAML, without anchors.


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


@st.composite
def _steps(draw: st.DrawFn, target: st.SearchStrategy[str]) -> StepText:
    slot = draw(st.sampled_from(SLOTS))
    some = st.sampled_from(([], ["x"], ["y"], ["x", "y"]))
    kind = draw(
        st.sampled_from(("ask", "set", "confirm", "look", "terse", "prove", "pay", "branch", "go", "run", "auth"))
    )
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
        return {"call": "bank.prove", "on": {"refused": draw(target)}}
    if kind == "branch":
        return {"branch": [{"if": 'lang == "uk"', "go": draw(target)}]}
    if kind == "go":
        return {"go": draw(target)}
    if kind == "run":
        return {"run": "sub", "save": draw(st.sampled_from(({}, {slot: "x"}))), "else": draw(target)}
    return {"auth": draw(st.sampled_from(("otp", "phone", "none", "card"))), "else": draw(target)}


@st.composite
def small_flows(draw: st.DrawFn) -> str:
    """The correct flow with up to five random changes: steps put in, taken out, moved, led elsewhere."""
    steps = _correct()
    target = st.sampled_from(["end", *(f"s{place}" for place in range(9))])
    for change in draw(st.lists(st.sampled_from(("insert", "insert", "delete", "swap", "lead")), max_size=5)):
        place = draw(st.integers(0, max(len(steps) - 1, 0)))
        if change == "insert" and len(steps) < 9:
            steps.insert(place, draw(_steps(target)))
        elif change == "delete" and len(steps) > 2:
            del steps[place]
        elif change == "swap":
            other = draw(st.integers(0, len(steps) - 1))
            steps[place], steps[other] = steps[other], steps[place]
        elif change == "lead":
            _lead(steps[place], draw(target))
    return written(_named(steps), draw(st.sampled_from(("otp", "otp", "otp", "card", "none"))))


def _lead(step: StepText, target: str) -> None:
    if "confirm" in step:
        step["yes"] = target
    elif "call" in step:
        step["on"] = {**step["on"], "unknown": target}
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
