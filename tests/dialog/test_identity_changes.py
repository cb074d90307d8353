"""A messenger tells that the number or the id behind a chat has changed: what was proven before holds no longer."""

from __future__ import annotations

from tests.dialog.conversation import Conversation


def identity_changes(talk: Conversation, payload: str = "identity_changed") -> None:
    talk.inbound(kind="system", payload=payload, should_reply=False)


def test_a_changed_identity_is_signed_out_without_a_word(talk: Conversation) -> None:
    talk.at_cards()
    assert talk.session.auth is not None
    identity_changes(talk)
    assert talk.session.auth is None
    assert talk.messages == []
    assert "identity changed: signed out" in talk.journal["notes"]


def test_a_transfer_that_was_shown_before_the_change_moves_no_money(talk: Conversation) -> None:
    talk.at_review()
    identity_changes(talk)
    talk.taps("yes")
    assert talk.called("transfer") == []


def test_other_news_of_the_platform_changes_nothing(talk: Conversation) -> None:
    talk.at_cards()
    identity_changes(talk, "user_joined")
    assert talk.session.auth is not None
