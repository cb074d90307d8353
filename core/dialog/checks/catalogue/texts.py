"""Texts, their translations, and the texts of the engine."""

from __future__ import annotations

from typing import Final

from core.dialog.checks.catalogue.entry import EXAMPLE_FILE, Entry, flow
from core.dialog.engine_texts import ENGINE_TEXTS
from core.dialog.texts import digest

_BOTH: Final = ("uk", "en")
_NAMED: Final = flow('- {id: first, ask: note, text: Well?}\n- {id: told, say: "So {note}", end: done}')[EXAMPLE_FILE]


_FIRST: Final = f"first.text: {{of: {digest('Well?')}, text: Well?}}"
_TOLD: Final = f'told.say: {{of: {digest("So {note}")}, text: "So {{note}}"}}'


def _english(*lines: str) -> dict[str, str]:
    """The flow with these lines of English texts."""
    return {EXAMPLE_FILE: _NAMED, "example.en.yaml": "".join(f"{line}\n" for line in lines)}


TEXTS: Final = (
    Entry(
        "text",
        "error",
        "A text is wrong: a name, a filter or a brace.",
        "It could not be written out.",
        "Correct it at the place that is named.",
        flow('- {id: told, say: "{nota}", end: done}', "{}"),
    ),
    Entry(
        "plural_forms",
        "error",
        "A plural has another number of forms than its language.",
        "Ukrainian, Russian and Belarusian have one, few and many; English has one and other.",
        "Write all of them.",
        flow(
            '- {id: first, ask: count, text: "How many?"}\n- {id: told, say: "{count|plural: card, cards}", end: done}',
            "{count: int}",
        ),
    ),
    Entry(
        "variant_hides",
        "error",
        "A variant of a confirmation for some channel does not show what a yes seals.",
        "Customers of that channel would agree to what they never saw.",
        "Show the same values in it.",
        flow(
            '- {id: first, ask: note, text: Well?}\n- {id: sure, confirm: [note], text: "{note}?", '
            'variants: {sms: Sure?}, ttl: 3m}\n- {id: told, say: "{note}", end: done}'
        ),
    ),
    Entry(
        "unknown_channel",
        "error",
        "A variant is for a channel that does not exist.",
        "Nobody would ever read it.",
        "Name a channel; the nearest one is suggested.",
        flow("- {id: hello, say: Hello, variants: {vyber: Hi}, end: done}", "{}"),
    ),
    Entry(
        "two_attachments",
        "error",
        "A message has a picture and a document.",
        "It can carry one of them.",
        "Send the document by a `say` of its own.",
        flow(
            "- id: hello\n  say: Hello\n  image: {card: receipt, alt: A}\n"
            "  document: {card: receipt, alt: A, name: a.pdf}\n  end: done",
            "{}",
        ),
    ),
    Entry(
        "document_name",
        "error",
        "A document has a name that not every messenger takes.",
        "It would arrive under another name, or not at all.",
        "Write Latin letters, digits, - and _, and .pdf at the end.",
        flow('- {id: hello, say: Hello, document: {card: receipt, alt: A, name: "чек.pdf"}, end: done}', "{}"),
    ),
    Entry(
        "translation_missing",
        "error",
        "A text has no translation.",
        "The customer would read another language.",
        "Write it in the file of the language.",
        _english(_FIRST),
        langs=_BOTH,
    ),
    Entry(
        "translation_stale",
        "error",
        "A text was translated from another text than it has now.",
        "It may say what is no longer true.",
        "Check it, then write the digest that is named.",
        _english("first.text: {of: 0123456789ab, text: Well?}", _TOLD),
        langs=_BOTH,
    ),
    Entry(
        "translation_extra",
        "error",
        "A translation has no text that it translates.",
        "It is never read.",
        "Remove it.",
        _english(_FIRST, _TOLD, "gone.say: {of: 0123456789ab, text: Gone}"),
        langs=_BOTH,
    ),
    Entry(
        "placeholders_differ",
        "error",
        "A translation shows other values than the base text.",
        "Customers of that language would miss a sum, or the flow would break.",
        "Show the same values.",
        _english(_FIRST, f"told.say: {{of: {digest('So {note}')}, text: So}}"),
        langs=_BOTH,
    ),
    Entry(
        "engine_text_missing",
        "error",
        "The engine has a text that is not written.",
        "It would have nothing to say.",
        "Write it in `system/engine.<lang>.yaml`.",
        {"system/engine.uk.yaml": "".join(f"{key}: Text\n" for key in ENGINE_TEXTS if key != "no")},
        shown="An `engine.uk.yaml` that lacks the key `no`.",
    ),
    Entry(
        "engine_text_unknown",
        "error",
        "A text of the engine's files is none that it says.",
        "It is never said.",
        "Correct the key; the nearest one is suggested.",
        {"engine.uk.yaml": "canceled: Stopped\n"},
    ),
)
