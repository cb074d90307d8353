"""How a conversation goes: questions, buttons, corrections, words, digressions, timers."""

from __future__ import annotations

import pytest

from core.dialog.contracts import TimerFired
from core.dialog.program import ProgramSet
from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, QUOTE, Conversation


@pytest.fixture(scope="module")
def programs() -> ProgramSet:
    return programs_with()


@pytest.fixture
def talk(programs: ProgramSet) -> Conversation:
    return Conversation(programs)


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


def test_tokens_of_buttons_are_short_and_carry_the_nonce_of_the_wait(talk: Conversation) -> None:
    talk.at_review()

    tokens = [choice.token for choice in talk.messages[-1].choices]

    assert all(len(token.encode()) <= 20 and token.startswith(f"{talk.wait.nonce}.") for token in tokens)


def test_a_whole_transfer_calls_the_bank_once_and_ends(talk: Conversation) -> None:
    talk.at_pay().bank_answers(data={"reference": "R7"})

    assert len(talk.called("transfer")) == 1
    assert talk.said == "Sent 200,00 ₴ to Olha K."
    picture = talk.messages[0].picture
    assert picture is not None
    assert picture.template == "receipt"
    assert picture.data["ref"] == "R7"
    assert talk.messages[0].once
    assert talk.session.stack == []


def test_a_double_tap_on_send_makes_one_transfer(talk: Conversation) -> None:
    talk.at_review()
    send = talk.token("yes")

    talk.presses(send)
    talk.presses(send)
    assert "вже не діє" in talk.said
    talk.bank_answers(data={"reference": "R7"})
    talk.presses(send)

    assert len(talk.called("transfer")) == 1
    assert "вже не діє" in talk.said


def test_an_old_button_changes_nothing_and_shows_again_where_we_are(talk: Conversation) -> None:
    talk.at_cards().bank_answers(data=CARDS)
    old = talk.token("c2")
    talk.taps("c1")
    before = talk.slots()

    talk.presses(old)

    assert talk.slots() == before
    assert talk.said == "Ця кнопка вже не діє.\n\nSend the recipient's phone or contact, or enter a card number safely"


@pytest.mark.parametrize("token", ["", ".", "x.0", "AAAAAAAA.0", "card_transfer.review.yes", "9" * 300])
def test_a_made_up_button_changes_nothing(talk: Conversation, token: str) -> None:
    talk.at_review()

    talk.presses(token)

    assert talk.step == "card_transfer.review"
    assert talk.called("transfer") == []


@pytest.mark.parametrize("text", ["Gold 9876", "2", "gold"])
def test_a_choice_can_be_typed(talk: Conversation, text: str) -> None:
    talk.at_cards().bank_answers(data=CARDS)

    talk.says(text)

    assert talk.slots()["source"]["id"] == "c2"


def test_a_question_with_choices_of_the_bank_calls_first_and_then_asks(talk: Conversation) -> None:
    talk.at_cards()
    assert talk.calls[-1].operation == "my_cards"
    assert talk.wait.kind == "choices"

    talk.bank_answers(data=CARDS)

    assert [option.label for option in talk.wait.options] == ["Visa 1234", "Gold 9876"]


def test_a_question_whose_list_is_empty_goes_where_the_flow_says(talk: Conversation) -> None:
    talk.at_cards().bank_answers(data={"cards": []})

    assert "A card can be ordered" in talk.said
    assert talk.session.stack == []


@pytest.mark.parametrize("data", [{}, {"cards": "none"}, {"cards": [{"available": 5}]}])
def test_a_list_that_is_none_is_treated_as_silence(talk: Conversation, data: dict[str, object]) -> None:
    talk.at_cards().bank_answers(data=data)

    assert talk.said == "Банк не відповідає. Спробуйте за кілька хвилин."


def test_an_answer_that_fails_a_check_is_asked_for_again(talk: Conversation) -> None:
    talk.at_amount().says("0.50")
    assert talk.said == "The smallest transfer is 1.00"

    talk.says("501")

    assert talk.said == "You have 500,00 ₴ on this card"
    assert "amount" not in talk.slots()


