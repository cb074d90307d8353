"""A person takes the conversation over and gives it back; the bot is silent meanwhile, but never for ever."""

from __future__ import annotations

import pytest

from core.dialog.contracts import CallResult, Effect, TicketClosed, TimerFired
from core.dialog.errors import NoConversation
from tests.dialog.compiled import codes, problems_of, programs_with, replaced, unproven_with
from tests.dialog.conversation import START, Conversation
from tests.dialog.small_flows import begun

HOUR = 3_600_000
DAY = 24 * HOUR
ADVICE = """\
flow: advice
entry: {command: advice}
returns: [topic]
slots: {topic: text, rating: text}
steps:
  - {id: what, ask: topic, text: About what?}
  - {id: person, handoff: experts, back: rate, timeout: 2h}
  - {id: rate, ask: rating, text: "Did they help with {topic}?"}
  - {id: bye, say: "Thanks: {rating}", end: done}
"""
OUTER = """\
flow: outer
entry: {command: outer}
slots: {got: text}
steps:
  - {id: part, run: advice, save: {got: topic}, else: sad}
  - {id: told, say: "It was about {got}", end: done}
  - {id: sad, say: It ended otherwise, end: failed}
"""
ALONE = """\
flow: advice
entry: {command: advice}
slots: {topic: text}
steps:
  - {id: what, ask: topic, text: About what?}
  - {id: person, handoff: experts}
"""
BACK = "Людина закінчила, я знову тут. Напишіть «меню», щоб почати."
NOBODY = "Людина ще не звільнилася, тож я знову тут."


def with_person(flow: str = ADVICE, *others: str) -> Conversation:
    talk = begun(flow, *others)
    talk.says("loans")
    assert talk.session.muted
    assert "Вам відповість людина" in talk.said
    return talk


def effects(talk: Conversation) -> tuple[Effect, ...]:
    assert talk.last is not None
    return talk.last.effects


def test_the_flow_goes_on_where_it_says_when_the_person_has_finished() -> None:
    talk = with_person()
    assert [ticket.queue for ticket in talk.tickets] == ["experts"]

    talk.person_finishes()

    assert talk.said == "Did they help with loans?"
    assert not talk.session.muted
    assert talk.session.person is None
    talk.says("yes")
    assert talk.said == "Thanks: yes"


def test_the_flows_that_ran_it_go_on_too() -> None:
    talk = with_person(OUTER, ADVICE)

    talk.person_finishes()
    talk.says("yes")

    assert talk.said.split("\n\n") == ["Thanks: yes", "It was about loans"]


def test_without_a_way_back_the_engine_says_that_the_bot_is_back() -> None:
    talk = with_person(ALONE)
    assert talk.session.stack == []

    talk.person_finishes()

    assert talk.said == BACK
    talk.says("меню")
    assert talk.step == "menu.pick"


def test_while_a_person_has_it_nothing_that_the_customer_does_is_answered() -> None:
    talk = with_person()
    offered = "b:12345678.0"
    for event in (
        lambda: talk.says("hello?"),
        lambda: talk.says("скасувати"),
        lambda: talk.says("оператор"),
        lambda: talk.says("/advice"),
        lambda: talk.presses(offered),
        lambda: talk.shares("+380501112233"),
        lambda: talk.inbound(kind="media"),
    ):
        event()
        assert effects(talk) == ()
    assert talk.journal["event"] == "media"


def test_what_is_written_meanwhile_is_recorded() -> None:
    talk = with_person()

    talk.says("I meant a car loan")

    assert talk.journal["text"] == "i xxxxx a car xxxx"


@pytest.mark.parametrize("word", ["меню", "/menu"])
def test_the_word_brings_the_bot_back_and_the_late_person_changes_nothing(word: str) -> None:
    talk = with_person()
    ticket = talk.tickets[-1].id

    talk.says(word)
    assert talk.step == "menu.pick"
    assert not talk.session.muted
    talk.person_finishes(ticket)

    assert talk.messages == []
    assert talk.step == "menu.pick"
    assert talk.session.person is None


def test_a_start_brings_the_bot_back() -> None:
    talk = with_person()

    talk.starts()

    assert not talk.session.muted
    assert talk.messages


def test_nobody_closes_the_ticket_and_the_bot_comes_back_by_itself() -> None:
    talk = with_person(ALONE)
    assert talk.wake_at == talk.now + DAY

    talk.wakes()

    assert talk.said.startswith(NOBODY)
    assert not talk.session.muted
    assert talk.wake_at == 0


def test_the_flow_that_waits_goes_on_when_nobody_came() -> None:
    talk = with_person()
    assert talk.wake_at == talk.now + 2 * HOUR

    talk.wakes()

    assert talk.said.startswith(NOBODY)
    assert talk.said.endswith("Did they help with loans?")


