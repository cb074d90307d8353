"""Flows that run each other around two payments, beside the shipped ones; and the same with one of them changed."""

from __future__ import annotations

from typing import Final

from core.dialog.compiler import Compilation, compile_loaded
from core.dialog.loader import FlowFiles
from core.dialog.source import read_source
from tests.dialog_hardening.shipped import CATALOGUE, shipped_folder

FAMILY: Final = {
    "pay_friend": """\
flow: pay_friend
entry: {command: pay_friend}
auth: {level: otp, fresh: 5m}
slots:
  source: {type: card, pii: card}
  target: {type: payee, pii: card}
  amount: {type: money, in: source.currency, label: the sum}
  fee: money
  quote: id
  ref: id
steps:
  - {id: who, run: who_are_you, else: stopped}
  - id: from
    ask: source
    text: Which card?
    choices: {of: bank.my_cards, label: "{it.name} {it.pan|last4}"}
    none: {end: failed}
  - {id: to, run: whom, save: {target: target}, on: {cancelled: stopped}, else: stopped}
  - {id: sum, ask: amount, text: How much?}
  - id: enough
    branch: [{if: amount > source.available, go: more}]
    else: quote
  - {id: more, run: top_up, on: {done: quote}, else: stopped}
  - id: quote
    call: bank.quote
    with: {source: source, target: target, amount: amount}
    save: {fee: fee, quote: quote}
    on: {ok: review, refused: stopped, unknown: stopped}
  - id: review
    confirm: [source, target, amount, fee, quote]
    text: "{amount|money} to {target|mask} from {source|mask}, fee {fee|money}. Send?"
    edit: [amount]
    ttl: 3m
    yes: pay
    no: stopped
  - id: pay
    call: bank.transfer
    effect: money
    with: {source: source, target: target, amount: amount, fee: fee, quote: quote}
    save: {ref: reference}
    on: {ok: receipt, refused: stopped, pending: unclear, unknown: unclear}
  - {id: receipt, say: "Sent {amount|money}, {ref}", end: done}
  - {id: stopped, say: Nothing was sent, end: cancelled}
  - {id: unclear, say: A person will check, handoff: payments}
""",
    "who_are_you": """\
flow: who_are_you
auth: {level: otp, fresh: 5m}
steps:
  - id: login
    auth: otp
    else: {end: failed}
  - {id: hello, say: "Hello, {customer_name}", end: done}
""",
    "whom": """\
flow: whom
returns: [target]
slots: {target: {type: payee, pii: card}}
steps:
  - {id: to, ask: target, text: Whom?, accept: [text, contact], else: {end: failed}}
  - {id: chosen, end: done}
""",
    "top_up": """\
flow: top_up
auth: {level: otp}
slots:
  source: {type: card, pii: card}
  target: {type: payee, pii: card}
  amount: {type: money, in: UAH}
  fee: money
  quote: id
steps:
  - {id: who, run: who_are_you, else: no}
  - {id: from, ask: source, text: From?, choices: {of: bank.my_cards, label: "{it.name}"}, none: no}
  - {id: to, run: whom, save: {target: target}, else: no}
  - {id: sum, ask: amount, text: How much?}
  - id: quote
    call: bank.quote
    with: {source: source, target: target, amount: amount}
    save: {fee: fee, quote: quote}
    on: {ok: review, refused: no, unknown: no}
  - id: review
    confirm: [source, target, amount, fee, quote]
    text: "{amount|money} from {source|mask} to {target|mask}, {fee|money}?"
    ttl: 2m
    yes: pay
    no: no
  - id: pay
    call: bank.transfer
    effect: money
    with: {source: source, target: target, amount: amount, fee: fee, quote: quote}
    on: {ok: yes, refused: no, pending: no, unknown: no}
  - {id: yes, say: Done, end: done}
  - {id: no, say: Not done, end: failed}
""",
}


def compile_family(flow: str, content: str | bytes) -> Compilation:
    """The shipped folder with the family in it, in the base language only; `flow` has this content."""
    folder = shipped_folder()
    for name, text in {**FAMILY, flow: content}.items():
        folder.flows[name] = FlowFiles(name, read_source(text, f"{name}.yaml", folder.problems))
    return compile_loaded(folder, CATALOGUE, ("uk",))
