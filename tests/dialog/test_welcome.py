"""How a customer comes in: the first contact, its language, start links and their payload."""

from __future__ import annotations

from tests.dialog.conversation import Conversation


def test_the_first_contact_is_welcomed_whatever_it_says(talk: Conversation) -> None:
    talk.says("доброго дня")

    assert talk.step == "welcome.language"
    assert [choice.label for choice in talk.messages[0].choices][:2] == ["Українська", "Русский"]


def test_the_chosen_language_is_kept(talk: Conversation) -> None:
    talk.starts()
    talk.taps("be")

    assert talk.session.lang == "be"
    assert talk.session.stack == []


def test_a_start_link_of_a_flow_waits_behind_the_welcome(talk: Conversation) -> None:
    talk.starts("t")
    assert talk.step == "welcome.language"

    talk.taps("uk")

    assert talk.step == "login.number"
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer", "login"]


def test_the_payload_of_an_unknown_link_reaches_the_welcome(talk: Conversation) -> None:
    talk.starts("spring-sale")
    talk.taps("uk")

    assert talk.said == "Добрий день!spring-sale"
