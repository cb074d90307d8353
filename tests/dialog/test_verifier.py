"""A flow that could move money unasked, get stuck or show what is not there cannot be published."""

from __future__ import annotations

import pytest

from tests.dialog.compiled import CARD_TRANSFER, codes, compile_with, problems_of, replaced


def test_the_example_of_the_language_is_accepted_as_written() -> None:
    compilation = compile_with(CARD_TRANSFER)

    assert compilation.errors == ()
    assert compilation.programs is not None


NINE_DEFECTS = [
    pytest.param(
        replaced("  - id: login\n    auth: otp\n    else: {handoff: security}\n", ""),
        "auth_missing",
        "'pay' has an effect, but can be reached without auth 'otp'",
        id="auth removed",
    ),
    pytest.param(
        replaced("confirm: [source, target, amount, fee, payee]", "confirm: [source, target, amount, payee]"),
        "not_sealed",
        "'pay' sends 'fee', which is not confirmed",
        id="the confirmation forgets the fee",
    ),
    pytest.param(
        replaced(
            "    yes: pay\n    no: stopped\n",
            "    yes: again\n    no: stopped\n  - {id: again, ask: amount, text: How much really?}\n",
        ),
        "not_sealed",
        "'pay' sends 'amount', which is not confirmed",
        id="the amount is asked again after the confirmation",
    ),
    pytest.param(
        replaced(
            "on: {ok: review, refused: refused, unknown: later}", "on: {ok: pay, refused: review, unknown: later}"
        ),
        "not_sealed",
        "on the way from step 'quote' by 'ok'",
        id="a jump past the confirmation",
    ),
    pytest.param(
        replaced(
            "on: {ok: receipt, refused: refused, pending: settle, unknown: settle}",
            "on: {ok: receipt, refused: refused, pending: settle}",
        ),
        "unknown_arm_missing",
        "'pay' has an effect and no arm 'unknown'",
        id="no arm for silence",
    ),
    pytest.param(
        replaced("    no: stopped\n", "    no: stoped\n"),
        "unknown_step",
        "there is no step 'stoped'; did you mean 'stopped'?",
        id="a typo in a target",
    ),
    pytest.param(
        replaced("text: How much?", 'text: "How much? The fee is {fee|money}"'),
        "unassigned",
        "step 'sum' uses 'fee', which has no value yet",
        id="a text uses a value that is not known yet",
    ),
    pytest.param(
        replaced("timeout: unclear}", "timeout: receipt}").replace("  - {id: unclear", "  - {id: refused_too"),
        "unassigned",
        "step 'receipt' uses 'ref', which has no value yet on the way from step 'settle' by 'timeout'",
        id="a value is missing on the late way only",
    ),
    pytest.param(
        replaced("unknown: later}", "unknown: once_more}").replace(
            "  - {id: later,", "  - {id: once_more, go: quote}\n  - {id: later,"
        ),
        "loop_without_wait",
        "the steps quote → once_more → quote go round without ever waiting for the customer",
        id="a circle that never waits",
    ),
]


@pytest.mark.parametrize(("flow", "code", "sentence"), NINE_DEFECTS)
def test_each_seeded_defect_is_named(flow: str, code: str, sentence: str) -> None:
    found = [problem for problem in problems_of(flow) if problem.code == code]

    assert found, [str(problem) for problem in problems_of(flow)]
    assert any(sentence in problem.sentence for problem in found), [problem.sentence for problem in found]
    assert all(problem.line > 1 and problem.file == "card_transfer.yaml" for problem in found)


