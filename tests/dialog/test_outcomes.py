"""What the bank makes known: too early, too late, twice, or to the wrong conversation."""

from __future__ import annotations

from core.dialog.contracts import BankEvent, CallResult, Grant
from tests.dialog.conversation import Conversation


def test_silence_is_followed_by_the_truth(talk: Conversation) -> None:
    talk.at_settle()
    assert talk.said == "The bank is still working on it. I will write when it is done."

    talk.bank_settles()

    assert "Sent 200,00 ₴ to Olha K." in talk.said
    assert talk.messages[0].once


def test_an_event_that_comes_before_its_wait_is_kept_for_it(talk: Conversation) -> None:
    talk.at_pay().bank_settles()
    assert talk.messages == []
    assert len(talk.session.early) == 1

    talk.bank_answers("pending")

    assert talk.said == "Sent 200,00 ₴ to Olha K."
    assert talk.session.early == []


def test_an_event_that_is_not_needed_any_more_tells_nothing_twice(talk: Conversation) -> None:
    talk.at_pay().bank_settles()

    talk.bank_answers(data={"reference": "R1"})
    assert talk.said == "Sent 200,00 ₴ to Olha K."
    talk.bank_settles()

    assert talk.messages == []


def test_a_doubled_event_is_told_once(talk: Conversation) -> None:
    talk.at_settle().bank_settles()
    talk.bank_settles()

    assert talk.messages == []


def test_an_outcome_reaches_a_customer_who_is_doing_something_else(talk: Conversation) -> None:
    talk.at_settle().says("меню")

    talk.bank_settles()

    assert "Sent 200,00 ₴" in talk.said
    assert talk.step == "menu.pick"
    assert talk.messages[-1].choices


def test_an_outcome_after_the_wait_has_run_out_is_told_late(talk: Conversation) -> None:
    talk.at_settle().timer_fires()
    assert "A person will check" in talk.said

    talk.bank_settles("refused", reason="error.insufficient_funds")

    assert talk.said == "Переказ 200,00 ₴ не виконано. недостатньо коштів"
    assert talk.messages[0].once


def test_a_wait_that_was_interrupted_still_runs_out_in_its_time(talk: Conversation) -> None:
    talk.at_settle()
    ends = talk.wait.until
    talk.says("меню")
    assert talk.wait.deadline == ends

    talk.timer_fires()

    assert "A person will check" in talk.said


def test_a_result_that_nobody_waits_for_is_ignored(talk: Conversation) -> None:
    talk.at_review()
    quote = talk.calls[-1]

    talk.happens(CallResult(call=quote.id, arm="ok", data={"fee": {"amount": 1, "currency": "UAH"}, "payee": "X"}))
    talk.happens(CallResult(call="0" * 26, arm="ok"))

    assert talk.messages == []
    assert talk.slots()["fee"] == {"amount": 500, "currency": "UAH"}


def test_a_final_result_after_the_patience_is_over_reaches_the_wait(talk: Conversation) -> None:
    talk.at_pay()
    pay = talk.calls[-1]
    talk.timer_fires()
    assert talk.step == "card_transfer.settle"

    talk.happens(CallResult(call=pay.id, arm="ok", data={"reference": "R3"}))

    assert "Sent 200,00 ₴" in talk.said


def test_an_outcome_of_an_unknown_operation_is_told_all_the_same(talk: Conversation) -> None:
    talk.welcomed().happens(BankEvent(name="bank.settled", data={"op": "A" * 26, "outcome": "ok", "reference": "R"}))

    assert talk.said == "Переказ  виконано."


def test_an_event_of_another_operation_does_not_end_the_wait(talk: Conversation) -> None:
    talk.at_settle()

    talk.happens(BankEvent(name="bank.settled", data={"op": "A" * 26, "outcome": "pending"}))

    assert talk.step == "card_transfer.settle"


def test_an_answer_without_what_was_declared_is_silence_and_never_success(talk: Conversation) -> None:
    talk.at_amount().says("200")

    talk.bank_answers(data={"fee": {"amount": "5.00", "currency": "UAH"}, "payee": "X"})

    assert talk.said == "The bank does not answer. Try again in a few minutes."


def test_a_grant_counts_only_from_an_operation_that_is_declared_to_give_it(talk: Conversation) -> None:
    talk.welcomed().starts("t")
    talk.shares("+380501112233")

    talk.bank_answers(data={"otp_id": "o1"}, grant=Grant(level="otp", customer="cust_evil"))

    assert talk.session.auth is None
    assert talk.session.customer == ""


def test_a_grant_of_another_level_than_declared_is_refused(talk: Conversation) -> None:
    talk.welcomed().starts("t")
    talk.shares("+380501112233")
    talk.bank_answers(data={"otp_id": "o1"})
    talk.says("123456")

    talk.bank_answers(grant=Grant(level="card", customer="cust_1"))

    assert talk.session.auth is None


def test_another_customer_in_the_same_chat_sees_nothing_of_the_one_before(talk: Conversation) -> None:
    talk.at_review().time_passes(6 * 60_000)
    talk.timer_fires()
    talk.starts("t")

    talk.signs_in("cust_2")

    assert talk.session.customer == "cust_2"
    assert "cust_1" not in talk.history[-1]
    assert all(frame.flow != "card_transfer" for frame in talk.session.stack)


def test_a_name_of_somebody_elses_contact_card_never_signs_in(talk: Conversation) -> None:
    talk.welcomed().starts("t")

    talk.shares("+380509998877", proof="foreign")

    assert talk.said == "Це чужий контакт. Поділіться своїм."
    assert talk.calls == []
    assert "380509998877" not in talk.history[-1]


def test_a_contact_that_the_platform_says_nothing_of_is_taken_to_be_proven_by_a_code(talk: Conversation) -> None:
    talk.welcomed().starts("t")

    talk.shares("380501112233", proof="unproven")

    assert talk.calls[-1].operation == "send_code"


def test_an_error_after_money_has_moved_still_tells_how_it_moved(talk: Conversation) -> None:
    talk.at_settle()
    broken = talk.session
    del broken.stack[-1].slots["payee"]
    talk.stands_at(broken)

    talk.bank_settles()

    # Nobody may read "nothing was done, try again" beside it.
    assert talk.said == "Переказ 200,00 ₴ виконано."


def test_the_list_of_early_events_is_bounded(talk: Conversation) -> None:
    talk.at_pay()

    for number in range(50):
        talk.happens(BankEvent(name="bank.other", data={"number": number}))

    assert [event.data["number"] for event in talk.session.early] == list(range(42, 50))
