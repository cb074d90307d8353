"""Flows that run flows, branches, values that are set, pictures, links and targets written in place."""

from __future__ import annotations

from tests.dialog.small_flows import BRANCHES, INNER, SUBFLOWS, begun


def test_a_part_takes_values_and_gives_back_only_what_it_returns() -> None:
    talk = begun(SUBFLOWS, INNER)
    talk.says("12.50")
    assert talk.said == "A note for 12,50 ₴?"

    talk.says("lunch")

    assert talk.said == "Inner said lunch"


def test_a_part_that_is_cancelled_goes_where_the_flow_says() -> None:
    talk = begun(SUBFLOWS, INNER)
    talk.says("12.50")

    talk.says("скасувати")

    assert talk.said == "Скасовано.\n\nInner was cancelled"


def test_a_part_left_open_too_long_takes_the_whole_flow_with_it() -> None:
    talk = begun(SUBFLOWS, INNER)
    talk.says("12.50")

    talk.timer_fires()

    assert talk.said == "Ви довго не відповідали, тож я зупинився."
    assert talk.session.stack == []


def test_branches_sets_links_pictures_and_hints() -> None:
    talk = begun(BRANCHES)
    assert talk.messages[0].picture is not None
    assert talk.messages[0].picture.template == "flags"

    talk.taps("stay")
    assert [choice.label for choice in talk.messages[0].choices] == ["1", "5"]
    talk.taps("5")

    assert talk.said == "Twice is 10\nSee"
    assert talk.messages[-1].links[0].url == "https://bank.example/terms"
    assert talk.messages[-1].picture is not None
    assert talk.messages[-1].picture.data == {"twice": "10"}


def test_a_target_may_be_written_in_its_place() -> None:
    talk = begun(BRANCHES)
    talk.taps("en")
    assert talk.session.lang == "en"

    talk.says("1")

    assert [ticket.queue for ticket in talk.tickets] == ["help"]


def test_a_target_in_its_place_may_end_the_flow() -> None:
    talk = begun(BRANCHES)
    talk.says("Лишити")
    talk.says("51")

    assert talk.said == "Too many"
    assert talk.session.stack == []
