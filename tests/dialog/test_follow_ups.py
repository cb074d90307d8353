"""Flows that begin by themselves: at their time, where the customer is free, and never in the middle of anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.dialog.contracts import CallResult, Grant, TimerFired
from core.dialog.session import FollowUp
from tests.dialog.compiled import codes, compile_with, problems_of, programs_with, replaced, unproven_with
from tests.dialog.conversation import CARDS, QUOTE, START, Conversation
from tests.dialog.small_flows import begun

HOUR = 3_600_000
DAY = 24 * HOUR
KYIV = ZoneInfo("Europe/Kyiv")
FEEDBACK = """\
flow: feedback
title: Feedback
takes: [about]
slots: {about: text, opinion: text}
steps:
  - {id: how, ask: opinion, text: "How was {about}?"}
  - {id: thanks, say: "Noted: {opinion}", end: done}
"""
REMIND = """\
flow: remind
entry: {command: remind}
slots: {what: text, day: date, more: text}
steps:
  - {id: ask, ask: what, text: What about?}
  - {id: when, ask: day, text: When?}
  - {id: later, run: feedback, with: {about: what}, after: 23h}
  - {id: told, say: "I will ask about {what} on {day}", end: done}
"""
BY_DAY = REMIND.replace("after: 23h", 'at: "10:00", on: day')
BY_CLOCK = REMIND.replace("after: 23h", 'at: "10:00"')


def scheduled(flow: str = REMIND, what: str = "the service", day: str = "2027-01-15") -> Conversation:
    talk = begun(flow, FEEDBACK)
    talk.says(what)
    talk.says(day)
    return talk


def test_the_flow_goes_on_at_once_and_the_other_begins_at_its_time_with_the_values_of_then() -> None:
    talk = scheduled()
    assert talk.said.startswith("I will ask about the service")
    assert talk.session.stack == []
    assert talk.wake_at == talk.now + 23 * HOUR

    talk.wakes()

    assert talk.said == "How was the service?"
    talk.says("fine")
    assert talk.said == "Noted: fine"
    assert talk.session.scheduled == []
    assert talk.wake_at == 0


def test_a_timer_that_comes_early_changes_nothing_and_the_right_one_still_comes() -> None:
    talk = scheduled()
    talk.time_passes(22 * HOUR)

    talk.happens(TimerFired(""))
    assert talk.messages == []

    talk.wakes()
    assert talk.said == "How was the service?"


def test_a_timer_that_comes_late_or_twice_begins_it_once() -> None:
    talk = scheduled()

    talk.wakes(after=5 * DAY)
    assert talk.said == "How was the service?"
    talk.happens(TimerFired(""))

    assert talk.messages == []
    assert [frame.flow for frame in talk.session.stack] == ["feedback"]


def test_it_begins_beside_the_menu_and_the_menu_comes_back() -> None:
    talk = scheduled()
    talk.time_passes(22 * HOUR)
    talk.says("меню")

    talk.wakes()
    assert talk.said == "How was the service?"
    talk.says("fine")

    assert "Noted: fine" in talk.said
    assert talk.step == "menu.pick"


def test_in_the_middle_of_something_it_waits_until_the_customer_is_free() -> None:
    talk = scheduled()
    talk.time_passes(22 * HOUR)
    talk.says("/remind")
    talk.says("the weather")
    talk.time_passes(2 * HOUR)

    talk.happens(TimerFired(talk.wait.nonce))
    assert talk.messages == []
    assert talk.step == "remind.when"
    assert talk.wake_at == talk.wait.deadline, "what is due needs no waking, only the customer's answer"
    talk.says("2027-02-01")

    assert "I will ask about the weather" in talk.said
    assert talk.session.stack == []
    assert [one.slots["about"] for one in talk.session.scheduled] == ["the weather"]


def test_two_that_are_due_come_one_after_the_other() -> None:
    flow = REMIND.replace("with: {about: what}, after: 23h}", "with: {about: what}, after: 1h}").replace(
        "  - {id: told", "  - {id: again, run: feedback, with: {about: '\"the app\"'}, after: 2h}\n  - {id: told"
    )
    talk = scheduled(flow)

    talk.wakes(after=3 * HOUR)
    assert talk.said == "How was the service?"
    talk.says("fine")

    assert "Noted: fine" in talk.said
    assert "How was the app?" in talk.said


def test_a_later_one_of_the_same_step_takes_the_place_of_the_earlier() -> None:
    talk = scheduled()
    talk.time_passes(HOUR)
    talk.says("/remind")
    talk.says("the branch")
    talk.says("2027-02-01")

    [one] = talk.session.scheduled
    assert (one.key, one.slots, one.due) == ("remind.later", {"about": "the branch"}, talk.now + 23 * HOUR)


def test_a_key_is_shared_by_steps_and_flows() -> None:
    other = REMIND.replace("flow: remind", "flow: other").replace("command: remind", "command: other")
    talk = begun(
        REMIND.replace("after: 23h", "after: 23h, key: one"),
        other.replace("after: 23h", "after: 2h, key: one"),
        FEEDBACK,
    )
    for command in ("/remind", "/other"):
        talk.says(command)
        talk.says("it")
        talk.says("2027-02-01")

    assert [(one.key, one.due) for one in talk.session.scheduled] == [("one", talk.now + 2 * HOUR)]


UNSCHEDULED = [
    ("unschedule: feedback", []),
    ("unschedule: feedback, key: one", ["two"]),
    ("unschedule: feedback, key: three", ["one", "two"]),
    ("unschedule: menu", ["one", "two"]),
]


@pytest.mark.parametrize(("step", "left"), UNSCHEDULED)
def test_what_is_unscheduled_does_not_begin(step: str, left: list[str]) -> None:
    flow = REMIND.replace("after: 23h", "after: 23h, key: one").replace(
        "  - {id: told",
        "  - {id: second, run: feedback, with: {about: what}, after: 1h, key: two}\n"
        f"  - {{id: sure, ask: more, text: Sure?}}\n  - {{id: stop, {step}}}\n  - {{id: told",
    )
    talk = scheduled(flow)
    assert [one.key for one in talk.session.scheduled] == ["one", "two"]

    talk.says("no")

    assert [one.key for one in talk.session.scheduled] == left


def test_at_most_sixteen_are_kept_and_the_oldest_goes() -> None:
    steps = "".join(f"  - {{id: s{n}, run: feedback, with: {{about: what}}, after: {100 - n}h}}\n" for n in range(50))
    talk = scheduled(REMIND.replace("  - {id: told", f"{steps}  - {{id: told"))

    assert [one.key for one in talk.session.scheduled] == [f"remind.s{n}" for n in range(34, 50)]
    assert talk.wake_at == talk.now + 51 * HOUR
    assert len([note for note in talk.journal["notes"] if "more than 16" in note]) == 35


def test_values_too_large_to_be_kept_are_not_and_the_flow_goes_on() -> None:
    parts = ", ".join(f"w{n}: what" for n in range(5))
    taking = FEEDBACK.replace("takes: [about]", f"takes: [about, {', '.join(f'w{n}' for n in range(5))}]").replace(
        "opinion: text", "opinion: text, " + ", ".join(f"w{n}: text" for n in range(5))
    )
    talk = begun(REMIND.replace("with: {about: what}", f"with: {{about: what, {parts}}}"), taking)
    talk.says("ї" * 900)
    talk.says("2027-01-15")

    assert talk.session.scheduled == []
    assert talk.said.startswith("I will ask about")
    assert "follow-up feedback not kept: its values are too large" in talk.journal["notes"]


def local(talk: Conversation) -> str:
    [one] = talk.session.scheduled
    return datetime.fromtimestamp(one.due / 1000, KYIV).strftime("%Y-%m-%d %H:%M")


def test_at_a_time_of_day_is_today_or_tomorrow_in_kyiv() -> None:
    assert datetime.fromtimestamp(START / 1000, KYIV).strftime("%H:%M") > "10:00"

    assert local(scheduled(BY_CLOCK)) == "2026-11-19 10:00"
    assert local(scheduled(BY_CLOCK.replace("10:00", "23:30"))) == "2026-11-18 23:30"


def test_on_a_day_it_is_that_day_unless_that_is_over_or_too_far() -> None:
    assert local(scheduled(BY_DAY, day="2026-12-24")) == "2026-12-24 10:00"
    over = scheduled(BY_DAY, day="2026-11-17")
    assert over.session.scheduled == []
    assert "follow-up feedback not kept: its time is over" in over.journal["notes"]
    far = scheduled(BY_DAY, day="2027-11-17")
    assert far.session.scheduled == []
    assert "follow-up feedback not kept: its time is too far away" in far.journal["notes"]


@pytest.mark.parametrize("day", ["", "soon", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_keeps_nothing_and_the_flow_goes_on(day: str) -> None:
    flow = BY_DAY.replace("{id: when", "{id: again, ask: more, text: Sure?}\n  - {id: when").replace(" on {day}", "")
    talk = begun(flow, FEEDBACK)
    talk.says("it")
    session = talk.session
    session.stack[-1].step, session.stack[-1].slots = "later", {"what": "it", "day": day}
    session.wait = None
    talk.stands_at(session)

    talk.says("go on")

    assert talk.session.scheduled == []
    assert any("not kept" in note for note in talk.journal["notes"])


def test_a_flow_that_is_not_published_any_more_is_dropped() -> None:
    talk = scheduled()
    talk.programs = programs_with(
        REMIND.replace("run: feedback, with: {about: what}, after: 23h", "run: menu, after: 23h")
    )

    talk.wakes()

    assert talk.messages == []
    assert talk.session.scheduled == []
    assert "follow-up feedback dropped: the flow is not published any more" in talk.journal["notes"]


@pytest.mark.parametrize(
    "changed",
    [
        FEEDBACK.replace("about: text", "about: money").replace("{about}", "{about|money}"),
        FEEDBACK.replace("takes: [about]", "takes: [about, opinion]"),
    ],
    ids=["type", "name"],
)
def test_a_flow_that_takes_other_values_now_is_dropped(changed: str) -> None:
    talk = scheduled()
    talk.programs = unproven_with(changed)

    talk.wakes()

    assert talk.messages == []
    assert "follow-up feedback dropped: the flow takes other values now" in talk.journal["notes"]


def test_a_newer_revision_that_takes_the_same_begins() -> None:
    talk = scheduled()
    talk.programs = programs_with(REMIND, FEEDBACK.replace("How was", "Did you like"))

    talk.wakes()

    assert talk.said == "Did you like the service?"


def test_one_that_breaks_is_gone_and_leaves_the_turn_as_it_was() -> None:
    endless = FEEDBACK.replace("  - {id: how", "  - {id: on, branch: [{if: about == about, go: on}]}\n  - {id: how")
    talk = Conversation(unproven_with(REMIND, endless)).welcomed()
    talk.says("/remind")
    talk.says("it")
    talk.says("2027-01-15")
    talk.time_passes(23 * HOUR)
    talk.says("меню")

    assert talk.step == "menu.pick"
    assert talk.said == "Що зробимо?"
    assert talk.session.scheduled == []
    assert any(note.startswith("follow-up feedback dropped: flow_runaway") for note in talk.journal["notes"])


def test_events_that_get_no_answer_do_not_begin_it_but_it_begins_at_once_after_them() -> None:
    talk = scheduled()
    talk.time_passes(DAY)

    talk.inbound(kind="status")
    assert talk.messages == []
    assert talk.wake_at <= talk.now

    talk.wakes()
    assert talk.said == "How was the service?"


def due(talk: Conversation) -> Conversation:
    """A follow-up is due now."""
    session = talk.session
    session.scheduled = [FollowUp(key="k", flow="feedback", due=talk.now, slots={"about": "it"})]
    talk.stands_at(session)
    return talk


MIDDLE: list[tuple[str, Callable[[Conversation], object]]] = [
    ("cards are being fetched", lambda talk: talk.at_cards()),
    ("amount", lambda talk: talk.at_amount()),
    ("quote", lambda talk: (talk.at_amount(), talk.says("200"))),
    ("review", lambda talk: talk.at_review()),
    ("pay", lambda talk: talk.at_pay()),
    ("settle", lambda talk: talk.at_settle()),
    ("settle under the menu", lambda talk: (talk.at_settle(), talk.says("меню"))),
    ("review under the menu", lambda talk: (talk.at_review(), talk.says("меню"))),
    ("login", lambda talk: (talk.welcomed(), talk.starts("t"))),
]


@pytest.mark.parametrize(("where", "go"), MIDDLE, ids=[where for where, _ in MIDDLE])
def test_at_no_step_of_a_transfer_does_it_come_between(where: str, go: Callable[[Conversation], object]) -> None:
    talk = Conversation(programs_with(FEEDBACK, REMIND))
    go(talk)
    step = talk.step
    due(talk)

    talk.happens(TimerFired(talk.wait.nonce))
    assert talk.messages == []
    talk.inbound(kind="media")

    assert talk.step == step
    assert len(talk.session.scheduled) == 1


def test_it_comes_when_the_transfer_is_over() -> None:
    talk = due(Conversation(programs_with(FEEDBACK, REMIND)).at_pay())

    talk.bank_answers("pending")
    assert talk.said == "The bank is still working on it. I will write when it is done."
    talk.bank_settles()

    assert [message.text.split("\n")[0] for message in talk.messages] == [
        "Sent 200,00\u00a0₴ to Olha K.",
        "How was it?",
    ]
    assert talk.step == "feedback.how"


def test_it_comes_when_the_wait_for_the_money_was_given_up_and_the_bot_is_back() -> None:
    talk = due(Conversation(programs_with(FEEDBACK, REMIND)).at_settle())
    talk.timer_fires()
    assert talk.session.muted
    talk.happens(TimerFired(""))
    assert talk.messages == []

    talk.person_finishes()

    assert "How was it?" in talk.said


def test_it_does_not_come_between_a_yes_and_its_money() -> None:
    flow = replaced("yes: pay", "yes: news").replace(
        "  - id: pay\n",
        "  - {id: news, wait: bank.settled, match: {reference: payee}, text: Soon, timeout: 1h,"
        " on: {ok: pay, refused: refused, timeout: stopped}}\n  - id: pay\n",
    )
    talk = due(Conversation(programs_with(flow, FEEDBACK, REMIND)).at_review())
    talk.taps("yes")
    assert talk.session.seal is not None

    talk.happens(TimerFired(talk.wait.nonce))

    assert talk.messages == []
    assert talk.step == "card_transfer.news"


def test_a_wait_for_news_that_are_not_about_money_does_not_hold_it_up() -> None:
    flow = """\
