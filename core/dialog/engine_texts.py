"""What the engine itself says. Product owners write it in `system/engine.<lang>.yaml`, one file a language.

Every key must be there in every language. Keys that begin with `error.` are the reasons of refusals; `error.other`
stands for those that are not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.dialog.problems import Problems
from core.dialog.program import BASE_LANG, FlowText
from core.dialog.slot_types import SlotType, did_you_mean
from core.dialog.texts import Text, TextError, compile_text
from core.kernel.strict_yaml import Mark, Source

_TEXT: Final = SlotType("text")

# Each key with the values that its text may show.
ENGINE_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "auth_required": (),
    "bank_silent": (),
    "busy": (),
    "card_number": (),
    "change": ("what",),
    "error.other": (),
    "failed": (),
    "foreign_contact": (),
    "handed_back": (),
    "no": (),
    "nobody_came": (),
    "not_current": (),
    "refused": ("reason",),
    "retired": (),
    "seal_refused": (),
    "share_contact": (),
    "share_location": (),
    "tries_exhausted": (),
    "wrong": (),
    "yes": (),
}
# When each of them is said, for the README of the language.
MEANING: Final[Mapping[str, str]] = {
    "auth_required": "a login failed or grew old before an effect",
    "bank_silent": "a read of the bank got no answer and the flow has no arm for it",
    "busy": "the customer writes while the bank is being asked",
    "card_number": "a card number was typed into the chat; says why it was deleted",
    "change": "label of the button that edits a confirmed value; `{what}` is the slot's label",
    "error.other": "reason of a refusal that has no text of its own",
    "failed": "the flow broke; nothing was done",
    "foreign_contact": "somebody else's contact card where one's own was asked for",
    "handed_back": "the person has finished and no flow goes on; says that the bot is back",
    "no": "label of the button that declines",
    "nobody_came": "no person has finished in the time of the handoff; says that the bot is back",
    "not_current": "an old button was pressed",
    "refused": "the bank refused and the flow has no arm for it; `{reason}` is why",
    "retired": "the flow that the customer was in no longer exists",
    "seal_refused": "what would be sent is not what was confirmed, or was confirmed too long ago",
    "share_contact": "label of the button that shares the phone number",
    "share_location": "label of the button that shares the place where the customer is",
    "tries_exhausted": "too many answers that could not be read",
    "wrong": "an answer that could not be read, where the question has no `wrong`",
    "yes": "label of the button that confirms",
}
_REASON: Final = "error."


def compile_engine_texts(
    sources: Mapping[str, list[Source]], langs: tuple[str, ...], problems: Problems, folder: str
) -> dict[str, FlowText]:
    """The texts by key. `sources`: for each language its files, a later one overriding an earlier one key by key."""
    by_lang = {lang: _read(sources.get(lang, []), problems) for lang in langs}
    texts = {}
    for key in sorted({*ENGINE_TEXTS, *(key for found in by_lang.values() for key in found)}):
        found = {lang: compiled[key] for lang, compiled in by_lang.items() if key in compiled}
        for lang in langs:
            if lang not in found:
                mark = Mark(f"{folder}/system/engine.{lang}.yaml", 1, 1)
                problems.error("engine_text_missing", mark, f"the engine needs a text '{key}' in {lang}")
        if BASE_LANG in found:
            texts[key] = FlowText(key, Mark(folder, 1, 1), found)
    return texts


def _read(sources: list[Source], problems: Problems) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for source in sources:
        data = source.data if isinstance(source.data, dict) else {}
        if not data:
            problems.error("type", source.mark(()), "a file of engine texts maps keys to texts")
        for key, written in data.items():
            text = _text(source, key, written, problems)
            if text is not None:
                texts[key] = text
    return texts


def _text(source: Source, key: str, written: object, problems: Problems) -> Text | None:
    if key not in ENGINE_TEXTS and not key.startswith(_REASON):
        sentence = f"the engine has no text '{key}'{did_you_mean(key, ENGINE_TEXTS)}"
        problems.error("engine_text_unknown", source.key_mark((key,)), sentence)
        return None
    mark = source.mark((key,))
    if not isinstance(written, str) or not written.strip():
        problems.error("type", mark, f"'{key}' must be a text")
        return None
    try:
        return compile_text(written, dict.fromkeys(ENGINE_TEXTS.get(key, ()), _TEXT))
    except TextError as error:
        problems.error("text", mark, error.message)
        return None
