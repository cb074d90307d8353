"""How the bank's answers and news are written down: their declared fields, masked by type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.contracts import BankEvent, CallResult
from core.dialog.recording.stand_ins import data_in, reason_in
from core.dialog.recording.words import Words
from core.dialog.session import Session
from core.dialog.signatures import Catalogue, Operation, spoken
from core.dialog.slot_types import SlotType

_EVENT: Final[Mapping[str, SlotType]] = {"outcome": SlotType("id"), "reference": SlotType("id")}


def short(call: str) -> str:
    """The id of a call as recordings name it: 40 bits are enough to tell the calls of one conversation apart."""
    return call[:8]


def result_fields(
    result: CallResult, before: Session, operation: Operation | None, operations: Catalogue, words: Words
) -> dict[str, Any]:
    """`operation` is what was called, where a step waited for it."""
    row: dict[str, Any] = {"event": "result", "call": short(result.call), "arm": result.arm}
    open_call = before.open.get(result.call)
    if operation is None and open_call is not None:
        operation = operations.get(spoken(open_call.operation))
    if result.reason:
        row["reason"] = reason_in(result.reason, words.literals)
    if result.data and operation is not None:
        row["data"] = data_in(result.data, operation.returns, words.literals, before.id)
    grant = result.grant
    if grant is not None:
        row["grant"] = grant.level
        if grant.name:
            row["named"] = True
        if before.customer and before.customer != grant.customer:
            row["other"] = True
    return row


def event_fields(event: BankEvent, operations: Catalogue, words: Words, conversation: str) -> dict[str, Any]:
    row: dict[str, Any] = {"event": "bank", "name": event.name}
    op = event.data.get("op")
    if op:
        row["op"] = short(str(op))
    if event.data.get("reason"):
        row["reason"] = reason_in(str(event.data["reason"]), words.literals)
    row["data"] = data_in(event.data, event_types(operations, event.name), words.literals, conversation)
    return row


def event_types(operations: Catalogue, name: str) -> dict[str, SlotType]:
    """What an event of this name may bring: how a call ended, and what the calls that it settles return."""
    types = dict(_EVENT)
    for operation in operations.values():
        settles = operation.signature.settles
        if (settles and spoken(settles) == spoken(name)) or spoken(operation.name) == spoken(name):
            types.update(operation.returns)
    return types


def settled(before: Session, after: Session, event: object) -> list[dict[str, str]]:
    """The calls with an effect whose end was told in this turn, and how each ended."""
    told = []
    for identity, call in before.open.items():
        if identity in after.open:
            continue
        if isinstance(event, CallResult) and event.call == identity:
            outcome: str = event.arm
        else:
            outcome = _outcome(before, identity, event)
        if outcome:
            told.append({"id": short(identity), "op": call.operation, "flow": call.flow, "outcome": outcome})
    return told


def _outcome(before: Session, call: str, event: object) -> str:
    known = [event.data] if isinstance(event, BankEvent) else []
    known += [early.data for early in before.early]
    waits = [before.wait, *(frame.held for frame in before.stack)]
    known += [came.data for wait in waits if wait is not None for came in wait.came.values()]
    return next((str(data.get("outcome", "ok")) for data in known if data.get("op") == call), "")
