"""What a channel makes of a message in a flow test is what the channel's own renderer makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.channel_looks import LOOKS
from bots.telegram.outbound import render as telegram
from bots.viber.outbound import render as viber
from core.dialog.contracts import Choice, Link, OutboundMessage, Picture
from core.dialog.flowtest.looks import Form, Look, broken_limits, shown
from core.dialog.flowtest.model import CHANNELS
from core.dialog.flowtest.runner import run_compiled
from tests.flowtest.folders import HEAD, proven

LOOK = {look.name: look for look in LOOKS}
LABELS = st.lists(st.text("абвгABC 1", min_size=1, max_size=300).filter(str.strip), max_size=30)


def message(labels: list[str], **more: Any) -> OutboundMessage:
    choices = tuple(Choice(f"b:NNNNNNNN.{place}", label) for place, label in enumerate(labels))
    return OutboundMessage(text=more.pop("text", "Which one?"), choices=choices, **more)


def test_there_is_a_look_for_every_channel_that_a_test_may_name() -> None:
    assert tuple(look.name for look in LOOKS) == CHANNELS


@given(LABELS)
@settings(max_examples=60, deadline=None)
def test_telegram_cuts_and_numbers_as_its_renderer_does(labels: list[str]) -> None:
    sent = message(labels)
    (call,) = telegram(sent, "1")
    rows = call.payload["reply_markup"].get("inline_keyboard", [])

    seen = shown(sent, LOOK["telegram"])

    assert [button["text"] for row in rows for button in row] == list(seen.labels if not seen.typed else ())
    assert call.payload["text"] == seen.text


@given(LABELS)
@settings(max_examples=60, deadline=None)
def test_viber_cuts_and_numbers_as_its_renderer_does(labels: list[str]) -> None:
    sent = message(labels)
    (call,) = viber(sent, "1", "Teller", "", "")
    buttons = call.payload.get("keyboard", {}).get("Buttons", [])

    seen = shown(sent, LOOK["viber"])

    # Viber bounds its keyboard in bytes too: where the renderer turns to numbers earlier, the words are the same.
    if buttons:
        assert [button["Text"] for button in buttons] == list(seen.labels)
        assert call.payload["text"] == seen.text
    else:
        assert all(" ".join(label.split()) in call.payload["text"] for label in labels)


def test_a_choice_beside_the_contact_button_is_typed_in_telegram() -> None:
    sent = message(["Так", "Ні"], ask_contact="Мій номер")

    assert shown(sent, LOOK["telegram"]).typed == ("Так", "Ні")
    assert shown(sent, LOOK["viber"]).typed == ()


def test_sms_has_numbers_for_choices_and_words_for_pictures_and_links() -> None:
    picture = Picture(template="receipt", data={}, alt="Receipt R1", lang="uk")
    sent = message(["Visa", "Card\ntwo"], picture=picture, links=(Link("https://bank.example/t", "Terms"),))

    seen = shown(sent, LOOK["sms"])

    assert seen.text == "Receipt R1\n\nWhich one?\n\n1. Visa\n2. Card two\n\nTerms: https://bank.example/t"
    assert seen.typed == ("1", "2")


def test_hints_stand_without_numbers_which_would_be_answers() -> None:
    seen = shown(message(["100,00 ₴", "500,00 ₴"], hints=True), LOOK["sms"])

    assert seen.text == "Which one?\n\n100,00 ₴\n500,00 ₴"
    assert seen.typed == ("100,00 ₴", "500,00 ₴")


@pytest.mark.parametrize(
    ("count", "longest"), [(3, 20), (4, 24), (10, 24), (11, 300)], ids=["buttons", "list", "whole list", "numbers"]
)
def test_whatsapp_has_buttons_then_a_list_then_numbers(count: int, longest: int) -> None:
    seen = shown(message([f"{place} " + "x" * 298 for place in range(10, 10 + count)]), LOOK["whatsapp"])

    assert {len(label) for label in seen.labels} <= {longest, 301}
    assert bool(seen.typed) == (count > 10)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (message([], text="x" * 701), "a message has 701 signs, small takes 700"),
        (message(["x" * 30 + "a", "x" * 30 + "b"]), "both read"),
        (OutboundMessage(text="?", choices=(Choice("b:" + "x" * 70, "A"),)), "a button carries 72 bytes"),
    ],
)
def test_what_a_channel_cannot_show_is_named(sent: OutboundMessage, sentence: str) -> None:
    look = Look(name="small", text_max=700, forms=(Form(3, 20),), fit_labels=LOOK["sms"].fit_labels)

    (broken,) = broken_limits(sent, look)

    assert sentence in broken


FLOW = (
    HEAD
    + """\
slots: {sum: {type: money, in: UAH}, which: choice}
steps:
  - {id: sum, ask: sum, text: How much?, hints: [100, 500]}
  - id: which
    ask: which
    text: From which?
    choices: [{value: a, label: Visa}, {value: b, label: Mastercard}]
  - {id: told, say: "{sum|money} from {which}", end: done}
"""
)


def test_what_reads_otherwise_on_a_channel_is_kept_apart() -> None:
    tests = """\
- test: by button and by number
  given: {customer: anna}
  talk:
    - me: /small
    - tap: "100,00 ₴"
    - bot: {step: which, reads: From which, choices: [a, b], on: {sms: {reads: ["1. Visa", "2. Mastercard"]}}}
    - tap: b
    - bot: {reads: "100,00 ₴ from b"}
"""
    found = run_compiled(proven(FLOW, tests), LOOKS)
    wrong = run_compiled(proven(FLOW, tests.replace("2. Mastercard", "3. Mastercard")), LOOKS)

    assert [str(failure) for outcome in found for failure in outcome.failures] == []
    assert [outcome.channel for outcome in wrong if not outcome.passed] == ["sms"]


def test_a_number_is_proven_only_where_the_platform_proves_it() -> None:
    flow = (
        HEAD
        + """\
slots: {phone: {type: phone, pii: phone}}
steps:
  - {id: ask, ask: phone, text: Your number?, accept: [contact], own: true}
  - {id: told, say: Thank you., end: done}
"""
    )
    tests = """\
- test: somebody else's
  channel: [telegram, viber]
  given: {customer: anna}
  talk:
    - me: /small
    - contact: {phone: "+380501112233", proof: foreign}
    - bot: {step: told, on: {telegram: {reads: чужий}}}
"""
    found = {outcome.channel: outcome for outcome in run_compiled(proven(flow, tests), LOOKS)}

    assert found["viber"].passed
    assert "nothing came from step 'told'" in found["telegram"].failures[0].sentence