SMALL = """\
flow: small
entry: {command: small}
slots: {note: text, count: int}
steps:
  - {id: first, ask: note, text: Say something}
  - {id: second, say: "{note}", end: done}
"""
OTHER_DEFECTS = [
    (replaced("end: done}", "go: first}\n  - {id: third, say: x, end: done}", SMALL), "unreachable", "'third'"),
    (replaced(", end: done}", "}", SMALL), "dead_end", "after step 'second' nothing follows"),
    (replaced("text: Say something}", "text: Say something, hold: true}", SMALL), "no_way_out", "'first'"),
    (replaced("entry: {command: small}\n", "", SMALL), "nobody_starts", "nobody can start the flow 'small'"),
    (replaced('say: "{note}"', 'say: "{nota}"', SMALL), "text", "unknown name 'nota'; did you mean 'note'?"),
    (replaced("ask: note,", "ask: nite,", SMALL), "unknown_slot", "did you mean 'note'"),
    (replaced("id: second,", "id: first,", SMALL), "doubled_step", "there is already a step 'first'"),
    (replaced('say: "{note}", end: done', "sya: x", SMALL), "no_verb", "did you mean 'say'"),
    (replaced("end: done}", "end: done, ask: note}", SMALL), "two_verbs", "a step does one thing"),
    (
        replaced("text: Say something}", "txt: Say something}", SMALL),
        "unknown_key",
        "'txt' is not a part of an ask step",
    ),
    (replaced("text: Say something}", "x: y}", SMALL), "missing_key", "an ask step needs 'text'"),
    (replaced("text: Say something}", "text: Say, tries: many}", SMALL), "invalid", "must be a whole number"),
    (replaced("note: text,", "note: txt,", SMALL), "unknown_type", "unknown type 'txt'"),
    (replaced("note: text,", "lang: text, note: text,", SMALL), "reserved_name", "'lang' belongs to the engine"),
    (
        replaced("{id: second,", "{id: mid, branch: [{if: note > 5, go: second}]}\n  - {id: second,", SMALL),
        "expression",
        "",
    ),
    (replaced("{id: second,", "{id: mid, branch: [{if: count, go: second}]}\n  - {id: second,", SMALL), "type", "bool"),
    (replaced("{id: second,", "{id: mid, set: {count: note}}\n  - {id: second,", SMALL), "type", "'count' is int"),
    (replaced("{id: second,", "{id: mid, run: nowhere}\n  - {id: second,", SMALL), "unknown_flow", "'nowhere'"),
    (replaced("{id: second,", "{id: mid, run: small}\n  - {id: second,", SMALL), "recursion", "small → small"),
    (
        replaced("{id: second,", "{id: mid, call: bank.quota}\n  - {id: second,", SMALL),
        "unknown_operation",
        "bank.quote",
    ),
    (
        replaced("{id: second,", "{id: mid, call: bank.send_code}\n  - {id: second,", SMALL),
        "argument_missing",
        "'phone'",
    ),
    (
        replaced("{id: second,", "{id: mid, call: bank.send_code, with: {phone: count}}\n  - {id: second,", SMALL),
        "type",
        "bank.send_code takes phone as 'phone', but 'count' is int",
    ),
    (replaced("entry: {command: small}", "entry: {command: card}", SMALL), "doubled_entry", "belongs to"),
    (
        replaced("  - {id: first,", "  - {id: x, auth: opt}\n  - {id: first,", SMALL),
        "unknown_level",
        "did you mean 'otp'",
    ),
    (replaced("end: done}", "end: done, go: first}", SMALL), "two_ways", "end and go"),
    (
        replaced("flow: small", "flow: small\ntakes: [count]", SMALL),
        "unknown_take",
        "nobody fills 'count' when 'small' starts",
    ),
    (
        replaced("flow: small", "flow: small\nreturns: [count]", SMALL),
        "return_unassigned",
        "the flow returns 'count', which has no value",
    ),
]


@pytest.mark.parametrize(("flow", "code", "sentence"), OTHER_DEFECTS)
def test_other_defects_are_named_with_their_place(flow: str, code: str, sentence: str) -> None:
    found = [problem for problem in problems_of(flow) if problem.code == code]

    assert any(sentence in problem.sentence for problem in found), [str(problem) for problem in problems_of(flow)]
    assert all(problem.file == "small.yaml" and problem.line >= 1 and problem.column >= 1 for problem in found)


def test_a_flow_with_an_effect_may_not_follow_its_newest_revision() -> None:
    flow = replaced("revisions: pin ", "revisions: follow ")

    assert codes(problems_of(flow)) == {"effect_in_follow"}


