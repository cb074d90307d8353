"""A flow that pays several people, each after a confirmation, and then waits for the bank."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import BankEvent
from tests.dialog.compiled import programs_with
from tests.dialog.conversation import CARDS, QUOTE, Conversation

_HEAD = """\
flow: bills
entry: {command: bills}
auth: {level: otp}
slots:
  source: {type: card, pii: card}
  target: {type: payee, pii: card}
  amount: {type: money, in: source.currency}
  fee: money
  note: text
SLOTS
steps:
  - {id: login, auth: otp, else: {end: failed}}
  - {id: from, ask: source, text: From?, choices: {of: bank.my_cards, label: "{it.pan|last4}"}, none: {end: failed}}
  - {id: to, ask: target, text: To?, accept: [text]}
  - {id: sum, ask: amount, text: How much?}
  - {id: quote, call: bank.quote, with: {source: source, target: target, amount: amount}, save: {fee: fee}}
"""
_PAYMENT = """\
  - id: sureN
    confirm: [source, target, amount, fee]
    text: "N: {source} {target|mask} {amount|money} {fee|money}"
    ttl: 3m
  - id: payN
    call: bank.transfer
    effect: money
    with: {source: source, target: target, amount: amount, fee: fee}
    on: {ok: NEXT, refused: refused, pending: NEXT, unknown: NEXT}
"""
_TAIL = """\
  - {id: refused, say: "Refused: {reason}", go: after}
  - {id: unclear, say: Not clear yet, go: after}
  - {id: after, ask: note, text: "Anything else?"}
  - {id: over, say: "Noted {note}", end: done}
"""


def bills(count: int, wait: str) -> str:
    """`wait` is the step `settle` in YAML, with `OF` where the entries of all payments belong."""
    slots = "\n".join(f"  ref{n}: id" for n in range(1, count + 1))
    text = _HEAD.replace("SLOTS", slots)
    for n in range(1, count + 1):
        following = f"sure{n + 1}" if n < count else "settle"
        text += _PAYMENT.replace("NEXT", following).replace("N", str(n))
    entry = "{event: bank.settled, match: {op: payN.op}, save: {refN: reference}}"
    entries = ", ".join(entry.replace("N", str(n)) for n in range(1, count + 1))
    return text + wait.replace("OF", f"[{entries}]") + _TAIL


def all_of(count: int) -> str:
    shown = " ".join(f"{{ref{n}}}" for n in range(1, count + 1))
    return bills(
        count,
        "  - {id: settle, wait: all, of: OF, text: Waiting, timeout: 15m,"
        " on: {ok: receipt, refused: refused, timeout: unclear}}\n"
        f'  - {{id: receipt, say: "All paid: {shown}", go: after}}\n',
    )


def any_of(count: int) -> str:
    text = bills(
        count,
        "  - {id: settle, wait: any, of: OF, text: Waiting, timeout: 15m,"
        " on: {ok: receipt, refused: refused, timeout: unclear}}\n"
        "  - {id: receipt, say: One is paid, go: after}\n"
        '  - {id: first, say: "The first is paid: {ref1}", go: after}\n',
    )
    return text.replace("save: {ref1: reference}}", "save: {ref1: reference}, go: first}")


def begun(flow: str, talk: Conversation | None = None) -> Conversation:
    """At the first confirmation."""
    talk = (talk or Conversation(programs_with(flow))).welcomed()
    talk.says("/bills")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")
    talk.says("0501234567")
    talk.says("10")
    talk.bank_answers(data=QUOTE)
    return talk


def pay(talk: Conversation, arm: Any = "pending") -> None:
    talk.taps("yes")
    talk.bank_answers(arm)


def waiting(flow: str, count: int, talk: Conversation | None = None) -> Conversation:
    """At the wait, with every payment under way."""
    talk = begun(flow, talk)
    for _ in range(count):
        pay(talk)
    assert talk.step == "bills.settle"
    return talk


def outcome(talk: Conversation, number: int, how: str = "ok", **more: Any) -> BankEvent:
    """What the bank makes known of the payment with this number, beginning with 1."""
    op = talk.called("transfer")[number - 1].id
    data = {"op": op, "outcome": how, "reference": f"R{number}", **more}
    return BankEvent(name="bank.settled", data=data)
