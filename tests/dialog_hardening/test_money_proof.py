"""The verifier against a second opinion: on small flows made at random, and on the ones that are known to be bad."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.dialog_hardening.oracle import unproven_way
from tests.dialog_hardening.small_flows import StepText, checked, small_flows, written

FEW = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
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


@given(small_flows())
@FEW
def test_what_the_verifier_accepts_has_no_unproven_way_to_money(text: str) -> None:
    found = checked(text)
    way = unproven_way(found.program)

    event(f"refused: {bool(found.money)}, unproven way: {bool(way)}")
    if not found.money:
        assert way == [], f"{' → '.join(way)}\n{text}"


def test_a_flow_with_everything_in_its_place_is_accepted_by_both() -> None:
    found = checked(written([LOGIN, ASK_X, ASK_Y, REVIEW, PAY]))

    assert (found.codes, unproven_way(found.program)) == (frozenset(), [])


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
    assert unproven_way(found.program) == way