def test_a_value_that_the_confirmation_does_not_show_cannot_be_sent() -> None:
    flow = replaced(" Fee {fee|money}. Send?", " Send?")

    assert [problem.sentence for problem in problems_of(flow)] == [
        "'pay' sends 'fee', which the confirmation does not show"
    ]


def test_an_effect_takes_only_slots_and_nothing_worked_out_from_them() -> None:
    flow = replaced("amount: amount, fee: fee}", "amount: amount + fee, fee: fee}")

    assert codes(problems_of(flow)) == {"effect_argument"}


def test_an_effect_needs_a_declared_level_of_auth() -> None:
    flow = replaced("auth: {level: otp, fresh: 5m}\n", "")

    assert "auth_undeclared" in codes(problems_of(flow))


def test_a_question_after_the_confirmation_to_which_one_can_go_back_drops_the_seal() -> None:
    flow = replaced(
        "    yes: pay\n",
        "    yes: why\n  - {id: why, ask: note, text: Why?}\n  - {id: how, ask: note2, text: How?, on: {}}\n",
    ).replace("slots:\n", "slots:\n  note: text\n  note2: text\n", 1)
    flow = flow.replace("    no: stopped\n", "").replace('Send?"\n', 'Send?"\n    no: stopped\n', 1)

    assert "not_sealed" in codes(problems_of(flow))


SECRET = """\
flow: secretive
entry: {command: secretive}
slots: {code: secret, otp: id, note: text}
steps:
  - {id: typed, ask: code, text: The code?}
  - {id: verify, call: bank.verify_code, with: {otp_id: '"o1"', code: code}}
  - {id: fine, say: Fine, end: done}
"""


def test_a_secret_that_goes_into_the_next_call_is_accepted() -> None:
    assert codes(problems_of(SECRET)) == set()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("say: Fine", 'say: "Your code was {code}"', "secret_shown"),
        ("  - {id: verify", "  - {id: between, ask: note, text: And?}\n  - {id: verify", "secret_not_taken"),
        ("{otp_id: '\"o1\"', code: code}", "{otp_id: code, code: code}", "secret_argument"),
        (
            "  - {id: verify",
            "  - {id: look, branch: [{if: len(code) > 3, go: fine}]}\n  - {id: verify",
            "secret_formula",
        ),
    ],
)
def test_a_secret_is_neither_shown_nor_kept_nor_looked_at(old: str, new: str, code: str) -> None:
    assert code in codes(problems_of(replaced(old, new, SECRET)))


def test_a_call_that_was_not_given_its_secret_in_the_same_turn_is_refused() -> None:
    flow = replaced(
        "  - {id: fine,",
        "  - {id: again, call: bank.verify_code, with: {otp_id: '\"o1\"', code: code}}\n  - {id: fine,",
        SECRET,
    )

    assert [problem.sentence for problem in problems_of(flow)] == ["step 'again' uses 'code', which has no value yet"]


def test_buttons_that_read_the_same_are_refused() -> None:
    flow = """\
flow: twins
entry: {command: twins}
slots: {pick: choice}
steps:
  - id: which
    ask: pick
    text: Which?
    choices: [{value: a, label: Same}, {value: b, label: " same"}]
  - {id: over, say: "{pick}", end: done}
"""
    assert codes(problems_of(flow)) == {"label_collision"}


def test_a_personal_value_shown_openly_is_a_warning() -> None:
    warnings = [problem for problem in compile_with(CARD_TRANSFER).problems if problem.code == "pii_unmasked"]

    assert warnings
    assert all(problem.severity == "warning" for problem in warnings)


def test_labels_of_buttons_may_not_show_what_is_not_known() -> None:
    flow = """\
flow: labels
entry: {command: labels}
slots: {pick: choice, sum: {type: money, in: UAH}}
steps:
  - id: which
    ask: pick
    text: Which?
    choices: [{value: a, label: "{sum|money}"}, {value: b, label: Other}]
  - {id: over, ask: sum, text: "{pick}"}
  - {id: end, end: done}
"""
    assert [problem.sentence for problem in problems_of(flow)] == [
        "step 'which' uses 'sum', which has no value yet",
    ]
