"""A wait for several events: all of them, or the first. In which order and how often they come changes nothing."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dialog.compiler import compile_loaded
from core.dialog.contracts import BankEvent, Event
from core.dialog.program import ProgramSet
from core.dialog.signatures import build_catalogue
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import UK, codes, problems_of, replaced, with_changes
from tests.dialog.conversation import Conversation
from tests.dialog.payments import all_of, any_of, begun, outcome, pay, waiting

LATE_OK = "Переказ 10,00 ₴ виконано."
LATE_REFUSED = "Переказ 10,00 ₴ не виконано."


def heard(talk: Conversation, events: list[Event]) -> list[str]:
    """Every bubble that the bot says to these events."""
    said = []
    for event in events:
        talk.happens(event)
        said += talk.said.split("\n")
    return [line for line in said if line]


def test_all_is_ok_when_every_one_came_ok_and_then_has_all_that_they_brought() -> None:
    talk = waiting(all_of(2), 2)
    assert talk.said == "Waiting"

    talk.happens(outcome(talk, 2))
    assert talk.messages == []
    assert talk.step == "bills.settle"
    talk.happens(outcome(talk, 1))

    assert talk.said.startswith("All paid: R1 R2")
    assert talk.messages[0].once
    assert talk.session.open == {}


def test_all_is_refused_as_soon_as_one_is_and_the_others_are_told_late() -> None:
    talk = waiting(all_of(3), 3)
    talk.happens(outcome(talk, 1))

    talk.happens(outcome(talk, 2, "refused", reason="error.insufficient_funds"))

    assert "Refused: недостатньо коштів" in talk.said
    assert LATE_OK in talk.said, "what had come ok before is told now"
    talk.happens(outcome(talk, 3))
    assert LATE_OK in talk.said, "and what comes after it, when it comes"
    assert talk.session.open == {}


def test_all_runs_out_of_time_and_what_had_come_is_told_late() -> None:
    talk = waiting(all_of(2), 2)
    talk.happens(outcome(talk, 1))

    talk.timer_fires()

    assert "Not clear yet" in talk.said
    assert LATE_OK in talk.said
    talk.happens(outcome(talk, 2, "refused"))
    assert LATE_REFUSED in talk.said


def test_the_first_of_any_decides_by_its_own_way_or_by_that_of_all() -> None:
    own = waiting(any_of(2), 2)
    own.happens(outcome(own, 1))
    assert own.said.startswith("The first is paid: R1")

    common = waiting(any_of(2), 2)
    common.happens(outcome(common, 2))
    assert common.said.startswith("One is paid")
    common.happens(outcome(common, 1))
    assert LATE_OK in common.said


def test_a_refusal_that_comes_first_decides_too() -> None:
    talk = waiting(any_of(2), 2)

    talk.happens(outcome(talk, 1, "refused", reason="error.insufficient_funds"))

    assert talk.said.startswith("Refused: недостатньо коштів")


def test_what_came_before_the_wait_counts() -> None:
    talk = begun(all_of(2))
    pay(talk)
    talk.taps("yes")
    talk.happens(outcome(talk, 1))
    assert talk.messages == []

    talk.bank_answers("pending")
    assert talk.said == "Waiting"
    talk.happens(outcome(talk, 2))

    assert talk.said.startswith("All paid: R1 R2")


def test_everything_that_came_before_the_wait_ends_it_at_once() -> None:
    talk = begun(all_of(2))
    pay(talk)
    talk.taps("yes")
    talk.happens(outcome(talk, 2))
    talk.happens(outcome(talk, 1))

    talk.bank_answers("pending")

    assert talk.said.startswith("All paid: R1 R2")
    assert talk.session.early == []


def test_a_part_that_comes_does_not_come_between_the_customer_and_something_else() -> None:
    talk = waiting(all_of(2), 2)
    talk.says("меню")

    talk.happens(outcome(talk, 1))
    assert talk.messages == []
    assert talk.step == "menu.pick"
    talk.happens(outcome(talk, 2))

    assert "All paid: R1 R2" in talk.said


def test_the_customer_is_answered_while_some_have_come(talk: Conversation) -> None:
    talk = waiting(all_of(2), 2)
    talk.happens(outcome(talk, 1))

    talk.says("Well?")
    assert talk.said == "Waiting"
    talk.says("скасувати")
    assert talk.step == "bills.settle"


def test_an_answer_without_what_is_declared_leaves_the_end_unclear_and_is_told() -> None:
    flow = all_of(2).replace("{ref1: reference}", "{ref1: reference, fee: charged}")
    talk = Conversation(with_charge(flow))
    waiting(flow, 2, talk)

    talk.happens(outcome(talk, 1))
    talk.happens(outcome(talk, 2))

    assert "Not clear yet" in talk.said
    assert talk.said.count(LATE_OK) == 2
    assert any("lacks a declared field" in note for note in talk.journal["notes"])


def test_the_first_of_any_without_what_is_declared_is_unclear_too() -> None:
    flow = any_of(2).replace("{ref2: reference}", "{ref2: reference, fee: charged}")
    talk = Conversation(with_charge(flow))
    waiting(flow, 2, talk)

    talk.happens(outcome(talk, 2))

    assert talk.said.startswith("Not clear yet")


def with_charge(flow: str) -> ProgramSet:
    """The programs with a bank whose transfer brings one thing more."""
    signatures = [
        {**one, "returns": {"reference": "id", "charged": "money"}} if one["name"] == "transfer" else one
        for one in SIGNATURES
    ]
    compilation = compile_loaded(with_changes(flow), build_catalogue(signatures), UK)
    assert compilation.programs is not None, compilation.errors
    return compilation.programs


def test_only_what_is_needed_later_is_stored_and_no_card_number() -> None:
    talk = waiting(all_of(2), 2)

    talk.happens(outcome(talk, 1, comment="4111 1111 1111 1111", payee="4111111111111111"))

    kept = talk.wait.came["0"].data
    assert kept.keys() == {"op", "outcome", "reference"}


HOW = st.sampled_from(("ok", "refused"))


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """How each of three payments ends, and the order in which the bank says so, with repetitions."""
    ends = draw(st.lists(HOW, min_size=3, max_size=3))
    order = draw(st.permutations([0, 1, 2]))
    again = draw(st.lists(st.integers(0, 2), max_size=4))
    for number in again:
        order.insert(draw(st.integers(order.index(number) + 1, len(order))), number)
    return ends, order


@settings(max_examples=150, deadline=None)
@given(arrivals(), st.integers(0, 2))
def test_all_ends_the_same_in_every_order_however_often_and_however_early(
    came: tuple[list[str], list[int]], early: int
) -> None:
    ends, order = came
    talk = begun(all_of(3))
    said: list[str] = []
    ready = order[:early]
    for number in range(3):
        talk.taps("yes")
        if number == 2 or number in ready:
            said += heard(talk, [outcome(talk, n + 1, ends[n]) for n in ready if n <= number])
            ready = [n for n in ready if n > number]
        talk.bank_answers("pending")
        said += talk.said.split("\n")
    said += heard(talk, [outcome(talk, n + 1, ends[n]) for n in order])

    refusals = ends.count("refused")
    assert len([line for line in said if line.startswith("All paid")]) == (refusals == 0)
    assert len([line for line in said if line.startswith("Refused:")]) == (refusals > 0)
    assert said.count(LATE_OK) == (ends.count("ok") if refusals else 0)
    assert len([line for line in said if line.startswith(LATE_REFUSED)]) == max(refusals - 1, 0)
    assert talk.step == "bills.after"
    assert talk.session.open == {}
    assert talk.session.early == []
    assert sorted(talk.session.told) == sorted(call.id for call in talk.called("transfer"))


@pytest.mark.parametrize("order", [*permutations([1, 2, 3])])
@pytest.mark.parametrize("doubled", [False, True])
def test_any_is_decided_by_the_first_and_every_other_one_is_told_once(order: tuple[int, ...], doubled: bool) -> None:
    talk = waiting(any_of(3), 3)
    events: list[Event] = [outcome(talk, number) for number in order for _ in range(1 + doubled)]

    said = heard(talk, events)

    decided = "The first is paid: R1" if order[0] == 1 else "One is paid"
    assert said.count(decided) == 1
    assert said.count(LATE_OK) == 2
    assert talk.step == "bills.after"
    assert talk.session.open == {}


def test_an_event_of_another_payment_is_none_of_it() -> None:
    talk = waiting(all_of(2), 2)

    talk.happens(BankEvent(name="bank.settled", data={"op": "ELSE", "outcome": "pending"}))

    assert talk.wait.came == {}


def test_an_outcome_that_turns_round_does_not_count() -> None:
    talk = waiting(all_of(2), 2)
    talk.happens(outcome(talk, 1))

    talk.happens(outcome(talk, 1, "refused"))
    assert talk.messages == []
    talk.happens(outcome(talk, 2))

    assert talk.said.startswith("All paid: R1 R2")


WRONG: list[tuple[str, str, str]] = [
    ("wait: all", "wait: bank.settled", "wait_form"),
    ("text: Waiting", "text: Waiting, match: {op: pay1.op}", "wait_form"),
    ("text: Waiting", "text: Waiting, save: {ref1: reference}", "wait_form"),
    ("save: {ref2: reference}", "save: {ref1: reference}", "doubled_save"),
    ("ref2: id", "ref2: int", "type"),
    ("save: {ref2: reference}", "save: {ref2: nothing}", "unknown_field"),
    ("match: {op: pay2.op}", "match: {op: pay1.op}", "doubled_wait"),
    ("match: {op: pay2.op}", "match: {}", "missing_key"),
    ("event: bank.settled", "event: bank.nothing", "unknown_event"),
    ("save: {ref2: reference}", "save: {ref2: reference}, go: after", "wait_form"),
    ("on: {ok: receipt, ", "on: {", "arm_missing"),
    (", timeout: unclear}", "}", "arm_missing"),
    ("timeout: 15m", "timeout: 31d", "invalid"),
]


@pytest.mark.parametrize(("old", "new", "code"), WRONG)
def test_a_wait_that_cannot_be_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(problems_of(replaced(old, new, all_of(2))))


def test_a_wait_for_all_needs_its_list_and_one_entry_is_none() -> None:
    alone = replaced("wait: bank.settled", "wait: all")
    unmatched = replaced("match: {op: pay.op}", "match: {}")
    assert "wait_form" in codes(problems_of(alone))
    assert "missing_key" in codes(problems_of(unmatched))
    assert "invalid" in codes(problems_of(all_of(1)))


def test_what_only_some_of_any_bring_is_not_known_afterwards() -> None:
    [problem] = problems_of(replaced("say: One is paid", 'say: "One is paid: {ref2}"', any_of(3)))

    assert problem.code == "unassigned"
    assert "by 'of 3'" in problem.sentence