@pytest.mark.parametrize("text", ["мабуть", "\u200b\u2060", "   ", "👍"])
def test_what_is_no_answer_counts_as_a_try(talk: Conversation, text: str) -> None:
    talk.at_amount()

    talk.says(text)

    assert talk.session.stack[-1].tries == 1
    assert talk.said == "Не зрозумів відповідь."


def test_the_way_out_is_taken_when_the_tries_are_used_up(talk: Conversation) -> None:
    talk.at_cards().bank_answers(data=CARDS)
    talk.taps("c1")

    talk.says("what?")
    assert talk.said == "That is not a phone number or contact I can pay"
    talk.inbound(kind="media")
    talk.says("what??")

    assert [ticket.queue for ticket in talk.tickets] == ["payments"]
    assert talk.session.muted


def test_back_goes_to_the_question_before(talk: Conversation) -> None:
    talk.at_amount().says("назад")

    assert talk.step == "card_transfer.to"
    assert "target" not in talk.slots()
    talk.says("назад")
    assert talk.step == "card_transfer.from"


def test_back_without_a_question_before_says_so(talk: Conversation) -> None:
    talk.starts()
    talk.says("назад")

    assert talk.said.startswith("Повертатися нікуди.")
    assert talk.step == "welcome.language"


def test_editing_asks_one_thing_again_and_gets_a_new_quote(talk: Conversation) -> None:
    talk.at_review().taps("edit target")
    assert talk.step == "card_transfer.to"
    assert "fee" not in talk.slots()

    talk.says("0671234567")
    assert talk.calls[-1].operation == "quote"
    talk.bank_answers(data={"fee": {"amount": 900, "currency": "UAH"}, "payee": "Petro P."})

    assert talk.step == "card_transfer.review"
    assert "Petro P." in talk.said
    assert "9,00 ₴" in talk.said


def test_an_edit_that_makes_another_answer_wrong_asks_for_that_one_too(talk: Conversation) -> None:
    talk.at_review().taps("edit source")
    talk.bank_answers(data=CARDS)

    talk.taps("c2")

    assert talk.step == "card_transfer.sum"
    talk.says("100")
    assert talk.calls[-1].args["source"]["id"] == "c2"


@pytest.mark.parametrize("text", ["ні, 300", "нет 300", "300", "300 грн"])
def test_another_sum_said_at_the_confirmation_is_a_correction(talk: Conversation, text: str) -> None:
    talk.at_review().says(text)
    talk.bank_answers(data=QUOTE)

    assert talk.step == "card_transfer.review"
    assert talk.slots()["amount"] == {"amount": 30000, "currency": "UAH"}
    assert "300,00 ₴" in talk.said


def test_no_declines_and_yes_confirms_in_words(talk: Conversation) -> None:
    talk.at_review().says("ні")

    assert talk.said == "Cancelled. Nothing was sent."
    assert talk.called("transfer") == []


def test_a_confirmation_that_was_left_open_expires(talk: Conversation) -> None:
    talk.at_review()
    send = talk.token("yes")

    talk.timer_fires()
    assert talk.said == "Час підтвердження вийшов. Нічого не надіслано."
    talk.presses(send)

    assert talk.called("transfer") == []


def test_a_yes_after_the_time_but_before_the_timer_sends_nothing(talk: Conversation) -> None:
    talk.at_review().time_passes(180_001)

    talk.taps("yes")

    assert talk.called("transfer") == []
    assert "Час підтвердження вийшов" in talk.said


def test_login_that_has_grown_old_is_asked_for_again_before_the_yes_counts(talk: Conversation) -> None:
    talk.at_amount().time_passes(4 * 60_000)
    talk.says("200")
    talk.bank_answers(data=QUOTE)
    talk.time_passes(2 * 60_000)

    talk.taps("yes")
    assert talk.step == "login.number"
    assert talk.called("transfer") == []
    talk.signs_in()
    assert talk.step == "card_transfer.review"
    talk.taps("yes")

    assert len(talk.called("transfer")) == 1


