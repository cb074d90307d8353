"""Replay before publish: recorded talks played through flows, beside the turns of the engine alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from app.declarations import catalogue_signatures
from app.settings import ROOT
from core.dialog.compiler import compile_folder
from core.dialog.contracts import Call, CallResult, Contact, Event, Grant, InboundEvent
from core.dialog.engine import turn
from core.dialog.program import ProgramSet
from core.dialog.recording.row import Recorded, read_row
from core.dialog.replay.compare import compare
from core.dialog.replay.player import ready
from core.dialog.replay.talks import talks_of
from core.dialog.session import Session
from core.kernel.errors import TellerError

FLOOR_RATE: Final = 5_000
_ROUNDS: Final = 7
_TALKS: Final = 60
_NOW_MS: Final = 1_795_000_000_000
_FEE: Final = {"amount": 500, "currency": "UAH"}
_SUM: Final = {"amount": 50_000, "currency": "UAH"}
_CARD: Final = {"id": "c1", "name": "Visa", "pan": "414949******4417", "currency": "UAH", "available": _SUM}
_QUOTE: Final = {"fee": _FEE, "total": _SUM, "payee": "ІВАН П.", "quote": "q1", "first_time": False}
_GRANT: Final = Grant(level="otp", customer="cust_1", name="Ольга М.")

# A transfer from the first word to the receipt: what the customer does, or what the bank answers to the last call.
_TRANSFER: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "start"},
    {"kind": "text", "text": "переказати гроші"},
    {"kind": "contact", "contact": Contact(phone="+380501112233", proof="own")},
    {"data": {"otp": "o1"}},
    {"kind": "text", "text": "402817"},
    {"data": {"name": "Ольга М."}, "grant": _GRANT},
    {"data": {"items": [_CARD]}},
    {"button": 0},
    {"data": {"items": []}},
    {"kind": "text", "text": "050 123 45 67"},
    {"kind": "text", "text": "200"},
    {"data": _QUOTE},
    {"button": 0},
    {"data": {"reference": "R1", "at": "2026-11-22T10:00:00Z"}},
)


class Differs(TellerError):
    """The recording did not go as it was recorded, so the figures would say nothing."""

    code = "replay_differs"


class Spread(NamedTuple):
    """Turns a second: the median of the rounds, the least and the greatest."""

    median: float
    least: float
    greatest: float


class Measured(NamedTuple):
    """`replayed`: rows read, played and compared. `engine`, the bound of the same run: the same events through the
    engine and nothing else. `row_bytes`: of a row of the journal, on average."""

    replayed: Spread
    engine: Spread
    row_bytes: float


def measure_replay() -> Measured:
    """Alternating rounds on the shipped flows. Raises `Differs` when a talk does not go as it was recorded."""
    programs = compile_folder(ROOT / "flows", catalogue_signatures()).programs
    if programs is None:
        raise Differs("the shipped flows do not compile")
    rows, events = _record(programs)
    prepared = ready(programs)

    def replay() -> None:
        for number in range(_TALKS):
            recorded = [Recorded(number, _NOW_MS, row) for entry in rows if (row := read_row(entry)) is not None]
            for talk in talks_of("telegram:7", recorded):
                verdict = compare(talk, prepared)
                if verdict.parting is not None or verdict.unknown or verdict.turns != len(rows):
                    raise Differs(str(verdict))

    def engine() -> None:
        for _ in range(_TALKS):
            session: Session | None = None
            for event in events:
                session = turn(programs, session, event, _NOW_MS).session

    turns = _TALKS * len(rows)
    rounds = [(_rate(replay, turns), _rate(engine, turns)) for _ in range(_ROUNDS)]
    size = sum(len(entry) for entry in rows) / len(rows)
    return Measured(_spread([one for one, _ in rounds]), _spread([other for _, other in rounds]), size)


def _record(programs: ProgramSet) -> tuple[list[bytes], list[Event]]:
    """The journal of one transfer, and its events."""
    rows: list[bytes] = []
    events: list[Event] = []
    session: Session | None = None
    call = ""
    for line in _TRANSFER:
        event = _event(line, session, call)
        turned = turn(programs, session, event, _NOW_MS)
        session = turned.session
        call = next((effect.id for effect in turned.effects if isinstance(effect, Call)), call)
        rows.append(msgspec.json.encode(turned.journal))
        events.append(event)
    if session is None or "card_transfer:done" not in rows[-1].decode():
        raise Differs("the transfer of the benchmark does not reach its receipt")
    return rows, events


def _event(line: dict[str, Any], session: Session | None, call: str) -> Event:
    if "data" in line:
        return CallResult(call=call, arm="ok", data=line["data"], grant=line.get("grant"))
    if "button" in line and session is not None and session.wait is not None:
        line = {"kind": "button", "payload": f"{session.wait.nonce}.{line['button']}"}
    return InboundEvent(
        channel="telegram", conversation="7", user="7", message_id="1", dedupe_key="1", sent_at=_NOW_MS, **line
    )  # fmt: skip


def _rate(work: Callable[[], None], turns: int) -> float:
    work()
    began = time.process_time()
    work()
    return turns / (time.process_time() - began)


def _spread(rates: list[float]) -> Spread:
    return Spread(statistics.median(rates), min(rates), max(rates))
