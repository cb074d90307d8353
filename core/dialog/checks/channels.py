"""What a channel cannot do as the flow wants it: how it comes out there, and what is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.dialog.channel_limits import ChannelLimits, sms_segments
from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.program import FlowText, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.choices import Hints, StaticOptions
from core.dialog.steps.confirm import ConfirmStep
from core.dialog.understanding import normalise

_PLACED: Final = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_HOUR_MS: Final = 3_600_000


def check_channels(graph: Graph, channels: Sequence[ChannelLimits], problems: Problems) -> None:
    for step in graph.program.steps.values():
        for channel in channels:
            _check_choices(step, channel, problems)
            _check_text(step, channel, problems)
            _check_answer(step, channel, problems)
            _check_window(step, channel, problems)


def _labels(step: Step) -> list[FlowText]:
    if isinstance(step, AskStep) and isinstance(step.offers, StaticOptions):
        return [label for _, label in step.offers.choices]
    if isinstance(step, ConfirmStep):
        return [label for label in (step.yes_label, step.no_label) if label is not None]
    return []


def _count(step: Step) -> int:
    """How many choices it offers; 0 where that is only known when it runs."""
    if isinstance(step, ConfirmStep):
        return 2 + len(step.editable)
    if isinstance(step, AskStep) and isinstance(step.offers, Hints):
        return len(step.offers.written)
    return len(_labels(step))


def _check_choices(step: Step, channel: ChannelLimits, problems: Problems) -> None:
    count = _count(step)
    if not count or not channel.buttons_max:
        return
    if count > max(channel.buttons_max, channel.list_max):
        most = max(channel.buttons_max, channel.list_max)
        sentence = f"on {channel.name} the {count} choices of '{step.id}' do not fit into one list of {most}"
        problems.info("choices_in_pages", step.mark, sentence, "They are shown in pages; offer fewer, if you can.")
    elif count > channel.buttons_max:
        sentence = f"on {channel.name} the {count} choices of '{step.id}' become a list instead of buttons"
        problems.info("choices_as_list", step.mark, sentence, f"Up to {channel.buttons_max} are buttons.")
    labels = _labels(step)
    for lang in {lang for label in labels for lang in label.by_lang}:
        _check_labels(labels, lang, channel, channel.label_room(count), problems)


def _check_labels(labels: list[FlowText], lang: str, channel: ChannelLimits, room: int, problems: Problems) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for label in labels:
        text = label.by_lang.get(lang)
        if text is None or text.reads:
            continue
        written = normalise(text.source)
        other, whole = seen.setdefault(written[:room], (label.key, written))
        if other != label.key and whole != written:
            sentence = (
                f"'{label.key}' and '{other}' read the same in {lang} when {channel.name} cuts them to {room} signs"
            )
            problems.warning("labels_alike_when_cut", label.mark, sentence, "Let them differ at their beginning.")
        elif channel.length(text.source) > room:
            sentence = f"'{label.key}' is cut to {room} signs on {channel.name} in {lang}"
            problems.info("label_cut", label.mark, sentence, "Say it shorter.")


def _check_text(step: Step, channel: ChannelLimits, problems: Problems) -> None:
    text = getattr(step, "text", None)
    if not isinstance(text, FlowText):
        return
    text = text.variants.get(channel.name, text)
    offers = _count(step) or getattr(step, "offers", None) is not None
    literals = {lang: _literal(compiled.source) for lang, compiled in text.by_lang.items()}
    if offers and channel.buttons_max and not all(literals[lang].strip() or text.base.reads for lang in literals):
        sentence = f"'{step.id}' has choices and no text, which {channel.name} does not send"
        problems.warning("choices_without_text", text.mark, sentence, "Write what is to be chosen.")
    room = channel.beside_max if offers else channel.text_max
    longest = max((channel.length(literal) for literal in literals.values()), default=0)
    if longest > room:
        sentence = f"the text of '{step.id}' has {longest} signs or more, and {channel.name} sends {room} at once"
        problems.info("text_split", text.mark, sentence, "It is sent in parts; say it shorter, if you can.")
    if channel.segmented:
        _check_segments(step, text, literals, channel, problems)


def _check_segments(
    step: Step, text: FlowText, literals: dict[str, str], channel: ChannelLimits, problems: Problems
) -> None:  # fmt: skip
    lang, segments = max(((lang, sms_segments(literal)) for lang, literal in literals.items()), key=lambda one: one[1])
    if segments > 1:
        sentence = f"on {channel.name} the text of '{step.id}' is {segments} messages or more in {lang}"
        fix = "One message holds 70 signs with Cyrillic letters, 160 without."
        problems.info("sms_segments", text.mark, sentence, fix)


def _literal(source: str) -> str:
    """What a text surely says, without the values in it."""
    return _PLACED.sub(lambda match: match.group()[0] if match.group() in ("{{", "}}") else "", source)


def _check_answer(step: Step, channel: ChannelLimits, problems: Problems) -> None:
    if not isinstance(step, AskStep) or step.offers is not None:
        return
    possible = {"text", *channel.receives}
    if step.accept and not step.accept & possible:
        wanted = " or ".join(sorted(step.accept))
        sentence = f"'{step.id}' can only be answered by a {wanted}, which nobody can send on {channel.name}"
        problems.warning("answer_impossible", step.mark, sentence, "Accept `text` as well.")


def _check_window(step: Step, channel: ChannelLimits, problems: Problems) -> None:
    lasts = getattr(step, "lasts_ms", 0)
    if channel.window_h and step.waits and isinstance(lasts, int) and lasts > channel.window_h * _HOUR_MS:
        hours = channel.window_h
        sentence = f"'{step.id}' may last longer than {hours} hours, after which {channel.name} takes no more messages"
        problems.warning("after_window", step.mark, sentence, f"Let it end within {hours}h, or reach them otherwise.")