def test_a_question_left_open_expires_and_says_so(talk: Conversation) -> None:
    talk.at_amount().timer_fires()

    assert talk.said == "Ви довго не відповідали, тож я зупинився."
    assert talk.session.stack == []
    assert talk.session.wait is None


def test_a_timer_of_another_wait_does_nothing(talk: Conversation) -> None:
    talk.at_amount()
    old = talk.wait.nonce
    talk.says("200")
    talk.bank_answers(data=QUOTE)
    talk.time_passes(10**9)

    talk.happens(TimerFired(old))

    assert talk.step == "card_transfer.review"
    assert talk.messages == []


def test_a_timer_that_comes_too_early_does_nothing(talk: Conversation) -> None:
    talk.at_review()

    talk.happens(TimerFired(talk.wait.nonce))

    assert talk.step == "card_transfer.review"


def test_a_digression_comes_back_to_the_same_question_with_the_same_buttons(talk: Conversation) -> None:
    talk.at_review()
    send = talk.token("yes")

    talk.says("допомога")

    assert "Напишіть «меню»" in talk.said
    assert "Send?" in talk.said
    assert talk.token("yes") == send


def test_a_command_of_another_flow_interrupts_and_comes_back(talk: Conversation) -> None:
    talk.at_amount().says("/card")

    assert "A card can be ordered" in talk.said
    assert talk.step == "card_transfer.sum"


def test_the_menu_can_be_opened_in_the_middle_and_does_not_pile_up(talk: Conversation) -> None:
    talk.at_amount()

    for _ in range(5):
        talk.says("меню")

    assert [frame.flow for frame in talk.session.stack] == ["card_transfer", "menu"]


@pytest.mark.parametrize("text", ["скасувати", "меню", "/card", "назад", "оператор"])
def test_a_step_that_holds_is_not_left_by_words_or_other_flows(text: str) -> None:
    flow = replaced("    text: How much?\n", "    text: How much?\n    hold: true\n    else: stopped\n")
    talk = Conversation(programs_with(flow)).at_amount()

    talk.says(text)

    assert talk.said == "Не зрозумів відповідь."
    assert talk.step == "card_transfer.sum"
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]


def test_cancel_ends_the_flow_with_everything_it_runs(talk: Conversation) -> None:
    talk.welcomed().starts("t")
    assert talk.step == "login.number"

    talk.says("скасувати")

    assert talk.said == "Скасовано."
    assert talk.session.stack == []


@pytest.mark.parametrize("word", ["скасувати", "назад"])
def test_what_is_with_the_bank_can_neither_be_cancelled_nor_gone_back_from(talk: Conversation, word: str) -> None:
    talk.at_settle().says(word)

    assert talk.step == "card_transfer.settle"
    assert talk.said == "The bank is still working on it. I will write when it is done."


def test_a_person_who_takes_over_is_not_talked_over_until_the_customer_wants_the_bot(talk: Conversation) -> None:
    talk.at_amount().says("оператор")
    assert talk.tickets[0].queue == "operator"
    assert "Вам відповість людина" in talk.said

    talk.says("алло?")
    assert talk.messages == []
    talk.presses("AAAAAAAA.0")
    assert talk.messages == []
    talk.says("меню")

    assert talk.step == "menu.pick"
    assert not talk.session.muted


def test_what_nobody_understands_gets_an_answer(talk: Conversation) -> None:
    talk.welcomed().says("синхрофазотрон")

    assert talk.said == "Не зрозумів. Напишіть «меню»."


@pytest.mark.parametrize("kind", ["edit", "delete", "reaction", "status", "blocked", "unblocked", "ignored", "echo"])
def test_what_asks_for_no_answer_gets_none(talk: Conversation, kind: str) -> None:
    talk.at_review()
    before = talk.session

    talk.inbound(kind=kind, text="так")

    assert talk.messages == []
    assert talk.session.stack == before.stack
    assert talk.session.wait == before.wait


