"""How a customer's event is written down: what it meant to the flow that heard it, never what was typed or shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from core.dialog.contracts import InboundEvent, Location, Media
from core.dialog.recording.stand_ins import LONGEST, shape, small
from core.dialog.recording.words import SAID, Words, said_in
from core.dialog.shared import file_of, place_of
from core.dialog.slot_types import SlotType
from core.dialog.understanding.corrections import Correction
from core.kernel.masking import HIDDEN

if TYPE_CHECKING:
    from core.dialog.program import WaitingStep
    from core.dialog.session import Option

_TOO_MUCH: Final = "99999999"
_NOTHING: Final[Mapping[str, str]] = {}
_AS_THEY_ARE: Final = frozenset(("date", "bool"))


class Heard:
    """What the engine understood in this turn, noted where it understood it.

    `word`: a word of the engine. `option`: the button pressed or meant, one of `options`. `kind` and `value`: a typed
    answer as it was read. `correction`: what was taken back, for a slot of `kind`; `again`: an answer was refused.
    `meant`, `exact`, `guesses`, `found`: which flow was asked for, in its own phrase, or may be meant, and what else
    was said with it, by kind.
    """

    word = ""
    step: WaitingStep | None = None
    options: Sequence[Option] = ()
    option: Option | None = None
    kind: SlotType | None = None
    value: Any = None
    unreadable = False
    correction: Correction | None = None
    again = False
    meant = ""
    exact = False
    guesses: tuple[str, ...] = ()
    found: Mapping[str, str] = _NOTHING

    def answered(self, kind: SlotType, value: Any, options: Sequence[Option]) -> None:
        """The text was read as this value of the slot's type, or as one of the options by its label or number."""
        self.kind = kind
        self.value = value
        if options:
            self.options = options
            self.option = next((option for option in options if option.value is value and option.act == "pick"), None)

    def pressed(self, option: Option, options: Sequence[Option]) -> None:
        self.option = option
        self.options = options

    def corrected(self, kind: SlotType, correction: Correction) -> None:
        self.kind = kind
        self.correction = correction

    def asked_for(
        self, flow: str, *, exact: bool = False, guesses: tuple[str, ...] = (), found: Mapping[str, str] = _NOTHING
    ) -> None:
        """What was said beside words that ask for nothing is nothing."""
        self.meant, self.exact, self.guesses = flow, exact, guesses
        self.found = found if flow or guesses else _NOTHING


def heard_fields(
    heard: Heard, event: InboundEvent, words: Words, conversation: str, *, hidden: bool
) -> dict[str, Any]:  # fmt: skip
    """The row's part about the event."""
    kind = event.kind
    row: dict[str, Any] = {"event": kind}
    if not event.should_reply:
        row["quiet"] = True
    if heard.option is not None:
        _picked(row, heard)
    elif kind == "text":
        if event.meant:
            row["outside"] = event.meant
        if event.text:
            _text(row, heard, event.text, words, conversation, hidden=hidden)
    else:
        _other(row, heard, event, words, hidden=hidden)
    return row


def _picked(row: dict[str, Any], heard: Heard) -> None:
    option = heard.option
    if option is None:
        return
    if option.act == "pick":
        row["place"] = next((n for n, one in enumerate(heard.options) if one is option), 0)
        value = _identity(option.value, heard)
        if value is not None:
            row["pick"] = value
    else:
        row["act"] = f"edit {option.value}" if option.act == "edit" else option.act


def _identity(value: Any, heard: Heard) -> Any:
    """By what the option can be found again: the author's value, the bank's id, a sum; None when only by its place."""
    if isinstance(value, dict):
        return value if "amount" in value else value.get("id") or None
    written = getattr(heard.step, "offers", None)
    return None if isinstance(value, str) and hasattr(written, "operation") else value


