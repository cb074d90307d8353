"""A turn of the transfer flow, and a formula."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.declarations import catalogue_signatures
from app.settings import ROOT
from benchmarks.language.figures import Figure, compared
from benchmarks.language.transfer import NOW_MS, transfer_turns
from core.dialog.compiler import compile_folder
from core.dialog.engine import turn
from core.dialog.expressions import compile_expression
from core.dialog.session import decode_session, encode_session
from core.dialog.slot_types import SlotType

_TYPES: Final = {"amount": SlotType("money"), "fee": SlotType("money"), "source": SlotType("card"),
                 "payee": SlotType("text")}  # fmt: skip
_FORMULA: Final = "amount >= 1.00 and amount <= source.available and fee != 0.00 and known(payee)"
_SLOTS: Final[dict[str, Any]] = {
    "amount": {"amount": 20_000, "currency": "UAH"},
    "fee": {"amount": 500, "currency": "UAH"},
    "source": {"id": "c1", "available": {"amount": 50_000, "currency": "UAH"}},
    "payee": "ІВАН П.",
}


def measure_engine() -> list[Figure]:
    programs = compile_folder(ROOT / "flows", catalogue_signatures()).programs
    assert programs is not None
    turns = transfer_turns(programs)

    def whole() -> None:
        for state, event in turns:
            encode_session(turn(programs, decode_session(state), event, NOW_MS).session)

    def codec() -> None:
        for state, _ in turns:
            encode_session(decode_session(state))

    def plain_codec() -> None:
        for state, _ in turns:
            json.dumps(json.loads(state))

    name = "engine turn of the transfer flow, stored session to stored session"
    return [
        compared(name, whole, len(turns), "its session decoded and encoded (msgspec)", codec, times=200, most=60,
                 most_ratio=4),
        compared(f"{name} (again)", whole, len(turns), "its session decoded and encoded (json of Python)", plain_codec,
                 times=200),
        _formula(),
    ]  # fmt: skip


def _formula() -> Figure:
    evaluate = compile_expression(_FORMULA, _TYPES).evaluate
    assert evaluate(_SLOTS) is _BY_HAND(_SLOTS) is True
    return compared("formula of four terms", _repeated(evaluate), _REPEATS, "a Python lambda without checks",
                    _repeated(_BY_HAND), times=3, most_ratio=3)  # fmt: skip


_REPEATS: Final = 10_000
_BY_HAND: Final[Callable[[Mapping[str, Any]], bool]] = lambda slots: (  # noqa: E731 the bound is a lambda
    slots["amount"]["amount"] >= 100
    and slots["amount"]["amount"] <= slots["source"]["available"]["amount"]
    and slots["fee"]["amount"] != 0
    and slots.get("payee") is not None
)


def _repeated(evaluate: Callable[[Mapping[str, Any]], Any]) -> Callable[[], None]:
    def work() -> None:
        for _ in range(_REPEATS):
            evaluate(_SLOTS)

    return work
