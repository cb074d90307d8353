"""What a channel makes of a message, as data: how many choices become buttons, how labels are cut, what is only text.

The numbers and the cutting come from the program around the language, which knows the channels. A look shows the words
and the buttons and nothing else of a channel: no colours, no sizes, no order of delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from core.dialog.contracts import Choice, OutboundMessage
from core.dialog.flowtest.model import CHANNELS


class Form(NamedTuple):
    """A native form of choices: how many it holds and how long a label in it may be."""

    choices: int
    label: int


def whole_labels(labels: Iterable[str], _: int) -> list[str]:
    """Labels as they are."""
    return list(labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One channel. Without anything said about it, it shows everything and cuts nothing.

    `text_max` in units of `measure`, 0 without a limit. `forms`: the native forms of choices, the smallest first; more
    choices than the last one holds are numbered lines. `payload_max`: bytes of a button's token. `pictures`: otherwise
    their description is read, and that of documents. `contacts`, `media`, `locations`: whether a customer can send
    them. `proves_contacts`: the platform tells whose a shared number is. `types_beside_contact`: beside the button that
    shares a contact or a place, a choice sends its label as text. `fit_labels`: the channel's cutting.
    """

    name: str
    text_max: int = 0
    measure: Callable[[str], int] = len
    forms: tuple[Form, ...] = (Form(1000, 1000),)
    payload_max: int = 64
    pictures: bool = True
    contacts: bool = True
    proves_contacts: bool = True
    media: bool = True
    locations: bool = True
    types_beside_contact: bool = False
    fit_labels: Callable[[Iterable[str], int], list[str]] = whole_labels

    @property
    def has_buttons(self) -> bool:
        return bool(self.forms)

    def form(self, count: int) -> Form | None:
        """The form that so many choices take; None when they are numbered lines."""
        return next((form for form in self.forms if count <= form.choices), None)


PLAIN_LOOKS = tuple(Look(name=name) for name in CHANNELS)


@dataclass(frozen=True, slots=True)
class Shown:
    """`text`: everything that is read. `labels`: what stands for each choice. `typed`: what is to be written for each
    of them where it cannot be pressed, otherwise nothing. `picture`, `document`: their templates, also where they are
    only described in the text."""

    text: str
    labels: tuple[str, ...]
    typed: tuple[str, ...]
    picture: str
    document: str


def shown(message: OutboundMessage, look: Look) -> Shown:
    form = look.form(len(message.choices))
    written = [choice.label for choice in message.choices]
    labels = look.fit_labels(written, form.label) if form is not None else written
    typed: list[str] = []
    lines: list[str] = []
    if form is None:
        typed = written if message.hints else [str(number) for number in range(1, len(written) + 1)]
        lines = [_line(label) if message.hints else f"{n}. {_line(label)}" for n, label in enumerate(written, 1)]
    elif (message.ask_contact or message.ask_location) and look.types_beside_contact:
        typed = labels
    drawn = message.picture or message.document
    alt = drawn.alt if drawn is not None and not look.pictures else ""
    links = [] if look.has_buttons else [f"{_line(link.label)}: {link.url}" for link in message.links]
    text = "\n\n".join(part for part in (alt, message.text, "\n".join(lines), "\n".join(links)) if part)
    return Shown(
        text,
        tuple(labels),
        tuple(typed),
        message.picture.template if message.picture is not None else "",
        message.document.template if message.document is not None else "",
    )


def _line(label: str) -> str:
    return " ".join(label.split())


def broken_limits(message: OutboundMessage, look: Look) -> list[str]:
    """What of the message the channel cannot show as it is meant, in sentences."""
    broken = []
    seen = shown(message, look)
    length = look.measure(seen.text)
    if look.text_max and length > look.text_max:
        broken.append(f"a message has {length} signs, {look.name} takes {look.text_max}")
    form = look.form(len(message.choices))
    if form is None:
        return broken
    longest = max((len(choice.token.encode()) for choice in message.choices), default=0)
    if longest > look.payload_max:
        broken.append(f"a button carries {longest} bytes, {look.name} takes {look.payload_max}")
    broken += _alike(message.choices, form, look)
    return broken


def _alike(choices: Sequence[Choice], form: Form, look: Look) -> list[str]:
    """Buttons that only the cut has made alike."""
    cut = [(choice.label, look.fit_labels([choice.label], form.label)[0]) for choice in choices]
    return [
        f"on {look.name} the buttons '{one}' and '{other}' both read '{short}'"
        for (one, short), (other, too) in combinations(cut, 2)
        if short == too and one != other
    ]