def _text(
    row: dict[str, Any], heard: Heard, text: str, words: Words, conversation: str, *, hidden: bool
) -> None:  # fmt: skip
    if heard.word:
        row["word"] = heard.word
    elif heard.correction is not None and heard.kind is not None:
        _correction(row, heard, heard.correction, words, conversation, hidden=hidden)
    elif heard.kind is not None:
        _typed(row, heard.kind.kind, heard.value, words)
    elif hidden:
        row["text"] = HIDDEN
        _meant(row, heard, conversation)
    else:
        if heard.exact and not heard.found and len(text) <= LONGEST:
            # The very words of a flow: there is nothing of the customer's in them.
            row["text"] = text
            return
        row["text"], whole = words.kept(text, heard.found.get("money", ""))
        if not whole:
            row["masked"] = True
            _meant(row, heard, conversation)


def _correction(
    row: dict[str, Any], heard: Heard, correction: Correction, words: Words, conversation: str, *, hidden: bool
) -> None:  # fmt: skip
    """Figures alone that were refused as a sum may have been a code that came too late."""
    kind = heard.kind.kind if heard.kind is not None else ""
    row["as"] = "correction"
    if kind == "money" and hidden and heard.again and not correction.denied:
        row["value"] = _TOO_MUCH
    else:
        row["value"] = (
            said_in(correction.words, kind, conversation) if kind in SAID else words.kept(correction.words)[0]
        )
    if correction.denied:
        row["denied"] = True
    if correction.kinds:
        row["kinds"] = sorted(correction.kinds)


def _typed(row: dict[str, Any], kind: str, value: Any, words: Words) -> None:
    row["as"] = kind
    if kind == "money":
        amount = small(value["amount"])
        row["value"] = value if amount == value["amount"] else {**value, "amount": amount}
    elif kind == "int":
        row["value"] = small(value)
    elif kind in _AS_THEY_ARE:
        row["value"] = value
    elif kind in ("text", "id", "choice"):
        row["value"] = _shape(str(value), words)


def _shape(text: str, words: Words) -> str | int:
    """The very word when flows compare with it, its form when it is short, and otherwise its length."""
    if text in words.literals or text.lower() in words.literals:
        return text
    return shape(text) if len(text) <= LONGEST else len(text)


def _meant(row: dict[str, Any], heard: Heard, conversation: str) -> None:
    if heard.meant:
        row["meant"] = heard.meant
    if heard.exact:
        row["exact"] = True
    if heard.guesses:
        row["guesses"] = heard.guesses
    if heard.found:
        row["found"] = {kind: said_in(said, kind, conversation) for kind, said in heard.found.items()}


def _other(row: dict[str, Any], heard: Heard, event: InboundEvent, words: Words, *, hidden: bool) -> None:
    if event.text:
        row["text"] = HIDDEN
    if event.payload and event.kind != "button":
        row["payload"] = _payload(event.payload, words)
    if event.contact is not None:
        row["contact"] = event.contact.proof
        if event.contact.name:
            row["named"] = True
        if heard.unreadable:
            row["unreadable"] = True
    if event.media is not None:
        _media(row, event.media, hidden=hidden)
    if event.location is not None:
        _location(row, event.location)


def _media(row: dict[str, Any], media: Media, *, hidden: bool) -> None:
    row["media"] = media.kind
    if file_of(media) is None:
        row["unreadable"] = True
    if media.size > 0:
        row["size"] = small(media.size)
    if media.file_name:
        row["file"] = shape(media.file_name)
    if media.caption and not hidden:
        row["caption"] = shape(media.caption)


def _location(row: dict[str, Any], location: Location) -> None:
    """In whole degrees: the country, not the street."""
    if place_of(location) is None:
        row["unreadable"] = True
    else:
        row["degrees"] = [round(location.latitude), round(location.longitude)]


def _payload(payload: str, words: Words) -> str:
    """A start link's own part stays; what was put behind it is masked."""
    head = payload.partition("_")[0].partition("-")[0]
    rest = payload[len(head) :]
    if payload in words.literals:
        return payload
    if head in words.links:
        return head + (rest[:1] + (rest[1:] if rest[1:] in words.literals else shape(rest[1:])) if rest else "")
    return shape(payload)
