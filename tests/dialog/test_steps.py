"""Each kind of step with each of its fields, in the smallest flow that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from core.dialog.contracts import BankEvent, CallResult, TimerFired
from core.dialog.engine import turn
from core.dialog.errors import NoConversation
from core.dialog.turns.running import MOST_STEPS
from tests.dialog.compiled import CARD_TRANSFER, codes, problems_of, programs_with, replaced
from tests.dialog.conversation import QUOTE, Conversation


def _in(flow: str, *others: str) -> Conversation:
    """At the beginning of the flow."""
    name = flow.partition("flow:")[2].split()[0]
    talk = Conversation(programs_with(flow, *others)).welcomed()
    talk.says(f"/{name}")
    return talk


TYPES = """\
flow: types
entry: {command: types}
slots: {answer: ANSWER, more: text}
steps:
  - {id: one, ask: answer, text: Question?, wrong: Not this}
  - {id: two, ask: more, text: "And?"}
  - {id: three, say: "Got {answer} and {more}", end: done}
"""


@pytest.mark.parametrize(
    ("kind", "said", "stored"),
    [
        ("text", "  hello  ", "hello"),
        ("int", "сто двадцять", 120),
        ("bool", "так", True),
        ("date", "31.03.2027", "2027-03-31"),
        ("date", "сьогодні", "2026-11-18"),
        ("phone", "067 123 45 67", "+380671234567"),
        ("iban", "UA21 3223 1300 0002 6007 2335 6600 1", "UA213223130000026007233566001"),
        ("{type: money, in: JPY}", "1500", {"amount": 1500, "currency": "JPY"}),
    ],
)
def test_an_answer_is_read_by_the_type_of_its_slot(kind: str, said: str, stored: Any) -> None:
    talk = _in(replaced("ANSWER", kind, TYPES))

    talk.says(said)

    assert talk.slots()["answer"] == stored


LATER = "  - {id: later,   say: The bank does not answer. Try again in a few minutes., end: failed}\n"
SUBFLOWS = """\
flow: outer
entry: {command: outer}
slots: {sum: {type: money, in: UAH}, got: text}
steps:
  - {id: ask, ask: sum, text: How much?}
  - {id: part, run: inner, with: {sum: sum}, save: {got: note}, on: {cancelled: sad}, else: sad}
  - {id: told, say: "Inner said {got}", end: done}
  - {id: sad, say: Inner was cancelled, end: cancelled}
"""
INNER = """\
flow: inner
takes: [sum]
returns: [note]
slots: {sum: money, note: text}
steps:
  - {id: ask, ask: note, text: "A note for {sum|money}?"}
  - {id: over, end: done}
"""


def test_a_part_takes_values_and_gives_back_only_what_it_returns() -> None:
    talk = _in(SUBFLOWS, INNER)
    talk.says("12.50")
    assert talk.said == "A note for 12,50 ₴?"

    talk.says("lunch")

    assert talk.said == "Inner said lunch"


def test_a_part_that_is_cancelled_goes_where_the_flow_says() -> None:
    talk = _in(SUBFLOWS, INNER)
    talk.says("12.50")

    talk.says("скасувати")

    assert talk.said == "Скасовано.\n\nInner was cancelled"


def test_a_part_left_open_too_long_takes_the_whole_flow_with_it() -> None:
    talk = _in(SUBFLOWS, INNER)
    talk.says("12.50")

    talk.timer_fires()

    assert talk.said == "Ви довго не відповідали, тож я зупинився."
    assert talk.session.stack == []


PARTS = [
    ("with: {sum: sum}", "with: {}", "argument_missing", "'inner' takes 'sum'"),
    ("with: {sum: sum}", "with: {sum: '\"x\"'}", "type", "'inner' takes money as 'sum', not text"),
    ("with: {sum: sum}", "with: {sum: sum, more: sum}", "unknown_argument", "'inner' takes no 'more'"),
    ("save: {got: note}", "save: {got: sum}", "unknown_field", "'inner' returns no 'sum'"),
    ("slots: {sum: {type: money, in: UAH}, got: text}", "slots: {sum: {type: money, in: UAH}, got: int}", "type", ""),
]


@pytest.mark.parametrize(("old", "new", "code", "sentence"), PARTS)
def test_values_of_parts_must_fit(old: str, new: str, code: str, sentence: str) -> None:
    found = [one for one in problems_of(replaced(old, new, SUBFLOWS), INNER) if one.code == code]

    assert any(sentence in one.sentence for one in found)


BRANCHES = """flow: ways
entry: {command: ways}
slots: {count: int, twice: int, lang_choice: choice}
steps:
  - id: which
    ask: lang_choice
    text: Which?
    choices: [{value: en, label: English}, {value: uk, label: Українська}, {value: stay, label: Лишити}]
    image: {card: flags, alt: Flags}
    on: {stay: number}
  - {id: choose, set: {lang: lang_choice}, go: number}
  - {id: number, ask: count, text: How many?, hints: [1, 5]}
  - {id: double, set: {twice: count + count}}
  - id: size
    branch:
      - {if: twice > 100, go: {say: Too many, end: refused}}
      - {if: twice == 2 and lang == "en", go: {handoff: help}}
    else: {say: "Twice is {twice}", go: link}
  - id: link
    say: See
    link: {url: "https://bank.example/terms", label: Terms}
    image: {card: sum, data: {twice: "{twice}"}, alt: Sum}
    end: done
