"""In which order what a customer writes is looked at, one rung of the ladder after the other."""

from __future__ import annotations

from typing import Final

import pytest

from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, Conversation
from tests.dialog.small_flows import begun

DISHES: Final = """\
flow: dishes
entry: {command: dishes}
slots: {dish: choice, note: text, sum: {type: money, in: UAH}}
steps:
  - id: which
    ask: dish
    text: Which?
    choices:
      - {value: help, label: Допомога на дорозі}
      - {value: stop, label: Стоп-кредит}
      - {value: operator, label: Оператор}
      - {value: veg, label: Вегетаріанське меню}
  - {id: say, ask: note, text: "A note?"}
  - {id: much, ask: sum, text: How much?}
  - {id: over, say: "{dish} {note} {sum|money}", end: done}
"""
BALANCE: Final = """\
flow: balance
title: Баланс
entry: {phrases: {uk: [баланс, скільки грошей, скільки на картці, залишок на картці], en: [balance, money left]}}
slots: {which: text}
steps:
  - {id: ask, ask: which, text: Balance of what?}
  - {id: over, say: "{which}", end: done}
"""
SEND: Final = """\
flow: send
title: Переказ
entry: {phrases: {uk: [переказ, перекажи гроші, надіслати гроші], en: [transfer, send money]}}
slots: {which: text}
steps:
  - {id: ask, ask: which, text: To whom?}
  - {id: over, say: "{which}", end: done}
"""


# 1. Commands, deep links and buttons.


def test_a_command_goes_before_an_answer_that_takes_any_text() -> None:
    talk = begun(DISHES, BALANCE)
    talk.says("4")

    talk.says("/card")

    assert "A card can be ordered" in talk.said
    assert talk.step == "dishes.say"


def test_a_deep_link_begins_its_flow_wherever_one_stands() -> None:
    talk = begun(DISHES)

    talk.starts("t")

    assert "card_transfer" in [frame.flow for frame in talk.session.stack]


def test_a_button_is_known_by_its_token_and_never_by_its_words() -> None:
    talk = begun(DISHES)

    talk.presses(talk.token("operator"))

    assert talk.slots()["dish"] == "operator"


# 2. The expected answer of the open question.


@pytest.mark.parametrize(
    ("text", "value"),
    [("4", "veg"), ("3.", "operator"), ("вегетаріанське меню", "veg"), ("Вегетаріанске меню", "veg"), ("вегет", "veg")],
)
def test_a_choice_is_known_by_number_label_near_spelling_or_beginning(text: str, value: str) -> None:
    talk = begun(DISHES)

    talk.says(text)

    assert talk.slots()["dish"] == value


@pytest.mark.parametrize(
    ("text", "value"), [("оператор", "operator"), ("Оператор!", "operator"), ("стоп кредит", "stop")]
)
def test_what_a_button_reads_goes_before_the_words_of_the_engine(text: str, value: str) -> None:
    talk = begun(DISHES)

    talk.says(text)

    assert talk.slots()["dish"] == value


def test_the_words_of_the_engine_go_before_the_mere_beginning_of_a_label() -> None:
    talk = begun(DISHES)

    talk.says("допомога")

    assert "word help" in talk.journal["notes"]


def test_a_card_is_known_by_its_last_digits() -> None:
    talk = Conversation(programs_with(replaced("{it.name} {it.pan|last4}", "{it.name}"))).at_cards()
    talk.bank_answers(data=CARDS)

    talk.says("*9876")

    assert talk.slots()["source"]["id"] == "c2"


def test_an_answer_goes_before_the_phrase_of_a_flow_that_it_happens_to_be() -> None:
    talk = begun(DISHES, BALANCE)
    talk.says("4")

    talk.says("баланс")

    assert talk.slots()["note"] == "баланс"


# 3. The words of the engine.


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        ("cancel", ["скасувати", "отмена", "адмяніць", "cancel", "СТОП", "Скасувати!", "never mind", "/cancel"]),
        ("back", ["назад", "вернуться", "вярнуцца", "go back", "крок назад", "/back"]),
        ("help", ["допомога", "помощь", "дапамога", "help", "help me", "/help@teller_bot"]),
        ("operator", ["оператор", "жива людина", "паклічце аператара", "talk to a human", "/operator"]),
        ("menu", ["меню", "головне меню", "открой меню", "show the menu", "/menu"]),
    ],
)
def test_they_work_at_a_question_that_takes_any_text_in_four_languages(word: str, spellings: list[str]) -> None:
    for spelling in spellings:
        talk = begun(DISHES)
        talk.says("4")

        talk.says(spelling)

        assert f"word {word}" in talk.journal["notes"], spelling


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        ("cancel", ["скасуати", "отменна", "адмянць", "cancle", "скасуватти"]),
        ("back", ["нзаад", "назат", "вернутся"]),
        ("help", ["допмога", "помошь", "дапомога"]),
        ("operator", ["опратор", "операторр", "аперотар", "oprator"]),
        ("menu", ["головне мень", "main mennu"]),
    ],
)
def test_with_a_slip_they_work_where_they_are_no_answer(word: str, spellings: list[str]) -> None:
    for spelling in spellings:
        talk = begun(DISHES)
        talk.says("4")
        talk.says("a note")

        talk.says(spelling)

        assert f"word {word}" in talk.journal["notes"], spelling


def test_with_a_slip_they_do_not_take_the_place_of_an_answer() -> None:
    talk = begun(DISHES)
    talk.says("4")

    talk.says("скасуати")

    assert talk.slots()["note"] == "скасуати"


@pytest.mark.parametrize("text", ["стол", "мену", "банк", "about", "людям"])
def test_words_that_are_only_near_to_a_short_one_are_left_alone(text: str) -> None:
    talk = begun(DISHES)
    talk.says("4")
    talk.says("a note")

    talk.says(text)

    assert not any(note.startswith("word") for note in talk.journal.get("notes", []))


# 4. The phrases of flows and what sounds like them; 5. what is left.


def test_a_phrase_begins_its_flow_where_it_is_no_answer() -> None:
    talk = begun(DISHES, BALANCE)
    talk.says("4")
    talk.says("a note")

    talk.says("баланс")

    assert talk.step == "balance.ask"


def test_a_phrase_goes_before_a_word_of_the_engine_with_a_slip_in_it() -> None:
    flow = BALANCE.replace("баланс, ", "опертор, ")
    talk = begun(DISHES, flow)
    talk.says("4")
    talk.says("a note")

    talk.says("опертор")

    assert talk.step == "balance.ask"


def test_other_words_for_a_flow_come_after_everything_else() -> None:
    talk = begun(DISHES, BALANCE, SEND)
    talk.says("4")
    talk.says("a note")

    talk.says("скільки гршей на картці")

    assert talk.step == "balance.ask"


def test_what_nothing_understands_is_a_try_at_the_open_question() -> None:
    talk = begun(DISHES, BALANCE)

    talk.says("яка завтра погода")

    assert talk.said == "Не зрозумів відповідь."
    assert [option.value for option in talk.wait.options] == ["help", "stop", "operator", "veg"]
