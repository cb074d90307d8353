"""Choices as WhatsApp shows them: three short ones as buttons, ten as a list, thirty as three lists.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from bots.fitting import fit, fit_labels
from bots.whatsapp.abilities import ABILITIES, LISTS_MAX, ROW_DESCRIPTION_MAX
from core.dialog.contracts import Choice

Json = dict[str, Any]

# The words that open a list.
_OPEN: Final = {"uk": "Обрати", "ru": "Выбрать", "be": "Абраць", "en": "Choose"}


class Control(NamedTuple):
    """What stands under a text. `said`: the text where there is none; `address`: of a link."""

    type: str
    action: Json
    said: str
    address: str = ""


def controls_of(choices: Sequence[Choice], lang: str) -> list[Control]:
    """The buttons or the lists, one for each message; none when there are more choices than lists can hold."""
    # WhatsApp refuses two rows with one id; they would do the same.
    choices = list({choice.token: choice for choice in reversed(choices)}.values())[::-1]
    lines = [" ".join(choice.label.split()) for choice in choices]
    if len(choices) <= ABILITIES.buttons_max and all(len(line) <= ABILITIES.label_max for line in lines):
        return [Control("button", {"buttons": _buttons(choices, lines)}, "")]
    if len(choices) > ABILITIES.list_max * LISTS_MAX:
        return []
    rows = _rows(choices, lines)
    pages = [rows[start : start + ABILITIES.list_max] for start in range(0, len(rows), ABILITIES.list_max)]
    return [
        Control(
            "list",
            {"button": _OPEN.get(lang, _OPEN["uk"]), "sections": [{"rows": page}]},
            f"{number * ABILITIES.list_max + 1}–{number * ABILITIES.list_max + len(page)}" if number else "",
        )
        for number, page in enumerate(pages)
    ]


def _buttons(choices: Sequence[Choice], lines: Sequence[str]) -> list[Json]:
    titles = fit_labels(lines, ABILITIES.label_max)
    return [
        {"type": "reply", "reply": {"id": choice.token, "title": title}}
        for choice, title in zip(choices, titles, strict=True)
    ]


def _rows(choices: Sequence[Choice], lines: Sequence[str]) -> list[Json]:
    """A label that is too long for a row's title stands whole under it."""
    titles = fit_labels(lines, ABILITIES.list_label_max)
    return [
        {"id": choice.token, "title": title, **({"description": fit(line, ROW_DESCRIPTION_MAX)} if cut else {})}
        for choice, title, line in zip(choices, titles, lines, strict=True)
        for cut in [len(line) > ABILITIES.list_label_max]
    ]
