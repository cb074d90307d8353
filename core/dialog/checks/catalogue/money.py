"""Nothing moves without proof of who it is and a confirmation of the same values; secrets stay secret."""

from __future__ import annotations

from typing import Final

from core.dialog.checks.catalogue.entry import Entry, flow, payment

_AUTH: Final = "  - {id: login, auth: otp, else: {end: failed}}\n"
_CODE: Final = (
    "- {id: typed, ask: code, text: The code?}\n"
    "- {id: check, call: bank.verify_code, with: {otp_id: '\"1\"', code: code}}\n- {id: fine, say: Fine, end: done}"
)


def _code(old: str, new: str, slots: str = "{code: secret}") -> dict[str, str]:
    return flow(_CODE.replace(old, new, 1), slots)


MONEY: Final = (
    Entry(
        "auth_missing",
        "error",
        "An effect can be reached without the auth that the flow needs.",
        "Whoever holds the phone could move the money. What a caller has proven does not count: each flow "
        "with an effect proves who it is itself, or by a flow that it runs.",
        "Put a step with `auth:` before it, on every way.",
        payment((_AUTH, "")),
    ),
    Entry(
        "auth_undeclared",
        "error",
        "A flow has an effect and does not say which auth it needs.",
        "Then nothing could be checked.",
        "Write `auth: {level: otp, fresh: 5m}` at the flow.",
        payment(("auth: {level: otp}\n", "")),
    ),
    Entry(
        "unknown_level",
        "error",
        "A level of auth does not exist.",
        "Nobody could prove it.",
        "Write none, phone, otp or card.",
        flow("- {id: who, auth: pin, else: {end: failed}}\n- {id: hello, say: Hello, end: done}", "{}"),
    ),
    Entry(
        "level_unprovable",
        "error",
        "A step asks for a level that the login cannot prove.",
        "Nobody would ever get past it.",
        "Ask for less, or let `login` call an operation that grants it.",
        flow("- {id: who, auth: card, else: {end: failed}}\n- {id: hello, say: Hello, end: done}", "{}"),
    ),
    Entry(
        "sent_again",
        "error",
        "An effect can be reached again while nobody knows how it ended the first time.",
        "The bank's silence may mean that the money has moved; a second call would move it once more.",
        "Wait for the bank's event, and let only its `ok` and `refused` lead back.",
        payment(("unknown: over", "unknown: sum")),
    ),
    Entry(
        "not_sealed",
        "error",
        "An effect sends a value that the customer has not confirmed.",
        "They would pay what they never saw. A confirmation holds until a value is written, an effect leaves, "
        "somebody signs in or another confirmation comes, also in a flow that is run.",
        "Put the slot into the `confirm` right before it.",
        payment(
            ("yes: pay}", "yes: more}"),
            ("  - id: pay", "  - {id: more, ask: amount, text: How much really?}\n  - id: pay"),
        ),
    ),
    Entry(
        "not_shown",
        "error",
        "A confirmed value is not shown in the text of the confirmation.",
        "Yes to what was not seen is no agreement. The customer's own card is only a warning, an id nothing.",
        "Show it in the text of the `confirm`; a masked sum says nothing.",
        payment(("Send {amount|money}?", "Send it?")),
    ),
    Entry(
        "effect_argument",
        "error",
        "An effect is given something that is worked out in place.",
        "What was confirmed must be what is sent, so it must be a slot.",
        "Put the value into a slot and confirm it.",
        payment(("with: {amount: amount}", "with: {amount: amount + amount}")),
    ),
    Entry(
        "wait_after_confirm",
        "warning",
        "The flow waits between the confirmation and the effect.",
        "Time runs out and other things may be confirmed meanwhile; the customer said yes and then reads a refusal.",
        "Ask before the `confirm`, or hold the customer with `hold: true`.",
        payment(
            ("slots: {amount", "slots: {why: text, amount"),
            ("yes: pay}", "yes: reason}"),
            ("  - id: pay", "  - {id: reason, ask: why, text: What for?}\n  - id: pay"),
            ("The bank has it", '"The bank has it: {why}"'),
        ),
    ),
    Entry(
        "unknown_arm_missing",
        "error",
        "An effect has no way for when the bank stays silent.",
        "Silence after sending is neither success nor failure; whoever guesses pays twice.",
        "Add `unknown:` under `on`.",
        payment((", unknown: over", "")),
    ),
    Entry(
        "pending_arm_missing",
        "error",
        "An effect has no way for when the bank is still at it.",
        "It is neither done nor refused yet.",
        "Add `pending:` under `on`, to a `wait`.",
        payment((", pending: over", "")),
    ),
    Entry(
        "refused_arm_missing",
        "error",
        "An effect has no way for when the bank refuses.",
        "The customer must read why.",
        "Add `refused:` under `on`.",
        payment((", refused: over", "")),
    ),
    Entry(
        "effect",
        "error",
        "A step says another effect than the operation has.",
        "Who reads the flow must see where money moves.",
        "Write the effect that the operation declares.",
        payment(("    effect: money\n", "")),
    ),
    Entry(
        "effect_in_follow",
        "error",
        "A flow with an effect follows its newest revision.",
        "What was confirmed would meet a flow that did not show it.",
        "Write `revisions: pin`.",
        payment(("slots:", "revisions: follow\nslots:")),
    ),
    Entry(
        "effect_in_restart",
        "error",
        "A flow with an effect begins anew with each revision.",
        "Money under way would lose the wait for its end.",
        "Write `revisions: pin`.",
        payment(("slots:", "revisions: restart\nslots:")),
    ),
    Entry(
        "effect_in_choices",
        "error",
        "Choices come from an operation that has an effect.",
        "Looking at a list must move nothing.",
        "Take an operation that only reads.",
        flow(
            "- {id: sum, ask: cash, text: How much?}\n- {id: which, ask: card, text: Which?, "
            'choices: {of: bank.pay, with: {amount: cash}, label: "{it.name}"}}\n'
            '- {id: told, say: "{card}", end: done}',
            "{card: card, cash: {type: money, in: UAH}}",
        ),
    ),
    Entry(
        "outcome_unheeded",
        "warning",
        "After a flow that moves money the same is said however it ended.",
        '"Paid" after a refusal is the worst thing to say.',
        "Write `else:` for when it does not end well.",
        {
            **payment(),
            "second.yaml": "flow: second\nentry: {command: second}\nsteps:\n  - {id: part, run: example}\n"
            "  - {id: paid, say: Paid, end: done}\n",
        },
    ),
    Entry(
        "secret_shown",
        "error",
        "A secret is in a text or picture.",
        "What is in a chat is there for ever.",
        "Take it out.",
        _code("say: Fine", 'say: "Your code was {code}"'),
    ),
    Entry(
        "secret_formula",
        "error",
        "A formula looks at a secret.",
        "Nothing about it may be told from what the flow does.",
        "Let the bank's operation look at it.",
        _code("- {id: check", "- {id: look, branch: [{if: len(code) > 3, go: check}], else: check}\n- {id: check"),
    ),
    Entry(
        "secret_argument",
        "error",
        "A secret is given as a value that is not kept secret.",
        "It would be logged.",
        "Give it only where the operation takes a secret.",
        _code("otp_id: '\"1\"'", "otp_id: code"),
    ),
    Entry(
        "secret_not_taken",
        "error",
        "A secret that was typed is not taken by the next call.",
        "It is kept for no later step.",
        "Let a call that takes it follow at once.",
        flow("- {id: typed, ask: code, text: The code?}\n- {id: fine, say: Fine, end: done}", "{code: secret}"),
    ),
    Entry(
        "pii_unmasked",
        "warning",
        "A personal value is shown openly.",
        "Somebody may look over the shoulder, and chats are kept.",
        "Write `{slot|mask}`, unless it must be read.",
        flow(
            '- {id: first, ask: note, text: Your name?}\n- {id: told, say: "Hello {note}", end: done}',
            "{note: {type: text, pii: name}}",
        ),
    ),
)