def test_a_sum_said_with_the_wish_is_not_asked_for_again() -> None:
    flow = replaced("intents: [transfer]", "phrases: {uk: [перекажи]}")
    talk = Conversation(programs_with(flow)).welcomed()

    talk.says("перекажи 200")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")
    talk.says("0501234567")

    assert talk.calls[-1].operation == "quote"
    assert talk.calls[-1].args["amount"] == {"amount": 20000, "currency": "UAH"}


def test_a_flow_that_is_asked_for_again_is_begun_anew_instead_of_twice(talk: Conversation) -> None:
    talk.at_amount().starts("t")

    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]
    assert "amount" not in talk.slots()
    assert "target" not in talk.slots()


def test_texts_that_follow_one_another_are_one_message(talk: Conversation) -> None:
    talk.at_review().says("допомога")

    assert len(talk.messages) == 1
    assert talk.messages[0].choices


def test_the_same_inputs_give_the_same_outputs(programs: ProgramSet) -> None:
    first, second = Conversation(programs).at_settle(), Conversation(programs).at_settle()

    assert first.session == second.session
    assert first.calls == second.calls


def test_the_session_that_was_given_is_not_changed(talk: Conversation) -> None:
    talk.at_review()
    before = talk.session
    kept = talk.session

    talk.taps("yes")

    assert before == kept


def test_a_flow_that_breaks_ends_politely_and_leaves_the_rest_working() -> None:
    flow = """\
flow: broken
entry: {command: broken}
slots: {note: money, other: {type: money, in: UAH}}
steps:
  - {id: one, ask: other, text: How much?}
  - {id: two, set: {note: other}}
  - {id: three, branch: [{if: other - note - other < 0.001, go: four}]}
  - {id: four, say: "{note}", end: done}
"""
    talk = Conversation(programs_with(flow)).at_amount()
    talk.says("/broken")

    talk.says("5")

    assert talk.said.startswith("Щось пішло не так.")
    assert talk.step == "card_transfer.sum"
    assert any(note.startswith("error expression_invalid") for note in talk.journal["notes"])


MENU = """\
flow: menu
slots: {what: choice}
steps:
  - id: pick
    ask: what
    text: Що зробимо?
    choices: [{value: pay, label: Переказ}]
    on: {pay: pay}
  - {id: pay, run: card_transfer, go: pick}
"""


def test_cancel_in_a_flow_that_the_menu_runs_comes_back_to_the_menu() -> None:
    talk = Conversation(programs_with(MENU)).welcomed()
    talk.says("меню")
    talk.taps("pay")
    assert talk.step == "login.number"

    talk.says("скасувати")

    assert [frame.flow for frame in talk.session.stack] == ["menu"]
    assert talk.said == "Скасовано.\n\nЩо зробимо?"
    assert talk.tickets == []


def test_the_menu_asked_for_inside_a_flow_that_it_runs_is_begun_anew() -> None:
    talk = Conversation(programs_with(MENU)).welcomed()
    for _ in range(4):
        talk.says("меню")
        talk.taps("pay")

    assert [frame.flow for frame in talk.session.stack] == ["menu", "card_transfer", "login"]


def test_a_flow_that_waits_for_the_bank_is_not_begun_anew() -> None:
    talk = Conversation(programs_with()).at_settle()

    talk.starts("t")

    assert [frame.flow for frame in talk.session.stack] == ["card_transfer", "card_transfer"]
    talk.bank_settles()
    assert "Sent 200,00 ₴" in talk.said
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]


def test_a_flow_run_by_another_is_begun_anew_in_its_place() -> None:
    talk = Conversation(programs_with(MENU)).welcomed()
    talk.says("меню")
    talk.taps("pay")

    talk.starts("t")

    assert [(frame.flow, frame.sub) for frame in talk.session.stack] == [
        ("menu", False),
        ("card_transfer", True),
        ("login", True),
    ]
