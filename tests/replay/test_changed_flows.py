"""Recorded conversations played through flows that have changed: what ends differently is found, named and placed."""

from __future__ import annotations

import pytest

from core.dialog.replay.compare import Verdict, compare
from core.dialog.replay.player import ready
from tests.dialog.compiled import CARD_TRANSFER, programs_with, replaced
from tests.dialog.conversation import QUOTE, Conversation
from tests.replay.recorder import Recorder


class Recorded(Conversation):
    """A conversation with the fixture flows whose journal is kept."""

    def __init__(self) -> None:
        super().__init__(programs_with())
        self.recorder = Recorder()

    def happens(self, event):  # type: ignore[no-untyped-def]
        turned = super().happens(event)
        self.recorder.keep(turned, self.now)
        return turned


def sent() -> Recorded:
    """200,00 sent and told."""
    talk = Recorded()
    talk.at_pay().bank_answers(data={"reference": "R1"})
    return talk


def verdicts(talk: Recorded, *changed: str) -> list[Verdict]:
    prepared = ready(programs_with(*changed))
    return [compare(one, prepared) for one in talk.recorder.talks() if one.flows]


def verdict(talk: Recorded, *changed: str) -> Verdict:
    [one] = [found for found in verdicts(talk, *changed) if found.parting or found.unknown or found.kinds]
    return one


def test_the_same_flows_end_the_same() -> None:
    assert [found for found in verdicts(sent()) if found.parting or found.kinds or found.unknown] == []


def test_other_words_end_the_same() -> None:
    changed = replaced("text: ", "text: Отож, ")
    assert [found for found in verdicts(sent(), changed) if found.parting or found.kinds or found.unknown] == []


def test_another_outcome_is_found_at_the_step_where_the_ways_part() -> None:
    # Given a flow that now refuses sums from 150,00
    changed = replaced(
        "  - id: quote\n",
        "  - id: limit\n    branch: [{if: amount > 150.00, go: stopped}]\n    else: quote\n  - id: quote\n",
    )

    found = verdict(sent(), changed)

    assert {"calls", "money", "outcome"} <= set(found.kinds)
    assert found.parting is not None
    assert found.parting.at == "card_transfer.sum"
    assert (found.parting.was, found.parting.now) == ("card_transfer.quote", "card_transfer.limit")
    assert "card_transfer:done" in found.then
    assert "card_transfer:cancelled" in found.now


def test_an_operation_that_was_never_asked_for_cannot_be_told() -> None:
    # Given a flow that now asks the bank twice for the price
    changed = replaced(
        "  - id: review\n",
        "  - {id: again, call: bank.quote, with: {source: source, target: target, amount: amount},\n"
        "     save: {fee: fee, payee: payee}, on: {ok: review, refused: refused, unknown: later}}\n  - id: review\n",
        replaced("on: {ok: review,", "on: {ok: again,"),
    )

    found = verdict(sent(), changed)

    assert found.unknown == "quote was not asked for then"
    assert found.kinds == ()


def test_a_button_that_is_not_there_any_more_is_a_difference() -> None:
    talk = Recorded()
    talk.at_review().taps("edit amount")
    changed = replaced("edit: [source, target, amount]", "edit: [source, target]")

    found = verdict(talk, changed)

    assert "not offered" in found.kinds
    assert found.parting is not None
    assert found.parting.at == "card_transfer.review"


def test_a_confirmation_that_now_lasts_longer_is_not_expired_by_the_old_clock() -> None:
    # Given somebody who confirmed too late, and a new flow that gives an hour
    talk = Recorded()
    talk.at_review()
    talk.timer_fires()
    changed = replaced("ttl: 3m", "ttl: 1h")

    # Then it still ends so, an hour later: nobody came
    assert [found for found in verdicts(talk, changed) if found.kinds] == []


def test_a_confirmation_that_now_lasts_shorter_is_expired_before_the_yes() -> None:
    talk = Recorded()
    talk.at_review()
    talk.time_passes(150_000)
    talk.taps("yes")
    talk.bank_answers(data={"reference": "R1"})
    changed = replaced("ttl: 3m", "ttl: 2m")

    found = verdict(talk, changed)

    assert {"calls", "outcome"} <= set(found.kinds)
    assert found.parting is not None
    assert found.parting.at == "card_transfer.review"


def test_a_step_that_was_only_renamed_and_says_so_is_no_difference() -> None:
    renamed = CARD_TRANSFER.replace("- id: receipt", "- id: thanks").replace("receipt,", "thanks,")
    renamed = renamed.replace("flow: card_transfer", "flow: card_transfer\nmoved: {receipt: thanks}")

    found = verdicts(sent(), renamed)

    assert [one for one in found if one.kinds] == []
    assert [one.parting.now for one in found if one.parting is not None] == ["card_transfer.thanks"]


def test_another_message_on_the_way_to_the_same_end_is_no_difference() -> None:
    changed = replaced("  - id: quote\n", "  - {id: notice, say: Рахую комісію.}\n  - id: quote\n")

    found = verdicts(sent(), changed)

    assert [one for one in found if one.kinds or one.unknown] == []
    assert [one.parting.now for one in found if one.parting is not None] == ["card_transfer.notice"]


@pytest.mark.parametrize("outcome", ["ok", "refused"])
def test_what_the_bank_made_known_later_finds_the_call_of_the_new_flow(outcome: str) -> None:
    talk = Recorded()
    talk.at_settle().bank_settles(outcome)

    assert [found for found in verdicts(talk) if found.parting or found.kinds or found.unknown] == []


def test_a_customer_who_now_stands_at_another_step_is_found() -> None:
    talk = Recorded()
    talk.at_amount().taps("100,00 ₴")
    talk.bank_answers(data=QUOTE)
    changed = replaced("  - id: review\n", "  - {id: note, ask: purpose, text: За що?}\n  - id: review\n")
    changed = replaced(
        "on: {ok: review,",
        "on: {ok: note,",
        replaced("  ref:    {type: id}", "  ref: {type: id}\n  purpose: text", changed),
    )

    found = verdict(talk, changed)

    assert found.kinds == ("step",)
    assert found.now.endswith("last step card_transfer.note")