def test_a_timer_that_comes_early_leaves_the_conversation_to_the_person() -> None:
    talk = with_person()
    talk.time_passes(HOUR)

    talk.happens(TimerFired(""))

    assert talk.messages == []
    assert talk.session.muted


def test_the_person_finishes_once() -> None:
    talk = with_person()
    ticket = talk.tickets[-1].id
    talk.person_finishes(ticket)

    talk.person_finishes(ticket)

    assert talk.messages == []
    assert "old ticket" in talk.journal["notes"]


def test_another_ticket_is_none_of_this_conversation() -> None:
    talk = with_person()

    talk.person_finishes("ELSE")

    assert talk.session.muted


def test_a_second_handoff_to_the_same_people_opens_no_second_ticket() -> None:
    talk = with_person(ALONE)
    talk.says("меню")
    talk.says("/advice")
    talk.says("cards")
    assert talk.session.muted
    assert len(talk.tickets) == 1

    talk.person_finishes()

    assert talk.said == BACK


def test_after_the_ticket_is_closed_the_next_handoff_opens_another() -> None:
    talk = with_person(ALONE)
    talk.person_finishes()

    talk.says("/advice")
    talk.says("cards")

    assert len({ticket.id for ticket in talk.tickets}) == 2


def test_other_people_get_a_ticket_of_their_own() -> None:
    talk = with_person(ALONE)
    talk.says("меню")

    talk.says("оператор")

    assert [ticket.queue for ticket in talk.tickets] == ["experts", "operator"]
    talk.person_finishes(talk.tickets[0].id)
    assert talk.session.muted, "the first ones have nothing to give back any more"
    talk.person_finishes(talk.tickets[1].id)
    assert not talk.session.muted


def test_money_is_told_once_even_while_a_person_has_the_conversation() -> None:
    talk = Conversation(programs_with()).at_settle()
    talk.timer_fires()
    assert talk.session.muted

    talk.bank_settles()
    assert talk.said == "Переказ 200,00 ₴ виконано."
    assert talk.messages[0].once
    assert talk.session.muted
    talk.bank_settles()
    assert talk.messages == []
    talk.person_finishes()
    assert talk.said == BACK


def test_money_of_the_flow_that_was_handed_over_is_told_at_once() -> None:
    flow = replaced("unknown: settle}", "unknown: person}").replace(
        "  - id: settle\n", "  - {id: person, handoff: payments, back: stopped}\n  - id: settle\n"
    )
    talk = Conversation(programs_with(flow)).at_pay()
    talk.bank_answers("unknown")
    assert talk.session.muted

    talk.happens(CallResult(call=talk.called("transfer")[-1].id, arm="ok", data={"reference": "R1"}))
    assert talk.said == "Переказ 200,00 ₴ виконано."
    talk.bank_settles()
    assert talk.messages == []

    talk.person_finishes()
    assert talk.said == "Cancelled. Nothing was sent."


def test_a_handoff_of_what_is_told_meanwhile_opens_no_second_ticket() -> None:
    late = """\
flow: late_outcome
takes: [outcome]
slots: {outcome: text}
steps:
  - {id: done, say: "It ended: {outcome}", handoff: money}
"""
    talk = Conversation(programs_with(late)).at_settle()
    talk.timer_fires()

    talk.bank_settles()

    assert talk.said == "It ended: ok"
    assert [ticket.queue for ticket in talk.tickets] == ["payments"]
    talk.person_finishes()
    assert talk.said == BACK


def test_a_question_that_was_opened_meanwhile_is_shown_again_when_the_bot_is_back() -> None:
    late = """\
flow: late_outcome
takes: [outcome]
slots: {outcome: text, more: text}
steps:
  - {id: done, ask: more, text: "It ended: {outcome}. Clear?"}
  - {id: over, say: Good, end: done}
"""
    talk = Conversation(programs_with(late)).at_settle()
    talk.timer_fires()
    talk.bank_settles()
    talk.says("what?")
    assert talk.messages == []

    talk.person_finishes()

    assert talk.said.startswith(BACK)
    assert talk.said.endswith("It ended: ok. Clear?")


def test_what_was_confirmed_does_not_hold_after_a_person() -> None:
    flow = replaced("yes: pay", "yes: person").replace(
        "  - id: pay\n", "  - {id: person, handoff: payments, back: pay}\n  - id: pay\n"
    )

    assert "not_sealed" in codes(problems_of(flow))
    talk = Conversation(unproven_with(flow)).at_review()
    talk.taps("yes")
    talk.person_finishes()
    assert talk.called("transfer") == []
    assert talk.said == "Дані змінилися після підтвердження. Нічого не надіслано."


