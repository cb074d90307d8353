"""Defects that people put into flows, each into the smallest flow that shows it; `«»` marks where it must be found."""

from __future__ import annotations

from typing import NamedTuple

TRANSFER = """\
flow: pay_friend
entry: {command: pay_friend}
auth: {level: otp, fresh: 5m}
slots:
  source: {type: card, pii: card}
  target: {type: payee, pii: card}
  amount: {type: money, in: source.currency, label: the sum}
  fee: money
  payee: text
  ref: id
steps:
  - id: login
    auth: otp
    else: {end: failed}
  - id: from
    ask: source
    text: Which card?
    choices: {of: bank.my_cards, label: "{it.name} {it.pan|last4}"}
    none: {end: failed}
  - id: to
    ask: target
    text: Whom?
    accept: [text, contact]
  - id: sum
    ask: amount
    text: How much?
    check: [{if: amount > source.available, say: "You have {source.available|money}"}]
  - id: quote
    call: bank.quote
    with: {source: source, target: target, amount: amount}
    save: {fee: fee, payee: payee}
    on: {ok: review, refused: refused, unknown: later}
  - id: review
    confirm: [source, target, amount, fee]
    text: "{amount|money} to {payee}, {target|mask}, from {source|mask}. Fee {fee|money}. Send?"
    edit: [amount]
    ttl: 3m
    yes: pay
    no: stopped
  - id: pay
    call: bank.transfer
    effect: money
    with: {source: source, target: target, amount: amount, fee: fee}
    save: {ref: reference}
    on: {ok: receipt, refused: refused, pending: settle, unknown: settle}
  - id: settle
    wait: bank.settled
    match: {op: pay.op}
    save: {ref: reference}
    text: The bank is still at it.
    timeout: 15m
    on: {ok: receipt, refused: refused, timeout: unclear}
  - {id: receipt, say: "Sent {amount|money}, {ref}", end: done}
  - {id: refused, say: "No, {reason}", end: refused}
  - {id: stopped, say: Nothing was sent, end: cancelled}
  - {id: later, say: Later, end: failed}
  - {id: unclear, say: A person will check, handoff: payments}
"""
SMALL = """\
flow: small
entry: {command: small}
slots: {note: text, count: int, day: date, cash: {type: money, in: UAH}}
steps:
  - {id: first, ask: note, text: Say something}
  - {id: second, say: "{note}", end: done}
"""
SECRET = """\
flow: small
entry: {command: small}
slots: {code: secret, note: text}
steps:
  - {id: typed, ask: code, text: The code?}
  - {id: verify, call: bank.verify_code, with: {otp_id: '"o1"', code: code}}
  - {id: fine, say: Fine, end: done}
"""


class Defect(NamedTuple):
    """What is changed in the flow, and the code of the finding in the line that holds `«` afterwards."""

    flow: str
    code: str
    changes: tuple[tuple[str, str], ...]
    severity: str = "error"


def _in(flow: str, code: str, *changes: tuple[str, str]) -> Defect:
    return Defect(flow, code, changes)


def _warned(flow: str, code: str, *changes: tuple[str, str]) -> Defect:
    return Defect(flow, code, changes, "warning")


_MARK_PAY = ("- id: pay\n", "- «id: pay\n")
_BEFORE_SECOND = "  - {id: second,"
_ON_PAY = "on: {ok: receipt, refused: refused, pending: settle, unknown: settle}"


def _then(step: str) -> tuple[str, str]:
    """A step between the two of the small flow."""
    return _BEFORE_SECOND, f"  - {step}\n{_BEFORE_SECOND}"