flow: news
entry: {command: news}
slots: {note: text}
steps:
  - {id: ask, ask: note, text: Which?}
  - {id: wait, wait: bank.settled, match: {reference: note}, text: Waiting, timeout: 20d,
     on: {ok: done, refused: done, timeout: done}HOLD}
  - {id: done, say: Over, end: done}
"""
    for hold, comes in (("", True), (", hold: true", False)):
        talk = begun(flow.replace("HOLD", hold), FEEDBACK, REMIND)
        talk.says("N1")
        due(talk)

        talk.happens(TimerFired(talk.wait.nonce))

        assert (talk.said == "How was it?") is comes


def test_what_was_scheduled_for_another_customer_is_dropped() -> None:
    talk = due(Conversation(programs_with(FEEDBACK, REMIND)).at_cards())
    session = talk.session
    session.auth, session.stack, session.wait = None, [], None
    session.scheduled = [FollowUp(key="k", flow="feedback", due=talk.now + HOUR, slots={"about": "it"})]
    talk.stands_at(session)

    talk.starts("t")
    talk.signs_in(customer="cust_2")

    assert talk.session.scheduled == []


def test_the_same_customer_who_logs_in_again_keeps_it() -> None:
    talk = Conversation(programs_with(FEEDBACK, REMIND)).at_cards()
    talk.bank_answers(data=CARDS)
    session = talk.session
    session.scheduled = [FollowUp(key="k", flow="feedback", due=talk.now + DAY, slots={"about": "it"})]
    session.auth = None
    talk.stands_at(session)
    talk.taps("c1")
    talk.says("0501234567")
    talk.says("10")
    talk.bank_answers(data=QUOTE)
    talk.taps("yes")
    assert talk.step == "login.number"
    talk.shares("+380501112233")
    talk.bank_answers(data={"otp_id": "o1"})
    talk.says("123456")
    talk.happens(CallResult(call=talk.calls[-1].id, arm="ok", grant=Grant(level="otp", customer="cust_1")))

    assert len(talk.session.scheduled) == 1


def test_a_flow_may_schedule_itself() -> None:
    again = FEEDBACK.replace(
        "  - {id: thanks", "  - {id: again, run: feedback, with: {about: about}, after: 2d}\n  - {id: thanks"
    )
    talk = begun(REMIND, again)
    talk.says("it")
    talk.says("2027-01-15")
    talk.wakes()
    talk.says("fine")

    assert talk.wake_at == talk.now + 2 * DAY


WRONG = [
    ("after: 23h", "after: 61d", "invalid"),
    ("after: 23h", 'after: 23h, at: "10:00"', "two_times"),
    ("after: 23h", 'at: "25:00"', "invalid"),
    ("after: 23h", "on: day", "time_missing"),
    ("after: 23h", 'at: "10:00", on: what', "type"),
    ("after: 23h", 'at: "10:00", on: nothing', "unknown_slot"),
    ("after: 23h", "after: 23h, save: {what: about}", "follow_up_form"),
    ("after: 23h", "after: 23h, on: {cancelled: told}", "follow_up_form"),
    ("after: 23h", "after: 23h, else: told", "follow_up_form"),
    ("after: 23h", "key: one", "follow_up_form"),
    ("run: feedback", "run: feedbak", "unknown_flow"),
    ("with: {about: what}", "with: {}", "argument_missing"),
    ("with: {about: what}", "with: {about: more}", "unassigned"),
    ("with: {about: what}", "with: {about: what, more: what}", "unknown_argument"),
    ("run: feedback, with: {about: what}, after: 23h", "unschedule: feedbak", "unknown_flow"),
]


@pytest.mark.parametrize(("old", "new", "code"), WRONG)
def test_a_follow_up_that_cannot_be_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(problems_of(replaced(old, new, REMIND), FEEDBACK))


@pytest.mark.parametrize(("when", "warned"), [("after: 23h", 0), ("after: 24h", 1), ('at: "10:00", on: day', 1)])
def test_what_comes_after_the_messaging_window_is_warned_of(when: str, warned: int) -> None:
    compilation = compile_with(replaced("after: 23h", when, REMIND), FEEDBACK)

    assert [problem.severity for problem in compilation.problems if problem.code == "after_window"] == [
        "warning"
    ] * warned


def test_a_flow_that_only_follows_up_can_be_started() -> None:
    assert "nobody_starts" not in codes(problems_of(REMIND, FEEDBACK))
    assert "nobody_starts" in codes(problems_of(FEEDBACK))
