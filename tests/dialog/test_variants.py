"""What customers of one channel read instead of the text of all."""

from __future__ import annotations

from typing import Final

import pytest

from core.dialog.compiler import Compilation
from core.dialog.contracts import InboundEvent, Send
from core.dialog.engine import turn
from core.dialog.program import ProgramSet
from tests.dialog.compiled import CARD_TRANSFER, compile_with, problems_of, programs_with, replaced
from tests.dialog.conversation import START

FLOW: Final = """\
flow: greeting
entry: {command: greeting}
slots: {name: text}
steps:
  - id: ask
    ask: name
    text: Who are you? Press a button.
    variants: {sms: Who are you? Write your name., web: "Your name?"}
  - id: where
    branch: [{if: channel == "sms", go: short}]
  - id: long
    say: "Welcome, dear {name}"
    variants: {viber: "Hi from {channel}, {name}"}
    end: done
  - {id: short, say: "Hi {name}", end: done}
"""
REVIEW: Final = '    text: "{amount|money} to {payee}, {target|mask}. Fee {fee|money}. Send?"\n'


def talked(programs: ProgramSet, channel: str, *texts: str) -> list[str]:
    """What the bot answers to each text."""
    session, said = None, []
    for number, text in enumerate(("/start", *texts)):
        event = InboundEvent(
            channel=channel,
            conversation="7",
            user="7",
            message_id=str(number),
            dedupe_key=str(number),
            kind="start" if number == 0 else "text",
            text=text,
            sent_at=START,
        )
        turned = turn(programs, session, event, START)
        session = turned.session
        said.append("\n".join(effect.message.text for effect in turned.effects if isinstance(effect, Send)))
    return said[1:]


@pytest.mark.parametrize(
    ("channel", "asked", "told"),
    [
        ("telegram", "Who are you? Press a button.", "Welcome, dear Ada"),
        ("viber", "Who are you? Press a button.", "Hi from viber, Ada"),
        ("sms", "Who are you? Write your name.", "Hi Ada"),
        ("web", "Your name?", "Welcome, dear Ada"),
    ],
)
def test_each_channel_reads_its_own_text_and_the_others_the_common_one(channel: str, asked: str, told: str) -> None:
    said = talked(programs_with(FLOW), channel, "Українська", "/greeting", "Ada")

    assert said[1:] == [asked, told]


def test_a_question_asked_again_is_asked_in_the_same_words() -> None:
    said = talked(programs_with(FLOW), "sms", "Українська", "/greeting", "назад")

    assert "Who are you? Write your name." in said[-1]


def test_an_unknown_channel_is_named_with_the_one_that_was_meant() -> None:
    [problem] = problems_of(replaced("sms: Who", "smss: Who", FLOW))

    assert problem.code == "unknown_channel"
    assert problem.sentence == "there is no channel 'smss'; did you mean 'sms'?"
    assert problem.line == 8


def test_a_slot_cannot_take_the_name_of_the_channel() -> None:
    [problem] = problems_of(replaced("slots: {name: text}", "slots: {name: text, channel: text}", FLOW))

    assert problem.code == "reserved_name"


def test_a_variant_shows_only_what_is_known() -> None:
    assert [problem.code for problem in problems_of(replaced("Your name?", "Your name, {name}?", FLOW))] == [
        "unassigned"
    ]


def _with_variant(text: str) -> Compilation:
    return compile_with(replaced(REVIEW, f'{REVIEW}    variants: {{sms: "{text}"}}\n', CARD_TRANSFER))


def test_a_confirmation_may_read_otherwise_if_it_shows_what_is_sealed() -> None:
    whole = _with_variant("Send {amount|money} + {fee|money} to {payee} {target}?")

    assert whole.errors == ()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Send {amount|money} to {payee} {target}?", "fee"),
        ("Send {fee|money} to {payee} {target}?", "amount"),
        ("Send {amount|money} + {fee|money} to {payee}?", "target"),
    ],
)
def test_a_variant_of_a_confirmation_that_hides_what_is_sealed_is_refused(text: str, hidden: str) -> None:
    errors = _with_variant(text).errors

    problem = next(problem for problem in errors if problem.code == "variant_hides")
    assert problem.sentence == f"the variant 'sms' of 'review' does not show '{hidden}', which yes seals"
    assert problem.fix == f"Show {{{hidden}}} in it, too."
    assert "not_shown" in {problem.code for problem in errors}


def test_a_variant_needs_its_translation() -> None:
    compilation = compile_with(FLOW, langs=("uk", "en"))

    missing = {problem.sentence for problem in compilation.errors if problem.file == "greeting.yaml"}
    assert "'long.variants.viber' has no text in en" in missing
    assert "'ask.variants.sms' has no text in en" in missing
