"""What random events have found once, each in its shortest form."""

from __future__ import annotations

import pytest

from core.dialog.contracts import Contact
from core.dialog.flowtest.watch import messages
from core.dialog.session import encode_session
from tests.dialog_hardening.street import CODE, PANS, Street
from tests.dialog_hardening.test_any_events import MoneyHappens, programs


def at_the_confirmation() -> Street:
    machine = MoneyHappens()
    machine.first_contact("uk", "100")
    return machine.street


def test_a_flow_that_gives_up_silently_still_leaves_a_word() -> None:
    # Given a login whose question gives up without saying so
    street = Street(programs())
    street.inbound(kind="start", lang="uk")
    street.inbound(kind="text", text="скасувати")
    street.inbound(kind="text", text="/transfer")

    # When the last of five tries is no answer either
    turned = [street.inbound(kind="media") for _ in range(5)][-1]

    # Then the customer reads how to go on
    assert "меню" in messages(turned)[0].text


@pytest.mark.parametrize("text", [f"код {CODE}", f"{CODE} це мій код", f"my code is {CODE}", f"смс: {CODE}"])
def test_a_code_that_comes_too_late_is_kept_nowhere_even_between_words(text: str) -> None:
    street = Street(programs())
    street.inbound(kind="start", lang="uk")

    turned = street.inbound(kind="text", text=text)

    assert turned.journal["text"] == "•••"


def test_a_code_in_an_edited_message_is_kept_nowhere_when_a_sum_is_asked_for() -> None:
    street = at_the_confirmation()
    street.inbound(kind="text", text="назад")
    assert street.asks_for_sum

    turned = street.inbound(kind="edit", text=CODE, should_reply=False)

    assert turned.journal["text"] == "•••"


def test_a_reason_that_holds_a_card_number_is_kept_without_it() -> None:
    street = Street(programs())
    street.inbound(kind="start", lang="uk")
    street.inbound(kind="text", text="/transfer")
    street.inbound(kind="contact", contact=Contact(phone="+380501112233", proof="own"))

    turned = street.answer(street.calls[-1], "refused", {}, f"error {PANS[0]}")

    assert turned.journal["reason"] == "ххххх хххххххххххххххх"


def test_an_event_that_waits_for_its_wait_is_kept_without_card_numbers() -> None:
    # Given money that is on its way
    street = at_the_confirmation()
    street.inbound(kind="text", text="так")
    call = street.calls[-1]

    # When its end is known before the answer, with more in it than anybody asked for
    turned = street.bank_event({"op": call.id, "outcome": "ok", "reference": "R9", "note": f"from {PANS[0]}"})

    # Then it is kept, and the number is not
    assert [event.data["note"] for event in turned.session.early] == ["from ••••1111"]
    assert PANS[0].encode() not in encode_session(turned.session)


def test_a_receipt_is_shown_even_when_the_bank_does_not_say_when() -> None:
    street = at_the_confirmation()
    street.inbound(kind="text", text="так")

    turned = street.answer(street.calls[-1], "ok", {"reference": "R1"}, "")

    assert "R1" in messages(turned)[0].text
    picture = messages(turned)[0].picture
    assert picture is not None
    assert picture.data["at"].strip(", ") == ""
