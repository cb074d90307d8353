"""Files and places as answers: what is taken, what is kept of it, and what is not an answer."""

from __future__ import annotations

from typing import Any, Final

import pytest

from core.dialog.contracts import Location, Media
from tests.dialog.compiled import problems_of, replaced
from tests.dialog.conversation import Conversation
from tests.dialog.small_flows import begun

CLAIM: Final = """\
flow: claim
entry: {command: claim}
slots: {paper: file, back: file, place: location, note: text}
steps:
  - id: paper
    ask: paper
    text: Send the paper
    accept: [photo, document]
    check: [{if: paper.size > 2000, say: "{paper} is too large"}]
  - {id: back, ask: back, text: And its back, accept: [photo]}
  - id: place
    ask: place
    text: Where was it?
    accept: [location]
    check: [{if: place.latitude < 44.0, say: Too far south}]
  - {id: note, ask: note, text: What happened?}
  - id: over
    say: "{paper} ({paper.kind}, {paper.size}, {paper.caption}), {back}, {place}, {place.latitude}, {note}"
    end: done
"""
CARD: Final = "4111 1111 1111 1111"


def photo(**content: Any) -> Media:
    return Media(**{"kind": "photo", "ref": "AgAC-77", **content})


def sends(talk: Conversation, media: Media, later_ms: int = 60_000) -> None:
    talk.time_passes(later_ms)
    talk.inbound(kind="media", media=media)


def at_place() -> Conversation:
    talk = begun(CLAIM)
    sends(talk, photo(kind="document", file_name="claim.pdf", size=1500, caption="page 1"))
    sends(talk, photo())
    return talk


def test_a_file_of_an_accepted_kind_is_the_answer() -> None:
    talk = begun(CLAIM)

    sends(talk, photo(kind="document", file_name="claim.pdf", size=1500, caption="page 1"))

    assert talk.step == "claim.back"
    assert talk.slots()["paper"] == {
        "kind": "document",
        "name": "claim.pdf",
        "size": 1500,
        "caption": "page 1",
        "ref": "AgAC-77",
    }


def test_a_place_is_the_answer_where_it_is_asked_for() -> None:
    talk = at_place()
    assert talk.messages[-1].ask_location == "Поділитися місцем"

    talk.inbound(kind="location", location=Location(50.45012, 30.5234))
    talk.says("a scratch")

    assert talk.said == "claim.pdf (document, 1500, page 1), photo, 50.45012, 30.52340, 50.45012, a scratch"


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "media", "media": Media(kind="voice", ref="v1")},
        {"kind": "media", "media": Media(kind="sticker", ref="s1")},
        {"kind": "media", "media": Media(kind="photo", ref="")},
        {"kind": "media", "media": Media(kind="photo", ref="x" * 2049)},
        {"kind": "location", "location": Location(50.0, 30.0)},
        {"kind": "text", "text": "it is at home"},
    ],
)
def test_anything_else_counts_as_a_try(event: dict[str, Any]) -> None:
    talk = begun(CLAIM)

    talk.inbound(**event)

    assert talk.step == "claim.paper"
    assert talk.session.stack[-1].tries == 1
    assert talk.said == "Не зрозумів відповідь."


@pytest.mark.parametrize("place", [Location(91.0, 0.0), Location(0.0, -180.5), Location(float("nan"), 0.0)])
def test_a_point_that_is_not_on_the_earth_is_no_place(place: Location) -> None:
    talk = at_place()

    talk.inbound(kind="location", location=place)

    assert talk.step == "claim.place"


def test_a_check_looks_at_the_fields_of_a_file_and_of_a_place() -> None:
    talk = begun(CLAIM)

    sends(talk, photo(file_name="big.jpg", size=2001))
    assert talk.said == "big.jpg is too large"

    talk = at_place()
    talk.inbound(kind="location", location=Location(-33.9, 18.4))
    assert talk.said == "Too far south"


def test_an_album_does_not_answer_the_questions_that_follow() -> None:
    talk = begun(CLAIM)

    sends(talk, photo(ref="first"))
    for number in range(3):
        sends(talk, photo(ref=f"more {number}"), later_ms=700)
        assert talk.messages == []

    assert talk.step == "claim.back"
    assert talk.session.stack[-1].tries == 0
    sends(talk, photo(ref="the back"), later_ms=2_001)
    assert talk.slots()["back"]["ref"] == "the back"


def test_an_album_where_no_file_is_asked_for_costs_one_try() -> None:
    talk = at_place()

    sends(talk, photo())
    sends(talk, photo(), later_ms=0)

    assert talk.session.stack[-1].tries == 1
    talk.says("in Kyiv")
    assert talk.session.stack[-1].tries == 2


def test_a_card_number_in_a_caption_is_refused_even_within_an_album() -> None:
    talk = begun(CLAIM)
    sends(talk, photo())

    sends(talk, photo(caption=CARD), later_ms=100)

    assert talk.said.startswith("Я видалив повідомлення")
    assert talk.step == "claim.back"


def test_a_card_number_in_the_name_of_a_file_is_masked() -> None:
    talk = begun(CLAIM)

    sends(talk, photo(kind="document", file_name=f"{CARD}.pdf"))

    assert talk.slots()["paper"]["name"] == "••••1111.pdf"
    assert all("1111 1111" not in stored for stored in talk.history)


def test_the_reference_of_a_file_goes_to_a_call_and_nowhere_else() -> None:
    flow = """\
flow: attach
entry: {command: attach}
slots: {paper: file}
steps:
  - {id: ask, ask: paper, text: Paper?, accept: [photo]}
  - {id: give, call: bank.attach, with: {paper: paper}, on: {unknown: over}}
  - {id: over, say: "Got {paper}", end: done}
"""
    talk = begun(flow)

    sends(talk, photo(ref="AgAC-secret", file_name="proof.png"))
    assert talk.calls[-1].args["paper"]["ref"] == "AgAC-secret"
    journal = talk.journal
    talk.bank_answers()

    assert talk.said == "Got proof.png"
    assert "AgAC-secret" not in f"{journal}{talk.journal}"
    assert journal["media"] == "photo"


@pytest.mark.parametrize(
    ("old", "new", "sentence", "fix"),
    [
        (
            "accept: [photo, document]",
            "accept: [photo, contact]",
            "a contact is no answer for 'paper', which is file",
            "Take `contact` out, or declare the slot as payee or phone.",
        ),
        (
            "    accept: [photo, document]\n",
            "",
            "an answer of type file cannot be typed",
            "Write `accept: [photo, document, voice]`.",
        ),
        (
            "accept: [location]",
            "accept: [text, location]",
            "an answer of type location cannot be typed",
            "Write `accept: [location]`.",
        ),
        (
            "text: What happened?",
            "text: What happened?, accept: [text, voice]",
            "a voice message is no answer for 'note', which is text",
            "Take `voice` out, or declare the slot as file.",
        ),
    ],
)
def test_what_is_accepted_must_fit_the_slot(old: str, new: str, sentence: str, fix: str) -> None:
    [problem] = problems_of(replaced(old, new, CLAIM))

    assert (problem.code, problem.sentence, problem.fix) == ("accept_type", sentence, fix)


def test_no_text_and_no_formula_can_look_at_the_reference_of_a_file() -> None:
    shown = problems_of(replaced("{paper.kind}", "{paper.ref}", CLAIM))
    looked = problems_of(replaced("paper.size > 2000", 'paper.ref == "x"', CLAIM))

    assert [problem.code for problem in (*shown, *looked)] == ["text", "expression"]
    assert "file has no field 'ref'" in shown[0].sentence
