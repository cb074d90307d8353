"""A flow that moves money begins by likeness only where every word is like one of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.declarations import catalogue_signatures
from app.settings import ROOT
from core.dialog.compiler import compile_folder
from core.dialog.understanding import Phrases
from core.dialog.understanding.decision import Understood

PHRASES = {
    "pay": ["переказати гроші", "перекажи кошти мамі", "переведи деньги"],
    "balance": ["скільки на рахунку", "мій баланс", "сколько на счету"],
}


def test_the_words_of_a_money_flow_begin_it_also_with_slips() -> None:
    careful = Phrases(PHRASES, careful={"pay"})

    assert careful.understand("перекажи гроші мамі", "uk").intent == "pay"
    assert careful.understand("перекажи кошт мамі", "uk").intent == "pay"


@pytest.mark.parametrize("text", ["хто мені переказав кошти", "переведи деньги слонам"])
def test_a_word_from_elsewhere_is_asked_about(text: str) -> None:
    bold, careful = Phrases(PHRASES), Phrases(PHRASES, careful={"pay"})

    assert bold.understand(text, "uk").intent == "pay"
    understood = careful.understand(text, "uk")
    assert understood.intent == ""
    assert understood.guesses[0] == "pay"


@given(st.text(max_size=60))
def test_caution_never_makes_a_flow_surer(text: str) -> None:
    bold, careful = Phrases(PHRASES), Phrases(PHRASES, careful={"pay"})
    before, after = bold.understand(text, "uk"), careful.understand(text, "uk")

    assert after == before or (before.intent == "pay" and after.intent == "")


def test_a_flow_without_money_needs_no_caution() -> None:
    careful = Phrases(PHRASES, careful={"pay"})

    assert careful.understand("баланс слонів", "uk") == Phrases(PHRASES).understand("баланс слонів", "uk")


def test_the_transfer_is_a_careful_flow() -> None:
    programs = compile_folder(ROOT / "flows", catalogue_signatures()).programs
    assert programs is not None

    assert programs.phrases.understand("хто мені переказав кошти", "uk") != Understood(intent="card_transfer")
    assert programs.phrases.understand("перекажи гроші", "uk") == Understood(intent="card_transfer")