def test_a_flow_that_was_retired_meanwhile_says_so() -> None:
    talk = with_person()
    talk.programs = programs_with()

    talk.person_finishes()

    assert talk.said == "Ця розмова вже неактуальна. Почніть знову."
    assert not talk.session.muted
    assert talk.session.stack == []


def test_people_on_a_kept_revision_go_on_with_it() -> None:
    talk = with_person()
    before = talk.programs
    talk.programs = programs_with(ADVICE.replace("Did they help", "Was it good")).adopt(before)

    talk.person_finishes()

    assert talk.said == "Did they help with loans?"


def test_a_flow_that_follows_goes_on_with_the_newest_one() -> None:
    follow = ADVICE.replace("returns: [topic]", "revisions: follow")
    talk = with_person(follow)
    newer = follow.replace("Did they help", "Was it good").replace("id: person", "id: human")
    talk.programs = programs_with(newer.replace("revisions: follow", "revisions: follow\nmoved: {person: human}"))

    talk.person_finishes()

    assert talk.said == "Was it good with loans?"


@pytest.mark.parametrize("finishes", [True, False])
def test_a_flow_that_breaks_on_the_way_back_leaves_the_bot_back_and_nobody_stuck(finishes: bool) -> None:
    endless = ADVICE.replace("  - {id: rate", "  - {id: rate, go: rate}\n  - {id: unused")
    talk = Conversation(unproven_with(endless)).welcomed()
    talk.says("/advice")
    talk.says("loans")

    if finishes:
        talk.person_finishes()
    else:
        talk.wakes()

    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    assert not talk.session.muted
    assert talk.wake_at == 0
    assert (talk.session.person is None) is finishes
    talk.says("меню")
    assert talk.step == "menu.pick"


def test_the_former_customers_ticket_is_not_the_next_ones() -> None:
    talk = Conversation(programs_with(ADVICE)).at_cards()
    talk.says("оператор")
    talk.says("меню")
    session = talk.session
    session.auth = None
    talk.stands_at(session)
    talk.starts("t")
    talk.signs_in(customer="cust_2")

    talk.says("оператор")

    assert len(talk.tickets) == 2


def test_a_conversation_muted_by_an_older_version_still_comes_back_by_the_word() -> None:
    talk = with_person()
    session = talk.session
    session.person = None
    talk.stands_at(session)

    talk.says("hello?")
    assert talk.messages == []
    talk.says("меню")

    assert talk.step == "menu.pick"


def test_a_ticket_of_a_conversation_that_never_was_is_refused() -> None:
    talk = Conversation(programs_with())
    with pytest.raises(NoConversation):
        talk.happens(TicketClosed("T"))


def test_a_card_number_is_still_taken_out_of_the_chat() -> None:
    talk = with_person()

    talk.says("my card is 4111111111111111")

    assert talk.messages[0].delete
    assert talk.session.muted


WRONG = [
    ("back: rate", "back: nowhere", "unknown_step"),
    ("timeout: 2h", "timeout: 31d", "invalid"),
    ("back: rate", "back: what, go: rate", "unknown_key"),
]


@pytest.mark.parametrize(("old", "new", "code"), WRONG)
def test_a_handoff_that_cannot_be_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(problems_of(replaced(old, new, ADVICE)))


def test_a_circle_through_a_person_is_none_without_waiting() -> None:
    question = '  - {id: rate, ask: rating, text: "Did they help with {topic}?"}\n'
    circle = replaced(question, "  - {id: rate, go: person}\n", ADVICE)

    assert "loop_without_wait" not in codes(problems_of(circle.replace("{rating}", "{topic}")))


def test_the_bot_is_silent_when_a_person_writes_in_the_messengers_inbox() -> None:
    talk = begun(ADVICE)
    talk.inbound(kind="echo", payload="person", should_reply=False)
    assert talk.messages == []
    talk.says("loans")
    assert talk.messages == []
    assert talk.tickets == []


def test_the_inbox_gives_the_conversation_back_without_a_word_a_day_after_the_last_message() -> None:
    talk = begun(ADVICE)
    talk.inbound(kind="echo", payload="person", should_reply=False)
    talk.time_passes(HOUR)
    talk.inbound(kind="echo", payload="person", should_reply=False)
    talk.wakes()
    assert talk.now == START + HOUR + DAY
    assert talk.messages == []
    assert not talk.session.muted


def test_an_echo_changes_nothing_for_the_person_who_was_called() -> None:
    talk = with_person()
    talk.inbound(kind="echo", payload="person", should_reply=False)
    talk.person_finishes()
    assert talk.said == "Did they help with loans?"


def test_the_customer_can_take_the_bot_back_from_the_inbox() -> None:
    talk = begun(ADVICE)
    talk.inbound(kind="echo", payload="person", should_reply=False)
    talk.starts()
    assert not talk.session.muted
    assert talk.messages
