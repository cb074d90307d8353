"""The verifier against a second opinion: on small flows made at random, and on the ones that are known to be bad."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, event, given, settings

from core.dialog.checks.runs import called_by
from tests.dialog_hardening.oracle import unproven_way
from tests.dialog_hardening.small_flows import Checked, StepText, checked, logins, small_flows, sub_flows, written

MANY = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
PAY: StepText = {
    "id": "pay",
    "call": "bank.pay",
    "effect": "money",
    "with": {"x": "x", "y": "y"},
    "on": {"ok": "end", "refused": "end", "unknown": "end"},
}
LOGIN = {"id": "login", "auth": "otp", "else": "end"}
ASK_X = {"id": "ax", "ask": "x", "text": "X"}
ASK_Y = {"id": "ay", "ask": "y", "text": "Y"}
REVIEW: StepText = {"id": "review", "confirm": ["x", "y"], "text": "{x} {y}", "ttl": "3m", "edit": ["x"]}


@given(small_flows(), sub_flows(), logins())
@MANY
def test_what_the_verifier_accepts_has_no_unproven_way_to_money(text: str, sub: str, login: str) -> None:
    found = checked(text, sub, login)
    assume(not _circular(found))
    ways = {name: unproven_way(program, found.programs) for name, program in found.programs.items()}

    refused = bool(found.money or found.other_money)
    event(f"refused: {refused}, unproven way: {any(ways.values())}, runs: {'run' in text}")
    if not refused:
        assert not any(ways.values()), f"{ways}\n{text}\n{sub}\n{login}"


@given(small_flows())
@FEW
def test_with_a_flow_and_a_login_that_are_fine_the_same_holds(text: str) -> None:
    found = checked(text)
    way = unproven_way(found.program, found.programs)

    event(f"refused: {bool(found.money)}, unproven way: {bool(way)}")
    if not found.money:
        assert way == [], f"{' → '.join(way)}\n{text}"


def _circular(found: Checked) -> bool:
    """A login that asks for a login is refused as that, and walked through by nobody."""
    return "login" in called_by(found.programs["login"])


def test_a_flow_with_everything_in_its_place_is_accepted_by_both() -> None:
    found = checked(written([LOGIN, ASK_X, ASK_Y, REVIEW, PAY]))

    assert (found.codes, unproven_way(found.program, found.programs)) == (frozenset(), [])


BAD: dict[str, tuple[list[StepText], str, list[str]]] = {
    "no login": ([ASK_X, ASK_Y, REVIEW, PAY], "auth_missing", ["ax", "ay", "review", "pay"]),
    "no confirmation": ([LOGIN, ASK_X, ASK_Y, PAY], "not_sealed", ["login", "ax", "ay", "pay"]),
    "one slot forgotten": (
        [LOGIN, ASK_X, ASK_Y, {**REVIEW, "confirm": ["x"]}, PAY],
        "not_sealed",
        ["login", "ax", "ay", "review", "pay"],
    ),
    "one slot not shown": (
        [LOGIN, ASK_X, ASK_Y, {**REVIEW, "text": "{x}"}, PAY],
        "not_shown",
        ["login", "ax", "ay", "review", "pay"],
    ),
    "written after yes": (
        [LOGIN, ASK_X, ASK_Y, REVIEW, {"id": "late", "set": {"y": "x"}}, PAY],
        "not_sealed",
        ["login", "ax", "ay", "review", "late", "pay"],
    ),
    "asked again after yes": (
        [LOGIN, ASK_X, ASK_Y, REVIEW, {"id": "again", "ask": "y", "text": "Y"}, PAY],
        "not_sealed",
        ["login", "ax", "ay", "review", "again", "pay"],
    ),
    "written by a flow that is run": (
        [LOGIN, ASK_X, ASK_Y, REVIEW, {"id": "sub", "run": "sub", "save": {"x": "x"}}, PAY],
        "not_sealed",
        ["login", "ax", "ay", "review", "sub", "pay"],
    ),
    "paid twice for one yes": (
        [LOGIN, ASK_X, ASK_Y, REVIEW, {**PAY, "id": "first", "on": {**PAY["on"], "unknown": "pay"}}, PAY],
        "not_sealed",
        ["login", "ax", "ay", "review", "first", "pay"],
    ),
    "a silent bank leads past the confirmation": (
        [LOGIN, ASK_X, ASK_Y, {"id": "look", "call": "bank.terse", "on": {"unknown": "pay"}}, REVIEW, PAY],
        "not_sealed",
        ["login", "ax", "ay", "look", "pay"],
    ),
    "a lower login is enough to get there": (
        [{**LOGIN, "auth": "phone"}, ASK_X, ASK_Y, REVIEW, PAY],
        "auth_missing",
        ["login", "ax", "ay", "review", "pay"],
    ),
    "the login may fail": (
        [{**LOGIN, "else": "ax"}, ASK_X, ASK_Y, REVIEW, PAY],
        "auth_missing",
        ["login", "ax", "ay", "review", "pay"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_known_to_be_bad_is_refused_by_both(name: str) -> None:
    steps, code, way = BAD[name]

    found = checked(written(steps))

    assert code in found.money
    walked = unproven_way(found.program, found.programs)
    assert [step for step in walked if "." not in step] == way


TALKS = written([{"id": "sx", "ask": "x", "text": "X"}, {"id": "sy", "ask": "y", "text": "Y"}], "none", "sub")
READS = written([{"id": "sx", "call": "bank.look", "save": {"x": "found"}}], "none", "sub")
AGREES = written([{"id": "sx", "ask": "x", "text": "X"}, {**REVIEW, "confirm": ["x"], "text": "{x}"}], "none", "sub")
SPENDS = written([LOGIN, {"id": "sx", "ask": "x", "text": "X"}, {**REVIEW, "edit": []}, PAY], name="sub")
SIGNS_IN = written([{"id": "sx", "call": "bank.prove", "on": {"refused": "stop", "unknown": "stop"}}], "none", "sub")
SIGNS_IN_LOWER = written([{"id": "sx", "call": "bank.prove_less", "on": {"refused": "stop"}}], "none", "sub")
RUN = {"id": "part", "run": "sub"}
ONLY_IF_DONE = {"id": "part", "run": "sub", "else": "end"}
LESS = written([{"id": "proved", "call": "bank.prove_less"}], "none", "login")
COMPOSED: dict[str, tuple[list[StepText], tuple[str, ...], str]] = {
    "another confirmation in between": ([LOGIN, ASK_X, ASK_Y, REVIEW, RUN, PAY], (AGREES,), "not_sealed"),
    "another payment in between": ([LOGIN, ASK_X, ASK_Y, REVIEW, RUN, PAY], (SPENDS,), "not_sealed"),
    "a sign-in in between": ([LOGIN, ASK_X, ASK_Y, REVIEW, RUN, PAY], (SIGNS_IN,), "not_sealed"),
    "a way back in between": ([LOGIN, ASK_X, ASK_Y, REVIEW, RUN, PAY], (TALKS,), "not_sealed"),
    "a login in between": ([ASK_X, ASK_Y, REVIEW, LOGIN, PAY], (), "not_sealed"),
    "a lower sign-in after the login": ([LOGIN, RUN, ASK_X, ASK_Y, REVIEW, PAY], (SIGNS_IN_LOWER,), "auth_missing"),
    "a sign-in that may have ended badly": ([RUN, ASK_X, ASK_Y, REVIEW, PAY], (SIGNS_IN,), "auth_missing"),
    "a run flow that proves too little": ([ONLY_IF_DONE, ASK_X, ASK_Y, REVIEW, PAY], (SIGNS_IN_LOWER,), "auth_missing"),
}


@pytest.mark.parametrize("name", COMPOSED)
def test_what_a_flow_that_is_run_can_spoil_is_refused_by_both(name: str) -> None:
    steps, others, code = COMPOSED[name]

    found = checked(written(steps), *others)

    assert code in found.money
    assert unproven_way(found.program, found.programs)[-1:] == ["pay"]


FINE: dict[str, tuple[list[StepText], tuple[str, ...]]] = {
    "a flow that is run signs in": ([ONLY_IF_DONE, ASK_X, ASK_Y, REVIEW, PAY], (SIGNS_IN,)),
    "it only reads after the yes": ([LOGIN, ASK_X, ASK_Y, REVIEW, RUN, PAY], (READS,)),
    "it spends before the yes": ([LOGIN, RUN, ASK_X, ASK_Y, REVIEW, PAY], (SPENDS,)),
}


@pytest.mark.parametrize("name", FINE)
def test_what_a_flow_that_is_run_proves_or_leaves_alone_is_accepted_by_both(name: str) -> None:
    steps, others = FINE[name]

    found = checked(written(steps), *others)

    assert (found.money, unproven_way(found.program, found.programs)) == (frozenset(), [])


def test_what_the_caller_has_proven_does_not_flow_into_a_flow_with_an_effect() -> None:
    spends_unproven = written([{"id": "sx", "ask": "x", "text": "X"}, {**REVIEW, "edit": []}, PAY], name="sub")

    found = checked(written([LOGIN, RUN]), spends_unproven)

    assert "auth_missing" in found.other_money
