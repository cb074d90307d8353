"""A recorded row as the event that it came from, with stand-ins where personal values were."""

from __future__ import annotations

from typing import Any, Final

from core.dialog.contracts import Contact, InboundEvent, Location, Media
from core.dialog.recording.row import Row
from core.dialog.recording.stand_ins import CARD_NUMBER, CODE, IBAN, NAME, PHONE, UNREADABLE
from core.dialog.replay.phrases import ALONE, BESIDE
from core.dialog.session import Option, Wait
from core.kernel.errors import TellerError
from core.kernel.masking import HIDDEN
from core.kernel.money import Money

CARD_NUMBER_NOTE: Final = "card number in chat"
_NOWHERE: Final = Location(1000.0, 1000.0)
_FIXED: Final = {"secret": CODE, "phone": PHONE, "payee": PHONE, "iban": IBAN}


def inbound(row: Row, wait: Wait | None, *, channel: str, sent_at: int) -> tuple[InboundEvent, bool]:
    """The event, and whether what was chosen then can be chosen now."""
    token = None
    offered = True
    if row.place >= 0 or row.act:
        token = token_for(row, wait)
        offered = token is not None
    fields: dict[str, Any] = {"kind": row.event}
    if token is not None:
        fields = {"kind": "button", "payload": token}
    elif row.event == "button":
        fields["payload"] = "-"
    elif row.event == "text":
        fields |= {"text": text_of(row), "meant": row.outside}
        offered = offered or bool(fields["text"])
    else:
        fields |= _other(row)
    if CARD_NUMBER_NOTE in row.notes:
        fields["text"] = CARD_NUMBER
    event = InboundEvent(
        channel=channel, conversation="-", user="-", message_id="-", dedupe_key="-", sent_at=sent_at,
        should_reply=not row.quiet, **fields,
    )  # fmt: skip
    return event, offered


def token_for(row: Row, wait: Wait | None) -> str | None:
    """The button of the present wait that means what was pressed then."""
    options = wait.options if wait is not None else []
    place = _place(row, options)
    return f"{wait.nonce}.{place}" if wait is not None and place is not None else None


def _place(row: Row, options: list[Option]) -> int | None:
    if row.act:
        return next((place for place, option in enumerate(options) if act_of(option) == row.act), None)
    if row.pick is None:
        usable = row.place < len(options) and options[row.place].act == "pick"
        return row.place if usable else None
    return next((place for place, option in enumerate(options) if _is(option, row.pick)), None)


def act_of(option: Option) -> str:
    return f"edit {option.value}" if option.act == "edit" else option.act


def _is(option: Option, picked: Any) -> bool:
    if option.act != "pick":
        return False
    value = option.value
    return value == picked or (isinstance(value, dict) and value.get("id") == picked)


def text_of(row: Row) -> str:
    """Words that are read the way the customer's were."""
    if row.word:
        return f"/{row.word}"
    if row.as_:
        return _typed(row)
    if row.pick is not None:
        return written(row.pick)
    if row.text == HIDDEN or row.masked:
        text = BESIDE if row.found else ALONE
        return f"/{text}" if row.text is not None and row.text.startswith("/") else text
    return row.text or ""


def _typed(row: Row) -> str:
    fixed = _FIXED.get(row.as_)
    if fixed is not None:
        return fixed
    if row.as_ == "correction":
        return ALONE
    if row.as_ in ("text", "id", "choice") and isinstance(row.value, int):
        return "х" * row.value
    return written(row.value)


def written(value: Any) -> str:
    """A sum, a number, yes or no, a day or a word, as a customer may write it."""
    if isinstance(value, bool):
        return "так" if value else "ні"
    if isinstance(value, dict):
        try:
            return f"{Money(value['amount'], value['currency']).decimal:f}"
        except (KeyError, TellerError):
            return UNREADABLE
    return str(value)


def _other(row: Row) -> dict[str, Any]:
    if row.contact:
        phone = UNREADABLE if row.unreadable else PHONE
        return {"contact": Contact(phone=phone, name=NAME if row.named else "", proof=row.contact)}  # type: ignore[arg-type]
    if row.media:
        ref = "" if row.unreadable else "recorded"
        media = Media(kind=row.media, ref=ref, size=row.size, file_name=row.file, caption=row.caption)
        return {"media": media, "payload": row.payload}
    if row.event == "location" and (row.degrees is not None or row.unreadable):
        return {"location": Location(*map(float, row.degrees)) if row.degrees is not None else _NOWHERE}
    return {"payload": row.payload}
