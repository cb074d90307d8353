"""Rows of `operation` to structs and back. A column that cannot be read is named, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from core.kernel.clock import moment
from core.kernel.masking import mask_text
from core.operations.model import Operation, Outcome

_EPOCH: Final = moment(0)
_NOTE_LIMIT: Final = 500
_READ_LIMIT: Final = 10_000


class Record(msgspec.Struct, frozen=True):
    """The column `result`: every outcome of the operation in the order of `seq`, as it was or will be delivered."""

    outcomes: tuple[Outcome, ...] = ()


_ARGS: Final = msgspec.json.Decoder(dict[str, Any])
_SEAL: Final = msgspec.json.Decoder(dict[str, Any] | None)
_RECORD: Final = msgspec.json.Decoder(Record)


def optional_moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)


def record_json(outcomes: tuple[Outcome, ...]) -> str:
    return msgspec.json.encode(Record(outcomes)).decode()


def stored_note(note: str) -> str:
    """A note as it may be kept: masked, bounded, and nothing in it that a text column refuses.

    It is masked before it is cut, so that no cut leaves a part of a card number that is too short to be recognised.
    """
    plain = note[:_READ_LIMIT].replace("\x00", "").encode("utf-8", "replace").decode()
    return mask_text(plain)[:_NOTE_LIMIT]


def operation_of(row: Mapping[str, Any]) -> Operation:
    """The row as a struct; of several unreadable columns the last is named."""
    unreadable = ""
    decoded: dict[str, Any] = {"args": {}, "seal": None, "result": Record()}
    for column, decoder in (("args", _ARGS), ("seal", _SEAL), ("result", _RECORD)):
        if row[column] is None:
            continue
        try:
            decoded[column] = decoder.decode(row[column])
        except msgspec.MsgspecError:
            unreadable = column
    return Operation(
        id=row["id"],
        conversation=row["conversation"],
        customer=row["customer"],
        operation=row["operation"],
        effect=row["effect"],
        lang=row["lang"],
        args=decoded["args"],
        secrets=row["secrets"],
        seal=decoded["seal"],
        bank_ref=row["bank_ref"],
        state=row["state"],
        attempt=row["attempt"],
        inquiry=row["inquiry"],
        not_found=row["not_found"],
        not_found_at=_milliseconds(row["not_found_at"]),
        outcomes=decoded["result"].outcomes,
        reason=row["reason"],
        outcome_seq=row["outcome_seq"],
        delivered_seq=row["delivered_seq"],
        fence=row["fence"],
        created_at=_milliseconds(row["created_at"]) or 0,
        updated_at=_milliseconds(row["updated_at"]) or 0,
        first_attempt_at=_milliseconds(row["first_attempt_at"]),
        unreadable=unreadable,
    )


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // timedelta(milliseconds=1)
