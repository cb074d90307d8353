"""One whole card transfer as the engine sees it: nine turns, from the wish to the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.contracts import Call, CallResult, Event, InboundEvent
from core.dialog.engine import new_session, turn
from core.dialog.program import ProgramSet
from core.dialog.session import Auth, decode_session, encode_session

NOW_MS: Final = 1_795_000_000_000
_CARD: Final = {"id": "c1", "name": "Щоденна", "pan": "••••4417", "currency": "UAH",
                "available": {"amount": 50_000, "currency": "UAH"}}  # fmt: skip
_ANSWERS: Final[Mapping[str, dict[str, Any]]] = {
    "my_cards": {"items": [_CARD]},
    "saved_payees": {"items": []},
    "quote": {"fee": {"amount": 500, "currency": "UAH"}, "total": {"amount": 20_500, "currency": "UAH"},
              "payee": "ІВАН П.", "quote": "q1", "first_time": False},
    "transfer": {"reference": "R1", "at": "2026-11-25T10:00:00Z"},
}  # fmt: skip

Turn = tuple[bytes, Event]


class _Customer:
    def __init__(self, programs: ProgramSet) -> None:
        self._programs = programs
        self._count = 0
        self._calls: list[Call] = []
        session = new_session("telegram:1", "uk")
        session.greeted, session.customer, session.name = True, "cust_1", "Ольга М."
        session.auth = Auth("otp", NOW_MS)
        self._state = encode_session(session)
        self.turns: list[Turn] = []

    def writes(self, text: str) -> None:
        self._inbound(kind="text", text=text)

    def presses(self, place: int) -> None:
        wait = decode_session(self._state).wait
        assert wait is not None
        self._inbound(kind="button", payload=f"{wait.nonce}.{place}")

    def _inbound(self, **fields: Any) -> None:
        self._count += 1
        number = str(self._count)
        event = InboundEvent(
            channel="telegram", conversation="1", user="1", message_id=number, dedupe_key=number, sent_at=NOW_MS,
            **fields,
        )  # fmt: skip
        self._happens(event)
        while self._calls:
            call = self._calls.pop(0)
            self._happens(CallResult(call=call.id, arm="ok", data=_ANSWERS[call.operation.removeprefix("bank.")]))

    def _happens(self, event: Event) -> None:
        self.turns.append((self._state, event))
        turned = turn(self._programs, decode_session(self._state), event, NOW_MS)
        self._calls += [effect for effect in turned.effects if isinstance(effect, Call)]
        self._state = encode_session(turned.session)


def transfer_turns(programs: ProgramSet) -> list[Turn]:
    """(stored session, event) of each turn; the last one must bring the receipt."""
    customer = _Customer(programs)
    customer.writes("переказати гроші")
    customer.presses(0)
    customer.writes("050 123 45 67")
    customer.writes("200")
    customer.presses(0)
    state, event = customer.turns[-1]
    last = turn(programs, decode_session(state), event, NOW_MS)
    if "end card_transfer:done" not in last.journal.get("notes", ()):
        raise AssertionError(f"the transfer did not end well: {last.journal}")
    return customer.turns
