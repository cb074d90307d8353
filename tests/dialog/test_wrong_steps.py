"""A step with a field that does not fit is named by the stable code of its problem."""

from __future__ import annotations

import pytest

from tests.dialog.compiled import CARD_TRANSFER, codes, problems_of, replaced
from tests.dialog.small_flows import BRANCHES, INNER, SUBFLOWS, TYPES

PARTS = [
    ("with: {sum: sum}", "with: {}", "argument_missing", "'inner' takes 'sum'"),
    ("with: {sum: sum}", "with: {sum: '\"x\"'}", "type", "'inner' takes money as 'sum', not text"),
    ("with: {sum: sum}", "with: {sum: sum, more: sum}", "unknown_argument", "'inner' takes no 'more'"),
    ("save: {got: note}", "save: {got: sum}", "unknown_field", "'inner' returns no 'sum'"),
    ("slots: {sum: {type: money, in: UAH}, got: text}", "slots: {sum: {type: money, in: UAH}, got: int}", "type", ""),
]


@pytest.mark.parametrize(("old", "new", "code", "sentence"), PARTS)
def test_values_of_parts_must_fit(old: str, new: str, code: str, sentence: str) -> None:
    found = [one for one in problems_of(replaced(old, new, SUBFLOWS), INNER) if one.code == code]

    assert any(sentence in one.sentence for one in found)


MADE_WRONG = [
    (BRANCHES, "https://bank.example", "http://bank.example", "invalid"),
    (BRANCHES, "hints: [1, 5]", "hints: [one]", "type"),
    (BRANCHES, "on: {stay: number}", "on: {go: number}", "unknown_value"),
    (BRANCHES, "{value: stay,", "{value: uk,", "doubled_value"),
    (BRANCHES, "lang_choice: choice", "lang_choice: int", "type"),
    (BRANCHES, "    choices: [", "    hints: [a]\n    offers: [", "unknown_key"),
    (BRANCHES, "go: {handoff: help}", "go: {}", "empty_target"),
    (BRANCHES, "set: {lang: lang_choice}", "set: {lang: count}", "type"),
    (BRANCHES, "set: {lang: lang_choice}", "set: {language: lang_choice}", "unknown_slot"),
    (TYPES, "ANSWER", "money", "currency_unknown"),
    (TYPES, "ANSWER", "{type: money, in: ABCD}", "currency_unknown"),
    (TYPES, "ANSWER", "card", "choices_missing"),
    (TYPES, "slots: {answer: ANSWER", "slots: {answer: {type: text, own: true}", "unknown_key"),
    (TYPES.replace("ANSWER", "text"), "text: Question?", "text: Question?, accept: [contact]", "accept_type"),
    (TYPES.replace("ANSWER", "phone"), "text: Question?", "text: Question?, own: true", "own_without_contact"),
    (TYPES.replace("ANSWER", "text"), "text: Question?", "text: Question?, on: {a: two}", "on_without_choices"),
    (TYPES.replace("ANSWER", "date"), "text: Question?", "text: Question?, hints: [a]", "type"),
    (CARD_TRANSFER, "of: bank.my_cards", "of: bank.quote", "type"),
    (CARD_TRANSFER, "of: bank.my_cards", "of: bank.my_card", "unknown_operation"),
    (CARD_TRANSFER, "source: {type: card, pii: card}", "source: {type: payee, pii: card}", "type"),
    (CARD_TRANSFER, "effect: money ", "effect: card ", "effect"),
    (CARD_TRANSFER, "save: {ref: reference} ", "save: {ref: refrence} ", "unknown_field"),
    (CARD_TRANSFER, "save: {fee: fee, payee: payee}", "save: {fee: payee, payee: payee}", "type"),
    (CARD_TRANSFER, "on: {ok: review,", "on: {pending: review, ok: review,", "unknown_arm"),
    (CARD_TRANSFER, "wait: bank.settled", "wait: bank.settle", "unknown_event"),
    (CARD_TRANSFER, "match: {op: pay.op}", "match: {op: quote.op}", "unknown_event"),
    (CARD_TRANSFER, "refused: refused, timeout: unclear}", "timeout: unclear}", "arm_missing"),
    (CARD_TRANSFER, "edit: [source, target, amount]", "edit: [source, fee]", "not_asked"),
    (CARD_TRANSFER, "edit: [source, target, amount]", "edit: [sourse]", "unknown_slot"),
    (CARD_TRANSFER, "    timeout: 15m\n", "", "missing_key"),
    (CARD_TRANSFER, "ttl: 3m", "ttl: soon", "invalid"),
    (
        CARD_TRANSFER,
        "with: {source: source, target: target, amount: amount}\n",
        "with: {from: source}\n",
        "unknown_argument",
    ),
    (CARD_TRANSFER, "auth: {level: otp, fresh: 5m}", "auth: {level: opt}", "unknown_level"),
    (CARD_TRANSFER, "data: [amount, fee, payee, ref]", "data: [amount, fees]", "unknown_slot"),
]


@pytest.mark.parametrize(("flow", "old", "new", "code"), MADE_WRONG)
def test_what_does_not_fit_is_named(flow: str, old: str, new: str, code: str) -> None:
    assert code in codes(problems_of(replaced(old, new, flow)))
