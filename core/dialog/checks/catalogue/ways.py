"""Where steps lead, and which flows run which."""

from __future__ import annotations

from typing import Final

from core.dialog.checks.catalogue.entry import EXAMPLE_FILE, Entry, flow, payment

_HELLO: Final = "- {id: hello, say: Hello, end: done}"
_ASK: Final = "- {id: first, ask: note, text: Well?}"
_TOLD: Final = '- {id: told, say: "{note}", end: done}'
_PICK: Final = "- {id: first, ask: note, text: Which?, choices: [{value: a, label: Yes}, {value: b, label: No}]%s}"
_CHAIN: Final = {
    f"deep_{number}.yaml": f"flow: deep_{number}\nsteps:\n  - {{id: on, run: deep_{number + 1}, end: done}}\n"
    for number in range(12)
}

WAYS: Final = (
    Entry(
        "unknown_step",
        "error",
        "A target is no step of the flow.",
        "The customer would get stuck there.",
        "Correct the id; the nearest one is suggested.",
        flow("- {id: hello, say: Hello, go: helo}", "{}"),
    ),
    Entry(
        "unreachable",
        "error",
        "No way leads to a step.",
        "It is never said; often the way to it was forgotten.",
        "Lead a way to it or remove it.",
        flow(f"{_HELLO}\n- {{id: bye, say: Bye, end: done}}", "{}"),
    ),
    Entry(
        "dead_end",
        "error",
        "After a step nothing follows.",
        "The conversation would simply stop.",
        "Write `end: done` beside it, or where it goes.",
        flow("- {id: hello, say: Hello}", "{}"),
    ),
    Entry(
        "loop_without_wait",
        "error",
        "Steps go round without ever waiting for the customer.",
        "The engine stops such a flow after 200 steps, and the customer reads that it broke.",
        "Put an `ask` or a `wait` into the circle.",
        flow("- {id: hello, say: Hello, go: hello}", "{}"),
    ),
    Entry(
        "no_way_out",
        "error",
        "A question that holds the customer has no way out.",
        "With `hold` no word of theirs leads away, so `else` must, and to somewhere else.",
        "Add `else:`.",
        flow(f"- {{id: first, ask: note, text: Well?, hold: true}}\n{_TOLD}"),
    ),
    Entry(
        "on_without_choices",
        "error",
        "`on` of a question names values, but it has no written choices.",
        "Only written choices have values that are known beforehand.",
        "Write `choices`.",
        flow(f"- {{id: first, ask: note, text: Well?, on: {{yes: told}}}}\n{_TOLD}"),
    ),
    Entry(
        "unknown_value",
        "error",
        "`on` names a value that is not offered.",
        "The way is never gone.",
        "Name one of the values.",
        flow(f"{_PICK % ', on: {c: told}'}\n{_TOLD}"),
    ),
    Entry(
        "doubled_value",
        "error",
        "A value is offered twice.",
        "Nobody could tell which of the two was meant.",
        "Give each choice its own value.",
        flow(f"{_PICK.replace('value: b', 'value: a') % ''}\n{_TOLD}"),
    ),
    Entry(
        "label_collision",
        "error",
        "Two buttons read the same.",
        "The customer could not tell them apart.",
        "Give each its own label.",
        flow(f"{_PICK.replace('label: No', 'label: yes') % ''}\n{_TOLD}"),
    ),
    Entry(
        "choices_missing",
        "error",
        "A value of this type cannot be typed, and nothing is offered.",
        "A card, say, is only ever chosen.",
        "Add `choices`.",
        flow('- {id: first, ask: card, text: Which?}\n- {id: told, say: "{card}", end: done}', "{card: card}"),
    ),
    Entry(
        "own_without_contact",
        "error",
        "`own` speaks of contacts, but none is accepted.",
        "It would do nothing.",
        "Add `accept: [contact]` or remove `own`.",
        flow(f"- {{id: first, ask: note, text: Well?, own: true}}\n{_TOLD}"),
    ),
    Entry(
        "arm_missing",
        "error",
        "A wait has no way for one of its ends.",
        "It ends by `ok`, `refused` or `timeout`, always.",
        "Add the arm under `on`.",
        payment(
            ("pending: over", "pending: settle"),
            (
                "  - {id: over",
                "  - {id: settle, wait: bank.settled, match: {op: pay.op}, "
                "text: Still at it, timeout: 15m, on: {ok: over, refused: over}}\n  - {id: over",
            ),
        ),
    ),
    Entry(
        "unknown_arm",
        "error",
        "A call has a way for an end that the operation never has.",
        "The way is never gone.",
        "Remove it; the arms of the operation are named.",
        flow("- {id: look, call: bank.my_cards, on: {ok: hello, pending: hello}}\n" + _HELLO, "{}"),
    ),
    Entry(
        "other_without_choices",
        "error",
        "`other` of a question stands beside no choices.",
        "It is the button for none of them.",
        "Write `choices`, or remove `other`.",
        flow(f"- {{id: first, ask: note, text: Well?, other: {{label: More, go: {{end: failed}}}}}}\n{_TOLD}"),
    ),
    Entry(
        "case_form",
        "error",
        "A case of a branch has neither a condition nor a share, or both.",
        "Nobody could tell when it is taken.",
        "Write `{if: ..., go: ...}` or `{share: 20%, go: ...}`.",
        flow(f"- {{id: way, branch: [{{go: hello}}], else: hello}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "share_sum",
        "error",
        "The shares of a branch are more than the whole, or one is nothing.",
        "Some of them would never be taken.",
        "Let them be at most 100% together; `else` gets the rest.",
        flow(f"- {{id: way, branch: [{{share: 60%, go: hello}}, {{share: 50%, go: hello}}]}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "else_never",
        "warning",
        "The shares of a branch leave nothing to its `else`.",
        "The way is never gone.",
        "Take it out.",
        flow(
            f"- {{id: way, branch: [{{share: 60%, go: hello}}, {{share: 40%, go: hello}}], else: hello}}\n{_HELLO}",
            "{}",
        ),
    ),
    Entry(
        "draw_without_share",
        "error",
        "`draw` of a branch speaks of shares, and there is none.",
        "It would do nothing.",
        "Remove it.",
        flow(f"- {{id: way, branch: [{{if: 'lang == \"uk\"', go: hello}}], else: hello, draw: visit}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "doubled_case",
        "error",
        "Two cases of a branch have one name.",
        "Tests and the funnel could not tell them apart.",
        "Give each a `name` of its own.",
        flow(f"- {{id: way, branch: [{{share: 20%, go: hello}}, {{share: 20%, go: hello}}]}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "wait_form",
        "error",
        "A wait for several events is not written as one.",
        "`wait: all` or `wait: any` has its events, with what they match and save, under `of`.",
        "Write it as the sentence says.",
        flow(
            "- {id: both, wait: all, text: Wait, timeout: 15m, on: {ok: hello, refused: hello, timeout: hello}}\n"
            + _HELLO,
            "{}",
        ),
    ),
    Entry(
        "doubled_wait",
        "error",
        "A wait for several events names the same one twice.",
        "It can only come once.",
        "Remove one of them.",
        payment(
            ("pending: over", "pending: settle"),
            (
                "  - {id: over",
                "  - id: settle\n    wait: all\n    of:\n      - {event: bank.settled, match: {op: pay.op}}\n"
                "      - {event: bank.settled, match: {op: pay.op}}\n    text: Still at it\n    timeout: 15m\n"
                "    on: {ok: over, refused: over, timeout: over}\n  - {id: over",
            ),
        ),
    ),
    Entry(
        "two_times",
        "error",
        "A flow that begins later has two times.",
        "It begins `after` some time or `at` a time.",
        "Remove one of them.",
        flow(f'- {{id: later, run: menu, after: 2h, at: "10:00"}}\n{_HELLO}', "{}"),
    ),
    Entry(
        "time_missing",
        "error",
        "A flow that begins on a day has no time.",
        "At what time of that day?",
        "Write `at`.",
        flow(f"- {{id: first, ask: day, text: When?}}\n- {{id: later, run: menu, on: day}}\n{_HELLO}", "{day: date}"),
        beside=frozenset(("after_window",)),
    ),
    Entry(
        "follow_up_form",
        "error",
        "A flow that begins later is asked to bring something back, or one that runs now has a `key`.",
        "This flow goes on at once and is over by then.",
        "Remove the key that is named.",
        flow(f"- {{id: later, run: menu, after: 2h, else: hello}}\n{_HELLO}", "{}"),
    ),
    Entry(
        "moved_nowhere",
        "error",
        "`moved` leads to a step that is not there.",
        "People who stand on the removed step would be told that their flow is gone.",
        "Name a step that is there.",
        flow(_HELLO, "{}", "entry: {command: example}\nrevisions: follow\nmoved: {hallo: helo}"),
    ),
    Entry(
        "moved_still_there",
        "warning",
        "`moved` names a step that is still there.",
        "People are led away from it all the same.",
        "Take it out of `moved`, or remove the step.",
        flow(
            f"- {{id: hi, say: Hi}}\n{_HELLO}", "{}", "entry: {command: example}\nrevisions: follow\nmoved: {hi: hello}"
        ),
    ),
    Entry(
        "moved_unused",
        "warning",
        "`moved` is written in a flow that moves nobody.",
        "Only with `revisions: follow` do people go on with the newest revision.",
        "Remove it.",
        flow(_HELLO, "{}", "entry: {command: example}\nmoved: {hi: hello}"),
    ),
    Entry(
        "unknown_flow",
        "error",
        "A flow that is run is not there.",
        "The conversation would break.",
        "Correct the name; the nearest one is suggested.",
        flow("- {id: other, run: mennu, end: done}", "{}"),
    ),
    Entry(
        "recursion",
        "error",
        "Flows run each other in a circle.",
        "The conversation would go down for ever.",
        "Let the flow that was run end, and go on in the one that ran it.",
        flow("- {id: again, run: example, end: done}", "{}"),
    ),
    Entry(
        "runs_too_deep",
        "error",
        "Flows run flows that run flows, more than 12 deep.",
        "The engine keeps no deeper conversation.",
        "Let fewer flows run each other.",
        {
            **_CHAIN,
            EXAMPLE_FILE: flow("- {id: on, run: deep_0, end: done}", "{}")[EXAMPLE_FILE],
            "deep_12.yaml": "flow: deep_12\nsteps:\n  - {id: hello, say: Hello, end: done}\n",
        },
        shown="A chain of fourteen flows, each of which runs the next one.",
    ),
    Entry(
        "nobody_starts",
        "error",
        "Nobody can start a flow.",
        "It has no entry, and no flow runs it.",
        "Give it an `entry`, or run it from another flow.",
        flow(_HELLO, "{}", "about: A flow"),
    ),
    Entry(
        "doubled_entry",
        "error",
        "A phrase, command, link, intent or title belongs to another flow already.",
        "The customer's words must lead to one flow.",
        "Choose other words.",
        {
            **flow(_HELLO, "{}"),
            "second.yaml": flow(_HELLO, "{}")[EXAMPLE_FILE].replace("flow: example", "flow: second"),
        },
    ),
    Entry(
        "title_missing",
        "warning",
        "A flow has phrases but no title.",
        "Words that only resemble its phrases are asked about by its title.",
        "Write `title:` as customers would call it.",
        flow(_HELLO, "{}", "entry: {phrases: {en: [say hello to me]}}"),
    ),
    Entry(
        "outcome_never",
        "warning",
        "A way is written for an outcome that the flow which is run never has.",
        "The way is never gone.",
        "Remove it.",
        {
            **flow("- {id: part, run: part, on: {refused: hello}}\n" + _HELLO, "{}"),
            "part.yaml": "flow: part\nsteps:\n  - {id: hi, say: Hi, end: done}\n",
        },
    ),
    Entry(
        "untested_step",
        "info",
        "No test goes through a step.",
        "What was never played may not do what it should.",
        "Write a test that goes there.",
        {
            **flow(
                "- {id: first, ask: note, text: Well?, else: told}\n"
                f"- {{id: way, branch: [{{if: 'note == \"x\"', go: odd}}], "
                f"else: told}}\n- {{id: odd, say: Odd}}\n{_TOLD.replace('{note}', 'Thanks')}"
            ),
            "example.test.yaml": "- test: well\n  given: {customer: anna}\n  talk:\n"
            "    - me: /example\n    - me: fine\n",
        },
    ),
    Entry(
        "test_failed",
        "error",
        "A test did not go as it is written.",
        "Something that worked no longer does, or the test is old.",
        "Read what was expected and what came, at the line of the test.",
        {
            **flow(_HELLO, "{}"),
            "example.test.yaml": "- test: hello\n  given: {customer: anna}\n  talk:\n    - me: /example\n"
            "    - bot: {reads: Bye}\n",
        },
    ),
)
