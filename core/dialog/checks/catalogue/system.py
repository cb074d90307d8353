"""The flows that the engine begins by itself."""

from __future__ import annotations

from typing import Final

from core.dialog.checks.catalogue.entry import Entry

_SPENDS: Final = """\
flow: help
auth: {level: otp}
slots: {amount: {type: money, in: UAH}}
steps:
  - {id: login, auth: otp, else: {end: failed}}
  - {id: sum, ask: amount, text: How much?}
  - {id: review, confirm: [amount], text: "Send {amount|money}?", ttl: 3m, yes: pay}
  - id: pay
    call: bank.pay
    effect: money
    with: {amount: amount}
    on: {ok: over, refused: over, pending: over, unknown: over}
  - {id: over, say: The bank has it, end: done}
"""
_OFFER: Final = """\
flow: expired
slots: {more: choice}
steps:
  - id: on
    ask: more
    text: Go on?
    choices: [{value: yes, label: Yes}, {value: no, label: No}]
    on: {no: over}%s
  - {id: fine, end: done}
  - {id: over, end: cancelled}
"""


def _resumed(steps: str, head: str = "") -> dict[str, str]:
    return {"resumed.yaml": f"flow: resumed\n{head}takes: [title]\nslots: {{title: text}}\nsteps:\n{steps}"}


SYSTEM: Final = (
    Entry(
        "system_flow_missing",
        "error",
        "A flow that the engine needs is not there.",
        "The engine would have nothing to run.",
        "Write it in `system/`.",
        removed=("system/help.yaml",),
        shown="A folder without `system/help.yaml`.",
    ),
    Entry(
        "system_effect",
        "error",
        "A flow that the engine begins by itself has an effect.",
        "Nobody asked for it. A flow that it runs may have one, with its own login and confirmation.",
        "Put it into a flow of its own, which the menu offers.",
        {"help.yaml": _SPENDS},
    ),
    Entry(
        "system_hold",
        "error",
        "A flow that comes between a customer and what they do holds them.",
        "They could not get back to it.",
        "Remove `hold`.",
        {"expired.yaml": _OFFER % "\n    hold: true\n    else: over"},
    ),
    Entry(
        "system_entry",
        "error",
        "A flow that only the engine can begin has an entry.",
        "It means nothing without what the engine fills.",
        "Remove `entry`.",
        _resumed('  - {id: on, say: "{title}", end: done}\n', "entry: {command: resumed}\n"),
    ),
    Entry(
        "system_step",
        "error",
        "A flow that the engine begins in the middle of something has a step that it may not have.",
        "It must be over by itself, or the customer never comes back to what they were doing.",
        "Only say something, or lead to a flow that does it.",
        _resumed(
            '  - {id: on, say: "{title}"}\n'
            "  - {id: look, call: bank.my_cards, on: {ok: over}}\n  - {id: over, end: done}\n"
        ),
    ),
    Entry(
        "system_return",
        "error",
        "`did_you_mean` does not return the flow that was chosen.",
        "The engine goes on with what it returns.",
        "Write `returns: [chosen]`, and let the customer choose it.",
        {"did_you_mean.yaml": "flow: did_you_mean\nsteps:\n  - {id: sorry, say: Pardon?, end: cancelled}\n"},
    ),
    Entry(
        "system_offer",
        "warning",
        "`expired` never ends `done`.",
        "Then nobody can go on with what they were doing.",
        "Ask whether to go on, and end `done` on a yes.",
        {"expired.yaml": "flow: expired\nsteps:\n  - {id: over, say: That took too long, end: cancelled}\n"},
    ),
)
