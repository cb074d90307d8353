"""How a flow comes out in the channels that it is checked for. The limits are those of each platform."""

from __future__ import annotations

from typing import Final

from core.dialog.checks.catalogue.entry import Entry, flow

_TOLD: Final = '- {id: told, say: "{note}", end: done}'


def _choices(*labels: str, text: str = "Which?") -> dict[str, str]:
    offered = ", ".join(f'{{value: v{place}, label: "{label}"}}' for place, label in enumerate(labels))
    return flow(f'- {{id: first, ask: note, text: "{text}", choices: [{offered}]}}\n{_TOLD}')


CHANNELS: Final = (
    Entry(
        "choices_as_list",
        "info",
        "More choices than a channel has buttons become a list.",
        "The customer opens the list first; one more tap.",
        "Offer fewer, if you can.",
        _choices("A", "B", "C", "D"),
        checked=True,
    ),
    Entry(
        "choices_in_pages",
        "info",
        "More choices than a channel's list holds are shown in pages.",
        "Those on later pages are hardly ever found.",
        "Offer fewer, if you can.",
        _choices(*"ABCDEFGHIJK"),
        checked=True,
    ),
    Entry(
        "label_cut",
        "info",
        "A label is longer than a channel shows.",
        "Its end is cut.",
        "Say it shorter.",
        _choices("A choice that is far too long", "B"),
        checked=True,
    ),
    Entry(
        "labels_alike_when_cut",
        "warning",
        "Labels that a channel cuts read the same.",
        "They can only be told apart by a number.",
        "Let them differ at their beginning.",
        _choices("Another card of mine, gold", "Another card of mine, silver"),
        beside=frozenset(("label_cut",)),
        checked=True,
    ),
    Entry(
        "choices_without_text",
        "warning",
        "There are choices and no text above them.",
        "Messengers send no buttons without a text.",
        "Write what is to be chosen.",
        _choices("A", "B", text=" "),
        checked=True,
    ),
    Entry(
        "text_split",
        "info",
        "A text is longer than a channel sends at once.",
        "It comes in parts, and the buttons under the last one.",
        "Say it shorter, if you can.",
        _choices("A", "B", text="a" * 101),
        checked=True,
    ),
    Entry(
        "sms_segments",
        "info",
        "A text is more than one SMS.",
        "Each is paid for; 70 signs with Cyrillic letters, 160 without.",
        "Say it shorter, if you can.",
        flow(f"- {{id: told, say: {'Ж' * 71}, end: done}}", "{}"),
        checked=True,
    ),
    Entry(
        "answer_impossible",
        "warning",
        "A question can only be answered by what a channel cannot send.",
        "Nobody there gets past it.",
        "Accept `text` as well.",
        flow(
            '- {id: first, ask: phone, text: Yours?, accept: [contact]}\n- {id: told, say: "{phone}", end: done}',
            "{phone: phone}",
        ),
        checked=True,
    ),
    Entry(
        "after_window",
        "warning",
        "Something may last longer than a channel lets the bot write.",
        "WhatsApp and Messenger take messages within 24 hours of the customer's last one.",
        "Let it end sooner.",
        flow(f"- {{id: first, ask: note, text: Well?, timeout: 2d}}\n{_TOLD}"),
        checked=True,
    ),
)
