"""Slots, types, formulas, operations and what they take and give."""

from __future__ import annotations

from typing import Final

from core.dialog.checks.catalogue.entry import EXAMPLE_FILE, Entry, flow

_HELLO: Final = "- {id: hello, say: Hello, end: done}"
_TOLD: Final = '- {id: told, say: "{note}", end: done}'
_ASK: Final = "- {id: first, ask: note, text: Well?}"
_PART: Final = (
    "flow: part\ntakes: [sum]\nreturns: [word]\nslots: {sum: {type: money}, word: text}\nsteps:\n"
    '  - {id: way, ask: word, text: "{sum|money}?"}\n  - {id: over, end: done}\n'
)
_CASH: Final = "{cash: {type: money, in: UAH}, word: text}"
_RUN: Final = (
    "- {id: first, ask: cash, text: How much?}\n"
    "- {id: part, run: part, with: {sum: cash}, save: {word: word}, else: {end: failed}}\n"
    '- {id: told, say: "Thanks, {word}", end: done}'
)
_TWO_WAITS: Final = """\
- id: both
  wait: all
  of:
    - {event: bank.settled, match: {reference: '"1"'}, save: {ref: reference}}
    - {event: bank.settled, match: {reference: '"2"'}, save: {ref: reference}}
  text: Still at it
  timeout: 15m
  on: {ok: told, refused: over, timeout: over}
- {id: told, say: "{ref}", end: done}
- {id: over, say: Over, end: failed}
"""


def _run(old: str, new: str) -> dict[str, str]:
    return {EXAMPLE_FILE: flow(_RUN.replace(old, new), _CASH)[EXAMPLE_FILE], "part.yaml": _PART}


VALUES: Final = (
    Entry(
        "accept_type",
        "error",
        "A question accepts what is no value of its slot.",
        "A contact is a phone or a payee, a photo is a file.",
        "Take it out of `accept`, or declare the slot otherwise.",
        flow(f"- {{id: first, ask: note, text: Well?, accept: [text, contact]}}\n{_TOLD}"),
    ),
    Entry(
        "doubled_save",
        "error",
        "Two events of a wait for all save into one slot.",
        "Which of the two values it holds would be chance.",
        "Give each a slot of its own.",
        {
            EXAMPLE_FILE: flow(_TWO_WAITS, "{ref: id}")[EXAMPLE_FILE],
        },
    ),
    Entry(
        "unknown_slot",
        "error",
        "A name is no slot of the flow.",
        "Its value would have nowhere to be.",
        "Declare it under `slots`, or correct the name.",
        flow(f"- {{id: first, ask: nite, text: Well?}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "unknown_type",
        "error",
        "A slot has a type that does not exist.",
        "Nothing could be read into it.",
        "Write one of the types.",
        flow(f"{_ASK}\n{_TOLD}", "{note: txt}"),
    ),
    Entry(
        "unused_slot",
        "warning",
        "A slot is never used.",
        "Most often something was forgotten.",
        "Remove it.",
        flow(_HELLO, "{note: text}"),
    ),
    Entry(
        "unassigned",
        "error",
        "A step uses a slot that may have no value there.",
        "The flow would break when somebody comes that way.",
        "Ask for it first, or take another slot.",
        flow(f"{_TOLD}"),
    ),
    Entry(
        "return_unassigned",
        "error",
        "A flow ends well and returns a slot that has no value.",
        "The flow that ran it counts on the value.",
        "Give it a value on every way to `end: done`.",
        flow(_HELLO, "{note: text}", "entry: {command: example}\nreturns: [note]"),
    ),
    Entry(
        "currency_unknown",
        "error",
        "Money is asked for, and its currency is not known.",
        "100 of what?",
        "Write `in: UAH` or `in: source.currency` at the slot.",
        flow(
            '- {id: first, ask: cash, text: How much?}\n- {id: told, say: "{cash|money}", end: done}', "{cash: money}"
        ),
    ),
    Entry(
        "type",
        "error",
        "A value is of another type than is wanted.",
        "It would be read as something that it is not.",
        "Take a value of the type that is named.",
        flow('- {id: first, set: {count: \'"many"\'}}\n- {id: told, say: "{count}", end: done}', "{count: int}"),
    ),
    Entry(
        "expression",
        "error",
        "A formula is wrong.",
        "It could not be worked out.",
        "Correct it at the place that is named.",
        flow(f"{_ASK}\n- {{id: way, branch: [{{if: note >, go: told}}], else: told}}\n{_TOLD}"),
    ),
    Entry(
        "not_asked",
        "error",
        "`edit` names a slot that no step asks for.",
        "There is no question to go back to.",
        "Remove it from `edit`.",
        flow(
            "- {id: fix, set: {note: '\"a\"'}}\n"
            '- {id: sure, confirm: [note], text: "{note}?", ttl: 3m, edit: [note], yes: told}\n' + _TOLD
        ),
    ),
    Entry(
        "unknown_operation",
        "error",
        "The bank has no such operation.",
        "There is nothing to call.",
        "Correct the name; the nearest one is suggested.",
        flow(f"- {{id: look, call: bank.my_card}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "unknown_argument",
        "error",
        "An operation, or a flow that is run, takes no such value.",
        "It would be lost.",
        "Correct the name or remove it.",
        flow(f"- {{id: look, call: bank.my_cards, with: {{all: '1'}}}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "argument_missing",
        "error",
        "A value that an operation or a flow needs is not given.",
        "It could not do its work.",
        "Write it under `with`.",
        flow(f"- {{id: look, call: bank.send_code}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "unknown_field",
        "error",
        "An answer, or a flow that is run, brings no such field.",
        "The slot would stay empty.",
        "Correct the name; the nearest one is suggested.",
        _run("save: {word: word}", "save: {word: words}"),
    ),
    Entry(
        "unknown_event",
        "error",
        "No operation is settled by this event.",
        "The wait would always run out of time.",
        "Name the event that the operation declares.",
        flow(
            "- {id: hang, wait: bank.setled, match: {op: '\"1\"'}, text: Wait, timeout: 5m, "
            f"on: {{ok: hello, refused: hello, timeout: hello}}}}\n{_HELLO}",
            "{}",
        ),
    ),
    Entry(
        "unknown_take",
        "error",
        "A flow takes a slot that nobody fills when it is started.",
        "The engine fills only what it knows, such as the `payload` of a start link.",
        "Ask for it, or let another flow run this one.",
        flow(_TOLD, "{note: text}", "entry: {command: example}\ntakes: [note]"),
    ),
)