WRITTEN = {
    "a key twice": _in(SMALL, "doubled_key", ("text: Say something}", "text: Say, «text: Twice}")),
    "a key twice, lines apart": _in(TRANSFER, "doubled_key", ("    ttl: 3m\n", "    ttl: 3m\n    «ttl: 5m\n")),
    "an anchor": _in(SMALL, "anchor", ("text: Say something}", "text: «&t Say}")),
    "an alias": _in(SMALL, "anchor", ("text: Say something}", "text: «*t}")),
    "a merge of keys": _in(SMALL, "anchor", ("text: Say something}", "«<<: *t}")),
    "a tag": _in(SMALL, "tag", ("text: Say something}", "text: «!!str Say}")),
    "a tag that runs code": _in(SMALL, "tag", ("{note: text,", "{note: «!!python/object/apply:os.system [id],")),
    "a second document": _in(SMALL, "many_documents", ("steps:\n", "steps: []\n«---\nsteps:\n")),
    "a list that is not closed": _in(SMALL, "yaml", ("{note: text,", "{«note: [text,")),
    "a control sign": _in(SMALL, "yaml", ("Say something", "«Say \x07")),
    "no verb": _in(SMALL, "no_verb", ('say: "{note}", end: done', "«sya: x")),
    "two verbs": _in(SMALL, "two_verbs", ("text: Say something}", "text: Say, «say: x}")),
    "two ways": _in(SMALL, "two_ways", ("end: done", "end: done, «go: first")),
    "a step that is a list": _in(SMALL, "step_form", _then("«[say, x]")),
    "a key that does not exist": _in(SMALL, "unknown_key", ("text: Say something}", "text: Say, «txt: x}")),
    "a key that is missing": _in(SMALL, "missing_key", ("ask: note, text: Say something", "«ask: note")),
    "a number that is none": _in(SMALL, "invalid", ("text: Say something}", "text: Say, «tries: many}")),
    "a name with a capital": _in(SMALL, "invalid", ("id: second", "«id: Second")),
    "a step twice": _in(SMALL, "doubled_step", ("id: second", "«id: first")),
    "a wait without an end": _in(
        TRANSFER, "missing_key", ("- id: settle", "- «id: settle"), ("timeout: 15m\n", "hold: true\n")
    ),
    "an address that is not safe": _in(
        SMALL, "invalid", ("end: done", 'link: {url: «"http://x.y", label: x}, end: done')
    ),
}
WAYS = {
    "a typo in a target": _in(TRANSFER, "unknown_step", ("no: stopped", "«no: stoped")),
    "a step that nothing leads to": _in(
        SMALL, "unreachable", ("end: done}", "end: done}\n  - {«id: third, say: x, end: done}")
    ),
    "questions that only lead to each other": _in(
        SMALL,
        "unreachable",
        ("end: done}", "end: done}\n  - {«id: third, ask: note, text: x}\n  - {id: fourth, go: third}"),
    ),
    "a step after which nothing follows": _in(SMALL, "dead_end", (", end: done}", "}«")),
    "a circle that never waits": _in(
        TRANSFER,
        "loop_without_wait",
        ("- id: quote\n", "- «id: quote\n"),
        ("unknown: later}", "unknown: again}\n  - {id: again, go: quote}"),
    ),
    "a circle through a login that is there": _in(
        SMALL, "loop_without_wait", _then("{«id: a, auth: none, else: second}\n  - {id: b, go: a}")
    ),
    "a question without a way out": _in(SMALL, "no_way_out", ("text: Say something}", "text: Say, «hold: true}")),
    "a flow that runs itself": _in(SMALL, "recursion", ("flow: small", "flow: «small"), _then("{id: mid, run: small}")),
    "a flow that is not there": _in(SMALL, "unknown_flow", _then("{id: mid, «run: smell}")),
    "a flow that nobody can start": _in(
        SMALL, "nobody_starts", ("flow: small", "flow: «small"), ("entry: {command: small}\n", "")
    ),
    "a command of another flow": _in(SMALL, "doubled_entry", ("command: small", "«command: card")),
    "a link of another flow": _in(SMALL, "doubled_entry", ("{command: small}", "{command: small, «link: t}")),
    "a route for no choice": _in(
        SMALL,
        "unknown_value",
        ("text: Say something}", "text: Say, choices: [{value: a, label: A}], «on: {b: second}}"),
    ),
    "a value twice": _in(
        SMALL,
        "doubled_value",
        ("text: Say something}", "text: Say, «choices: [{value: a, label: A}, {value: a, label: B}]}"),
    ),
    "labels that read the same": _in(
        SMALL,
        "label_collision",
        ("text: Say something}", 'text: Say, «choices: [{value: a, label: A}, {value: b, label: " a"}]}'),
    ),
    "a wait without an arm": _in(
        TRANSFER,
        "arm_missing",
        ("on: {ok: receipt, refused: refused, timeout: unclear}", "«on: {ok: receipt, timeout: unclear}"),
    ),
    "a call with an arm that it does not have": _in(
        TRANSFER, "unknown_arm", ("unknown: later}", "unknown: later, «pending: later}")
    ),
    "an event of nobody": _in(TRANSFER, "unknown_event", ("wait: bank.settled", "«wait: bank.settles")),
}
VALUES = {
    "used before it has a value": _in(
        TRANSFER, "unassigned", ("text: How much?", 'text: «"How much? Fee {fee|money}"')
    ),
    "a value that is missing on the late way": _in(
        TRANSFER, "unassigned", ("timeout: unclear}", "timeout: receipt}"), ("id: receipt,", "«id: receipt,")
    ),
    "a slot that nobody uses": _warned(TRANSFER, "unused_slot", ("  ref: id\n", "  ref: id\n  «spare: text\n")),
    "a slot that does not exist": _in(SMALL, "unknown_slot", ("ask: note", "«ask: nite")),
    "a slot of no type": _in(TRANSFER, "unknown_type", ("  fee: money", "  «fee: mony")),
    "a slot of the engine's name": _in(TRANSFER, "reserved_name", ("  fee: money", "  fee: money\n  «lang: text")),
    "money without a currency": _in(
        SMALL, "currency_unknown", _then("{id: mid, «ask: bare, text: x}"), ("count: int", "bare: money")
    ),
    "a currency that does not exist": _in(SMALL, "currency_unknown", ("in: UAH", "«in: XX")),
    "two currencies in one formula": _in(
        SMALL,
        "expression",
        ("count: int", "usd: {type: money, in: USD}"),
        _then("{id: mid, branch: [{«if: cash < usd, go: second}]}"),
    ),
    "two currencies in one slot": _in(
        SMALL, "type", ("count: int", "usd: {type: money, in: USD}"), _then("{id: mid, «set: {cash: usd}}")
    ),
    "more decimals than the currency has": _in(
        SMALL, "expression", _then("{id: mid, branch: [{«if: cash < 1.005, go: second}]}")
    ),
    "a number where money belongs": _in(SMALL, "type", _then("{id: mid, «set: {cash: 5}}")),
    "a text where a number belongs": _in(SMALL, "type", _then("{id: mid, «set: {count: note}}")),
    "a date that is none": _in(SMALL, "type", _then("{id: mid, «set: {day: '\"2026-02-30\"'}}")),
    "text compared with a number": _in(SMALL, "expression", _then("{id: mid, branch: [{«if: note > 5, go: second}]}")),
    "a condition that is none": _in(SMALL, "type", _then("{id: mid, branch: [{«if: count, go: second}]}")),
    "an operation that does not exist": _in(TRANSFER, "unknown_operation", ("call: bank.quote", "«call: bank.quota")),
    "an argument that is missing": _in(
        TRANSFER,
        "argument_missing",
        ("with: {source: source, target: target, amount: amount}", "«with: {source: source, target: target}"),
    ),
    "an argument that does not exist": _in(
        TRANSFER, "unknown_argument", ("amount: amount}\n    save", "amount: amount, «tip: fee}\n    save")
    ),
    "an argument of the wrong type": _in(TRANSFER, "type", ("amount: amount}\n    save", "«amount: payee}\n    save")),
    "a field that does not exist": _in(TRANSFER, "unknown_field", ("save: {fee: fee,", "«save: {fee: fees,")),
    "a name that a text does not know": _in(SMALL, "text", ('say: "{note}"', 'say: «"{nota}"')),
    "a filter that does not exist": _in(TRANSFER, "text", ("Sent {amount|money}", "«Sent {amount|mony}")),
    "too few forms of a plural": _in(
        SMALL, "plural_forms", ('say: "{note}"', "say: «'{count|plural: картка, карток}'")
    ),
    "letters that only look plain": _in(
        SMALL, "expression", _then('{id: mid, branch: [{«if: ｎote == "x", go: second}]}')
    ),
}
MONEY = {
    "the login is gone": _in(
        TRANSFER, "auth_missing", ("  - id: login\n    auth: otp\n    else: {end: failed}\n", ""), _MARK_PAY
    ),
    "the login proves too little": _in(TRANSFER, "auth_missing", ("    auth: otp\n", "    auth: phone\n"), _MARK_PAY),
    "the flow does not say which login it needs": _in(
        TRANSFER, "auth_undeclared", ("auth: {level: otp, fresh: 5m}\n", ""), _MARK_PAY
    ),
    "the confirmation is gone": _in(TRANSFER, "not_sealed", ("{ok: review,", "{ok: pay,"), _MARK_PAY),
    "the confirmation forgets the fee": _in(TRANSFER, "not_sealed", ("amount, fee]\n", "amount]\n"), _MARK_PAY),
    "the confirmation does not show the fee": _in(TRANSFER, "not_shown", (" Fee {fee|money}.", ""), _MARK_PAY),
    "the confirmation masks the sum": _in(
        TRANSFER, "not_shown", ('"{amount|money} to', '"{amount|money|mask} to'), _MARK_PAY
    ),
    "the sum is asked again after the yes": _in(
        TRANSFER,
        "not_sealed",
        ("yes: pay", "yes: again"),
        ("  - id: pay\n", "  - {id: again, ask: amount, text: Really?}\n  - «id: pay\n"),
    ),
    "the sum is set after the yes": _in(
        TRANSFER,
        "not_sealed",
        ("yes: pay", "yes: again"),
        ("  - id: pay\n", "  - {id: again, set: {amount: fee}}\n  - «id: pay\n"),
    ),
    "a jump past the confirmation": _in(TRANSFER, "not_sealed", ("unknown: later}", "unknown: pay}"), _MARK_PAY),
    "paid again when the bank is silent": _in(
        TRANSFER, "not_sealed", (_ON_PAY, _ON_PAY.replace("unknown: settle", "unknown: pay")), _MARK_PAY
    ),
    "a sum that is worked out": _in(
        TRANSFER, "effect_argument", ("amount: amount, fee: fee}", "amount: amount + fee, fee: fee}"), _MARK_PAY
    ),
    "no arm for a silent bank": _in(TRANSFER, "unknown_arm_missing", (", unknown: settle}", "}"), _MARK_PAY),
    "no arm for a slow bank": _in(TRANSFER, "pending_arm_missing", ("pending: settle, ", ""), _MARK_PAY),
    "an effect that is not named": _in(TRANSFER, "effect", _MARK_PAY, ("    effect: money\n", "")),
    "an effect in a flow that follows": _in(
        TRANSFER, "effect_in_follow", ("slots:\n", "revisions: follow\nslots:\n"), _MARK_PAY
    ),
    "an effect in a flow that restarts": _in(
        TRANSFER, "effect_in_restart", ("slots:\n", "revisions: restart\nslots:\n"), _MARK_PAY
    ),
    "an effect among choices": _in(
        TRANSFER, "effect_in_choices", ("choices: {of: bank.my_cards,", "«choices: {of: bank.spend_all,")
    ),
    "a change to what nobody asks for": _in(TRANSFER, "not_asked", ("edit: [amount]", "«edit: [fee]")),
    "a level that does not exist": _in(TRANSFER, "unknown_level", ("    auth: otp\n", "    «auth: opt\n")),
}
SECRETS = {
    "a secret in a text": _in(SECRET, "secret_shown", ("say: Fine", 'say: «"Your code was {code}"')),
    "a secret that is masked in a text": _in(
        SECRET, "secret_shown", ("say: Fine", 'say: «"Your code was {code|mask}"')
    ),
    "a secret as another argument": _in(SECRET, "secret_argument", ("{otp_id: '\"o1\"', code", "{«otp_id: code, code")),
    "a secret in a condition": _in(
        SECRET,
        "secret_formula",
        ("  - {id: verify", "  - {id: look, branch: [{«if: len(code) > 3, go: fine}]}\n  - {id: verify"),
    ),
    "a secret in a slot": _in(
        SECRET, "secret_formula", ("  - {id: verify", "  - {id: copy, «set: {note: code}}\n  - {id: verify")
    ),
    "a secret that is kept": _in(
        SECRET,
        "secret_not_taken",
        ("{id: typed", "{«id: typed"),
        ("  - {id: verify", "  - {id: between, ask: note, text: And?}\n  - {id: verify"),
    ),
    "a personal value shown openly": _warned(
        SMALL, "pii_unmasked", ("{note: text,", "{note: {type: text, pii: name},"), ('say: "{note}"', 'say: «"{note}"')
    ),
    "a card's number shown openly": _warned(
        TRANSFER, "pii_unmasked", ("Sent {amount|money}", "«Sent {source.pan} {amount|money}")
    ),
}
NOTICE = """\
flow: cancelled
takes: [title]
slots: {title: text, next: choice}
steps:
  - id: what
    ask: next
    text: "{title}. What next?"
    choices: [{value: menu, label: The menu}, {value: bye, label: Nothing}]
    on: {menu: menu, bye: bye}
  - {id: menu, run: menu, end: done}
  - {id: bye, say: Bye, end: done}
"""
SYSTEM = {
    "a notice that holds": _in(
        NOTICE, "system_hold", ("  - id: what\n", "  - «id: what\n    hold: true\n    else: bye\n")
    ),
    "a notice that moves money": _in(
        NOTICE,
        "system_effect",
        ("  - {id: menu, run: menu, end: done}", "  - {«id: menu, call: bank.spend_all, effect: money}"),
    ),
    "a notice with a way in": _in(NOTICE, "system_entry", ("takes:", "entry: «{command: stop}\ntakes:")),
    "a notice that confirms": _in(
        NOTICE,
        "system_step",
        ("{id: menu, run: menu, end: done}", "{«id: menu, confirm: [next], text: '{next}?', ttl: 1m}"),
    ),
    "a notice that takes what nobody fills": _in(NOTICE, "unknown_take", ("takes: [title]", "takes: [«next]")),
}