"""


def test_branches_sets_links_pictures_and_hints() -> None:
    talk = _in(BRANCHES)
    assert talk.messages[0].picture is not None
    assert talk.messages[0].picture.template == "flags"

    talk.taps("stay")
    assert [choice.label for choice in talk.messages[0].choices] == ["1", "5"]
    talk.taps("5")

    assert talk.said == "Twice is 10\nSee"
    assert talk.messages[-1].links[0].url == "https://bank.example/terms"
    assert talk.messages[-1].picture is not None
    assert talk.messages[-1].picture.data == {"twice": "10"}


def test_a_target_may_be_written_in_its_place() -> None:
    talk = _in(BRANCHES)
    talk.taps("en")
    assert talk.session.lang == "en"

    talk.says("1")

    assert [ticket.queue for ticket in talk.tickets] == ["help"]


def test_a_target_in_its_place_may_end_the_flow() -> None:
    talk = _in(BRANCHES)
    talk.says("Лишити")
    talk.says("51")

    assert talk.said == "Too many"
    assert talk.session.stack == []


MADE_WRONG = [
    (BRANCHES, "https://bank.example", "http://bank.example", "invalid"),
    (BRANCHES, "hints: [1, 5]", "hints: [one]", "type"),
    (BRANCHES, "on: {stay: number}", "on: {go: number}", "unknown_value"),
    (BRANCHES, "{value: stay,", "{value: uk,", "doubled_value"),
    (BRANCHES, "lang_choice: choice", "lang_choice: int", "type"),
    (BRANCHES, "    choices: [", "    hints: [a]\n    other: [", "unknown_key"),
    (BRANCHES, "go: {handoff: help}", "go: {}", "empty_target"),
    (BRANCHES, "set: {lang: lang_choice}", "set: {lang: count}", "type"),
    (BRANCHES, "set: {lang: lang_choice}", "set: {language: lang_choice}", "unknown_slot"),
    (TYPES, "ANSWER", "money", "currency_unknown"),
    (TYPES, "ANSWER", "{type: money, in: ABCD}", "currency_unknown"),
    (TYPES, "ANSWER", "card", "choices_missing"),
    (TYPES, "slots: {answer: ANSWER", "slots: {answer: {type: text, own: true}", "unknown_key"),
    (TYPES.replace("ANSWER", "text"), "text: Question?", "text: Question?, accept: [contact]", "type"),
    (TYPES.replace("ANSWER", "phone"), "text: Question?", "text: Question?, own: true", "own_without_contact"),
    (TYPES.replace("ANSWER", "text"), "text: Question?", "text: Question?, on: {a: two}", "on_without_choices"),
    (TYPES.replace("ANSWER", "date"), "text: Question?", "text: Question?, hints: [a]", "type"),
    (CARD_TRANSFER, "of: bank.my_cards", "of: bank.quote", "type"),
    (CARD_TRANSFER, "of: bank.my_cards", "of: bank.my_card", "unknown_operation"),
    (CARD_TRANSFER, "source: {type: card, pii: card}", "source: {type: payee, pii: card}", "type"),
    (CARD_TRANSFER, "effect: money ", "effect: card ", "effect"),
    (CARD_TRANSFER, "save: {ref: reference} ", "save: {ref: refrence} ", "unknown_field"),
    (CARD_TRANSFER, "save: {fee: fee, payee: payee}", "save: {fee: payee, payee: payee}", "type"),
    (CARD_TRANSFER, "on: {ok: review,", "on: {pending: review, ok: review,", "unknown_arm"),
    (CARD_TRANSFER, "wait: bank.settled", "wait: bank.settle", "unknown_event"),
    (CARD_TRANSFER, "match: {op: pay.op}", "match: {op: quote.op}", "unknown_event"),
    (CARD_TRANSFER, "refused: refused, timeout: unclear}", "timeout: unclear}", "arm_missing"),
    (CARD_TRANSFER, "edit: [source, target, amount]", "edit: [source, fee]", "not_asked"),
    (CARD_TRANSFER, "edit: [source, target, amount]", "edit: [sourse]", "unknown_slot"),
    (CARD_TRANSFER, "    timeout: 15m\n", "", "missing_key"),
    (CARD_TRANSFER, "ttl: 3m", "ttl: soon", "invalid"),
    (
        CARD_TRANSFER,
        "with: {source: source, target: target, amount: amount}\n",
        "with: {from: source}\n",
        "unknown_argument",
    ),
    (CARD_TRANSFER, "auth: {level: otp, fresh: 5m}", "auth: {level: opt}", "unknown_level"),
    (CARD_TRANSFER, "data: [amount, fee, payee, ref]", "data: [amount, fees]", "unknown_slot"),
]


@pytest.mark.parametrize(("flow", "old", "new", "code"), MADE_WRONG)
def test_what_does_not_fit_is_named(flow: str, old: str, new: str, code: str) -> None:
    assert code in codes(problems_of(replaced(old, new, flow)))


CONFIRMED = (
    replaced("    ttl: 3m\n", "    ttl: 3m\n    expired: too_late\n    labels: {yes: Do it, no: Leave it}\n")
    .replace("  - {id: later,", "  - {id: too_late, say: Too late., end: expired}\n  - {id: later,")
    .replace("amount: {type: money, in: source.currency}", "amount: {type: money, in: source.currency, label: the sum}")
    .replace("    edit: [source", "    image: {card: preview, data: [amount], alt: Preview}\n    edit: [source")
    .replace("    no: stopped\n", "")
    .replace("  - {id: stopped, say: Cancelled. Nothing was sent., end: cancelled}\n", "")
)


def test_a_confirmation_with_labels_of_its_own_a_picture_and_an_arm_for_the_time() -> None:
    talk = Conversation(programs_with(CONFIRMED)).at_review()
    assert [option.label for option in talk.wait.options] == [
        "Do it",
        "Змінити: source",
        "Змінити: target",
        "Змінити: the sum",
        "Leave it",
    ]
    assert talk.messages[-1].picture is not None

    talk.timer_fires()

    assert talk.said == "Too late."


@pytest.mark.parametrize("text", ["Leave it", "5"])
def test_a_label_or_its_number_can_be_typed_at_a_confirmation(text: str) -> None:
    talk = Conversation(programs_with(CONFIRMED)).at_review()

    talk.says(text)

    assert talk.said in ("Скасовано.", "")
    assert talk.called("transfer") == []


def test_a_contact_at_a_confirmation_is_no_answer() -> None:
    talk = Conversation(programs_with()).at_review()

    talk.shares("+380671234567")

    assert talk.step == "card_transfer.review"
    assert "Send?" in talk.said


@pytest.mark.parametrize("how", ["скасувати", "time"])
def test_a_login_given_up_before_the_yes_counts_ends_the_flow(how: str) -> None:
    talk = Conversation(programs_with()).at_review()
    talk.time_passes(170_000)
    session = talk.session
    session.auth = None
    talk.stands_at(session)
    talk.taps("yes")
    assert talk.step == "login.number"

    if how == "time":
        talk.timer_fires()
    else:
        talk.says(how)

    assert talk.session.stack == []
    assert talk.called("transfer") == []


def test_a_login_that_fails_before_the_yes_counts_says_that_nothing_was_sent() -> None:
    talk = Conversation(programs_with()).at_review()
    session = talk.session
    session.auth = None
    talk.stands_at(session)
    talk.taps("yes")

    for _ in range(3):
        talk.says("what?")

    assert talk.said.endswith("Потрібно увійти ще раз. Нічого не надіслано.")
    assert talk.session.stack == []


def test_a_payee_from_a_contact_card_keeps_its_name() -> None:
    talk = Conversation(programs_with()).at_cards()
    talk.bank_answers(data={"cards": [{"id": "c1", "name": "Visa", "pan": "4149", "currency": "UAH", "available": ""}]})
    talk.taps("c1")

    talk.shares("0671234567", proof="foreign", name="Olha 4111111111111111")

    assert talk.slots()["target"] == {
        "name": "Olha ••••1111",
        "phone": "+380671234567",
        "masked": "",
        "card_token": "",
        "card_id": "",
    }


def test_a_contact_without_a_phone_that_can_be_read_is_no_answer() -> None:
    talk = Conversation(programs_with()).at_amount()
    talk.says("назад")

    talk.shares("call me")

    assert talk.said == "That is not a phone number or contact I can pay"


def test_a_refusal_without_an_arm_is_told_in_the_engines_words() -> None:
    flow = replaced("on: {ok: review, refused: refused, unknown: later}", "on: {ok: review}").replace(LATER, "")
    talk = Conversation(programs_with(flow)).at_amount()
    talk.says("200")

    talk.bank_answers("refused", reason="error.insufficient_funds")

    assert talk.said == "Банк відмовив: недостатньо коштів"


def test_silence_without_an_arm_is_told_in_the_engines_words() -> None:
    flow = replaced("on: {ok: review, refused: refused, unknown: later}", "on: {ok: review}").replace(LATER, "")
    talk = Conversation(programs_with(flow)).at_amount()
    talk.says("200")

    talk.bank_answers("unknown")

    assert talk.said == "Банк не відповідає. Спробуйте за кілька хвилин."


def test_a_reason_that_nobody_wrote_a_text_for_reads_as_the_other_one() -> None:
    talk = Conversation(programs_with()).at_pay()

    talk.bank_answers("refused", reason="error.never_heard_of")

    assert talk.said == "The bank refused: банк не пояснив причину"


def test_a_refused_outcome_ends_the_wait_as_refused() -> None:
    talk = Conversation(programs_with()).at_settle()

    talk.bank_settles("refused", reason="error.insufficient_funds")

    assert talk.said == "The bank refused: недостатньо коштів"


def test_a_call_that_the_bank_never_answers_is_silence_after_its_patience() -> None:
    talk = Conversation(programs_with()).at_amount()
    talk.says("200")

    talk.timer_fires()

    assert talk.said == "The bank does not answer. Try again in a few minutes."


def test_a_list_that_the_bank_never_gives_is_silence_too() -> None:
    talk = Conversation(programs_with()).at_cards()
    talk.says("hello?")
    assert talk.said == "Хвилинку, питаю банк."

    talk.timer_fires()

    assert talk.said == "Банк не відповідає. Спробуйте за кілька хвилин."


def test_a_wait_can_match_by_a_value_and_have_a_picture() -> None:
    flow = replaced("match: {op: pay.op}", "match: {op: pay.op, reference: payee}").replace(
        "    timeout: 15m\n", "    timeout: 15m\n    image: {card: clock, alt: Waiting}\n"
    )
    talk = Conversation(programs_with(flow)).at_settle()
    assert talk.messages[0].picture is not None

    talk.happens(
        BankEvent(name="settled", data={"op": talk.calls[-1].id, "outcome": "ok", "reference": QUOTE["payee"]})
    )

    assert "Sent 200,00 ₴" in talk.said


def test_only_an_inbound_event_can_begin_a_conversation() -> None:
    programs = programs_with()

    with pytest.raises(NoConversation):
        turn(programs, None, TimerFired("x"), 0)
    with pytest.raises(NoConversation):
        turn(programs, None, CallResult(call="x", arm="ok"), 0)


def test_a_circle_that_the_verifier_could_not_see_is_stopped() -> None:
    flow = (
        "flow: spin\nentry: {command: spin}\nslots: {n: int}\nsteps:\n"
        "  - {id: one, run: nothing}\n  - {id: two, go: one}\n"
    )
    nothing = "flow: nothing\nsteps: [{id: over, end: done}]\n"

    talk = _in(flow, nothing)

    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    assert any("flow_runaway" in note for note in talk.journal["notes"])
    assert len(talk.journal.get("path", ())) < MOST_STEPS


def test_flows_that_run_flows_too_deep_are_stopped() -> None:
    flows = [
        f"flow: deep{n}\n{'entry: {command: deep0}' if n == 0 else ''}\nsteps:\n"
        f"  - {{id: down, run: deep{n + 1}, end: done}}\n"
        for n in range(14)
    ]
    flows.append("flow: deep14\nslots: {n: text}\nsteps: [{id: q, ask: n, text: Q}, {id: s, say: '{n}', end: done}]\n")

    talk = _in(*flows)

    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    assert talk.session.stack == []


def test_interrupted_flows_are_bounded_and_the_oldest_is_forgotten() -> None:
    flows = [
        f"flow: side{n}\nentry: {{command: side{n}}}\nslots: {{a: text}}\nsteps:\n"
        f"  - {{id: q, ask: a, text: Q{n}}}\n  - {{id: s, say: '{{a}}', end: done}}\n"
        for n in range(15)
    ]
    talk = Conversation(programs_with(*flows)).welcomed()

    for n in range(15):
        talk.says(f"/side{n}")

    assert len(talk.session.stack) == 12
    assert talk.step == "side14.q"
