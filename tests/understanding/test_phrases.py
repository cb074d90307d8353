"""From words to a decision: exact phrases, near ones, doubtful ones and those that mean nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.understanding import Phrases, words_of
from core.dialog.understanding.decision import ACCEPT, MARGIN, SUGGEST, Understood, decide
from core.dialog.understanding.nlu import Ranked
from core.dialog.understanding.report import confusion
from core.dialog.understanding.spoken_sum import spoken_sum

PHRASES = {
    "transfer": ["переказ грошей", "перевод денег", "send money"],
    "balance": ["скільки на рахунку", "сколько на счету", "my balance"],
}


@given(st.text(min_size=1, max_size=40).filter(lambda text: words_of(text) != ""))
def test_every_phrase_leads_to_the_flow_that_has_it(phrase: str) -> None:
    assert Phrases({"flow": [phrase], "other": []}, nlu=_Fixed()).match(phrase) == "flow"


@pytest.mark.parametrize("text", ["Переказ  ГРОШЕЙ!", "переказ\u200b грошей", "«перевод денег»"])
def test_marks_and_case_do_not_keep_a_phrase_from_its_flow(text: str) -> None:
    assert Phrases(PHRASES).match(text) == "transfer"


@pytest.mark.parametrize("text", ["", "грошей", "send", "переказ грошй", "переказ грошей мамі"])
def test_only_the_very_words_are_an_exact_phrase(text: str) -> None:
    assert Phrases(PHRASES).match(text) is None


def test_a_phrase_of_two_flows_leads_nowhere() -> None:
    assert Phrases({"order": ["картка"], "block": ["Картка!"]}).match("картка") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("переказ грошй", "transfer"), ("перевод деньг", "transfer"), ("Скільки на рахунку?!", "balance")],
)
def test_a_slip_is_understood_all_the_same(text: str, name: str) -> None:
    assert Phrases(PHRASES).understand(text, "uk").intent == name


def test_another_nlu_can_take_the_place_of_the_classifier() -> None:
    phrases = Phrases(PHRASES, nlu=_Fixed(Ranked("balance", 0.99)))

    assert phrases.understand("anything", "en") == Understood(intent="balance")


@pytest.mark.parametrize(
    ("scores", "understood"),
    [
        ([], Understood()),
        ([SUGGEST - 0.01, 0.0], Understood()),
        ([ACCEPT, ACCEPT - MARGIN], Understood(intent="a")),
        ([ACCEPT], Understood(intent="a")),
        ([ACCEPT, ACCEPT - MARGIN + 0.01, 0.0], Understood(guesses=("a", "b"))),
        ([ACCEPT - 0.01, 0.0, 0.0], Understood(guesses=("a", "b"))),
        ([SUGGEST, SUGGEST, SUGGEST, SUGGEST], Understood(guesses=("a", "b", "c"))),
        ([SUGGEST], Understood(guesses=("a",))),
    ],
)
def test_sure_is_what_scores_high_with_nothing_near_it(scores: list[float], understood: Understood) -> None:
    assert decide([Ranked(intent, score) for intent, score in zip("abcd", scores, strict=False)]) == understood


@pytest.mark.parametrize(
    ("text", "heard", "rest"),
    [
        ("перекажи 200", "200", "перекажи"),
        ("Перекажи 200 грн мамі", "200 грн", "перекажи мамі"),
        ("переказ мамі 5 тисяч гривень", "5 тисяч гривень", "переказ мамі"),
        ("переведи двести гривен брату", "двести гривен", "переведи брату"),
        ("send $20 to anna", "$20", "send to anna"),
        ("перекажи 1 000,50 грн.", "1 000,50 грн.", "перекажи"),
    ],
)
def test_a_sum_is_heard_with_its_currency_and_multiplier(text: str, heard: str, rest: str) -> None:
    assert spoken_sum(text) == (heard, rest)


@pytest.mark.parametrize(
    "text",
    [
        "перекажи",
        "",
        "курс долара",
        "замов одну картку",
        "переказ на картку 4417",
        "номер 2",
        "перекажи 200 або 300",
        "перекажи 200 на 0501234567",
        "слово " * 17 + "200",
    ],
)
def test_what_may_be_no_sum_or_two_sums_is_not_heard(text: str) -> None:
    assert spoken_sum(text) == ("", text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_hearing_of_sums(text: str) -> None:
    heard, rest = spoken_sum(text)

    assert heard or rest == text


def test_the_confusion_report_begins_with_what_is_hardest_to_tell_apart() -> None:
    flows = {
        "order": ["нова картка", "замовити картку"],
        "block": ["блокувати картку", "нова картка краще"],
        "language": ["змінити мову"],
    }

    report = confusion(flows)

    assert [one.intent for one in report].count("language") == 1
    assert {(one.intent, one.nearest) for one in report[:2]} <= {("order", "block"), ("block", "order")}
    assert [one.own_score - one.nearest_score for one in report] == sorted(
        one.own_score - one.nearest_score for one in report
    )


def test_phrases_that_nothing_can_tell_apart_are_doubtful() -> None:
    report = confusion({"order": ["картка 1"], "block": ["картка 2"]})

    assert all(one.doubtful for one in report)


def test_a_flow_alone_is_confused_with_nothing() -> None:
    (only,) = confusion({"order": ["замовити картку"], "silent": []})

    assert (only.nearest, only.nearest_score, only.doubtful) == ("", 0.0, False)


class _Fixed:
    """An `Nlu` that always says the same."""

    def __init__(self, *ranked: Ranked) -> None:
        self._ranked = ranked

    def rank(self, text: str, lang: str, allowed: Collection[str]) -> Sequence[Ranked]:
        return self._ranked
