"""Documents that steps send: drawn when sent, named harmlessly, one attachment a message."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.contracts import Document
from core.dialog.documents import is_name, saved_as
from core.kernel.masking import find_card_numbers
from tests.dialog.compiled import compile_with, problems_of, replaced
from tests.dialog.small_flows import begun

FLOW: Final = """\
flow: papers
entry: {command: papers}
slots: {ref: id, sum: {type: money, in: UAH}, note: text}
steps:
  - {id: ref, ask: ref, text: Number?}
  - {id: sum, ask: sum, text: How much?}
  - {id: first, say: A word before}
  - id: paper
    say: Here it is
    document: {card: receipt, data: [sum, ref], name: "receipt-{ref}.pdf", alt: "Receipt {ref}"}
  - id: more
    ask: note
    text: Anything else?
    document: {card: terms, data: {title: "Terms of {sum|money}"}, name: terms.pdf, alt: Terms}
  - {id: over, say: "Noted: {note}", end: done}
"""


def test_a_step_sends_a_document_in_a_message_of_its_own() -> None:
    talk = begun(FLOW)
    talk.says("R-77")
    talk.says("12")

    before, paper, question = talk.messages
    assert before.text == "A word before"
    assert paper.text == "Here it is"
    assert paper.document == Document(
        template="receipt",
        data={"sum": "12,00\u00a0₴", "ref": "R-77"},
        alt="Receipt R-77",
        lang="uk",
        name="receipt-R-77.pdf",
    )
    assert question.document is not None
    assert question.document.data == {"title": "Terms of 12,00\u00a0₴"}
    assert paper.picture is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../etc/passwd", "receipt-etc-passwd.pdf"),
        ("a.exe", "receipt-a-exe.pdf"),
        ("4111 1111 1111 1111", None),
        ('x"; filename="y', "receipt-x-filename-y.pdf"),
        ("Йод", "receipt.pdf"),
        ("é" * 200, f"receipt-{'e' * 52}.pdf"),
    ],
)
def test_a_value_cannot_make_the_name_of_a_file_harmful(said: str, name: str | None) -> None:
    talk = begun(FLOW)
    talk.says(said)
    if name is None:
        assert talk.step == "papers.ref"
        return
    talk.says("12")

    assert talk.messages[1].document is not None
    assert talk.messages[1].document.name == name


@given(st.text(max_size=300))
def test_every_name_is_plain_and_short_and_holds_no_card_number(written: str) -> None:
    name = saved_as(written)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,60}\.pdf", name)
    assert not find_card_numbers(name.removesuffix(".pdf")) or not find_card_numbers(written)


@pytest.mark.parametrize("written", ["receipt-{ref}.pdf", "{ref}.pdf", "A_1.pdf"])
def test_a_name_of_plain_letters_is_one(written: str) -> None:
    assert is_name(written)


@pytest.mark.parametrize("written", ["receipt", "a.png", "квитанція.pdf", "a b.pdf", "../a.pdf", ".pdf", "a.b.pdf"])
def test_a_name_that_a_messenger_may_refuse_is_named(written: str) -> None:
    [problem] = problems_of(replaced("name: terms.pdf", f'name: "{written}"', FLOW))

    assert (problem.code, problem.line) == ("document_name", 14)


def test_a_message_carries_one_thing() -> None:
    both = replaced("    say: Here it is\n", "    say: Here it is\n    image: {card: x, alt: X}\n", FLOW)

    assert [problem.code for problem in problems_of(both)] == ["two_attachments"]


def test_what_a_document_shows_must_be_known_and_its_words_are_translated() -> None:
    early = replaced("  - {id: ref, ask: ref, text: Number?}\n", "", FLOW)
    assert {problem.code for problem in problems_of(early)} == {"unassigned"}

    missing = {problem.sentence for problem in compile_with(FLOW, langs=("uk", "en")).errors}
    assert "'paper.document.alt' has no text in en" in missing
    assert "'more.document.data.title' has no text in en" in missing
    assert not any("document.name" in sentence for sentence in missing)
