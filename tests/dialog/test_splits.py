"""Shares of customers: evenly spread, the same for the same customer, apart from step to step."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.dialog.problems import FlowProblem
from core.dialog.shares import WHOLE, draw, share_of
from tests.dialog.compiled import compile_with, problems_of, programs_with, replaced
from tests.dialog.conversation import Conversation

MANY: Final = 4_000
FLOW: Final = """\
flow: split
entry: {command: split}
slots: {go_on: text}
steps:
  - id: first
    branch:
      - {if: lang == "en", go: english}
      - {share: 20%, go: short}
      - {share: 30.5%, name: long_words, go: long}
    else: plain
    draw: customer
  - {id: english, say: English, go: ask}
  - {id: short, say: Short, go: ask}
  - {id: long, say: Long, go: ask}
  - {id: plain, say: Plain, go: ask}
  - {id: ask, ask: go_on, text: Again?}
  - {id: again, say: "{go_on} then", go: first}
"""
PROGRAMS: Final = programs_with(FLOW)
VISITS: Final = programs_with(replaced("draw: customer", "draw: visit", FLOW))


@given(tag=st.text(max_size=20), share=st.integers(10, 990))
@settings(max_examples=40, deadline=None)
def test_as_many_customers_fall_into_a_share_as_it_says(tag: str, share: int) -> None:
    taken = sum(draw(f"{tag}{number}", "flow", "step") < share for number in range(MANY))

    expected = share / WHOLE
    deviation = (expected * (1 - expected) / MANY) ** 0.5
    assert abs(taken / MANY - expected) < 5 * deviation


@given(customer=st.text(max_size=40), flow=st.text(max_size=20), step=st.text(max_size=20))
def test_a_customer_always_draws_the_same_number(customer: str, flow: str, step: str) -> None:
    assert draw(customer, flow, step) == draw(customer, flow, step) in range(WHOLE)


@given(steps=st.lists(st.text(max_size=20), min_size=2, max_size=2, unique=True), share=st.integers(200, 800))
@settings(max_examples=25, deadline=None)
def test_what_is_drawn_at_one_step_says_nothing_of_another(steps: list[str], share: int) -> None:
    one, other = steps
    both = sum(draw(number, "flow", one) < share and draw(number, "flow", other) < share for number in range(MANY))

    expected = (share / WHOLE) ** 2
    deviation = (expected * (1 - expected) / MANY) ** 0.5
    assert abs(both / MANY - expected) < 5 * deviation


@given(st.integers(0, WHOLE))
def test_a_share_is_read_as_tenths_of_a_percent(tenths: int) -> None:
    assert share_of(f"{tenths // 10}.{tenths % 10}%") == tenths


def arms(talk: Conversation) -> list[str]:
    return [arm for arm in talk.journal["arms"] if arm.startswith("split.first")]


def begun_by(customer: str, lang: str = "uk") -> Conversation:
    talk = Conversation(PROGRAMS).welcomed()
    talk.stands_at(replace(talk.session, customer=customer, lang=lang))
    talk.says("/split")
    return talk


def test_cases_are_taken_in_order_and_named_for_the_funnel() -> None:
    seen = Counter(arms(begun_by(f"cust_{number}"))[0] for number in range(200))

    assert seen.keys() == {"split.first:share 20%", "split.first:long_words", "split.first:else"}
    assert seen["split.first:share 20%"] < seen["split.first:long_words"]
    assert arms(begun_by("cust_1", lang="en")) == ["split.first:case 1"]


@pytest.mark.parametrize("number", range(12))
def test_a_customer_comes_the_same_way_each_time(number: int) -> None:
    talk = begun_by(f"cust_{number}")
    first = arms(talk)

    for _ in range(5):
        talk.time_passes(86_400_000 // 5)
        talk.says("ok")
        assert arms(talk) == first


def test_whoever_is_not_known_yet_is_told_apart_by_the_conversation() -> None:
    talk = Conversation(PROGRAMS).welcomed()
    ways = set()
    for number in range(60):
        talk.stands_at(replace(talk.session, id=f"telegram:{number}", stack=[], wait=None))
        talk.says("/split")
        ways.update(arms(talk))

    assert len(ways) == 3


def test_a_draw_of_each_visit_changes_from_visit_to_visit_and_is_repeated_exactly() -> None:
    def ways() -> list[str]:
        talk = Conversation(VISITS).welcomed()
        talk.says("/split")
        taken = arms(talk)
        for _ in range(40):
            talk.says("ok")
            taken += arms(talk)
        return taken

    first = ways()
    assert len(set(first)) == 3
    assert ways() == first


def warnings(flow: str) -> list[FlowProblem]:
    return [problem for problem in compile_with(flow).problems if problem.file == "split.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "code", "sentence"),
    [
        ("share: 30.5%", "share: 80.5%", "share_sum", "the shares of 'first' are 100.5% together"),
        ("share: 20%", "share: 0%", "share_sum", "a share of nothing is never taken"),
        ("share: 20%", "share: 20", "invalid", "'branch.1.share' must be a share such as 20% or 12.5%"),
        ("share: 20%", "share: 12.55%", "invalid", "'branch.1.share' must be a share such as 20% or 12.5%"),
        ("{share: 20%, go", '{if: lang == "ru", share: 20%, go', "case_form", "a case has either `if` or `share`"),
        ("{share: 20%, go", "{go", "case_form", "a case has either `if` or `share`"),
        ("share: 20%", "share: 20%, name: long_words", "doubled_case", "is called 'long_words' already"),
        ("share: 20%", "share: 20%, name: else", "doubled_case", "is called 'else' already"),
    ],
)
def test_shares_that_do_not_fit_are_named(old: str, new: str, code: str, sentence: str) -> None:
    problem = problems_of(replaced(old, new, FLOW))[0]

    assert problem.code == code
    assert sentence in problem.sentence


def test_a_draw_without_a_share_means_nothing() -> None:
    flow = replaced("      - {share: 20%, go: short}\n      - {share: 30.5%, name: long_words, go: long}\n", "", FLOW)

    found = {problem.code for problem in problems_of(replaced("draw: customer", "draw: visit", flow))}

    assert "draw_without_share" in found


def test_shares_that_leave_nothing_need_no_way_on() -> None:
    whole = replaced("share: 30.5%", "share: 80%", FLOW)

    assert "else_never" in {problem.code for problem in warnings(whole)}
    without = replaced("    else: plain\n", "", whole)
    assert [problem.code for problem in warnings(without)] == ["unreachable"]
