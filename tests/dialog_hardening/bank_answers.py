"""Answers of a bank: usual ones, empty ones, ones with a field missing, ones that hold what no chat may show."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from core.dialog.contracts import Call, Grant
from tests.dialog_hardening.street import PANS

REASONS: Final = ("error.insufficient_funds", "error.confirmation_wrong", "error.never_heard_of", "", PANS[0])
_NAMES: Final = ("Visa", "Olha K.", "", "Ім'я " * 30, f"card {PANS[0]}", "{amount}", "<b>x</b>")


def _sum(amount: int, currency: str = "UAH") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def _cards(name: str, currency: str, count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"c{place}",
            "name": name,
            "pan": f"414949******{1000 + place}",
            "currency": currency,
            "available": _sum(50_000 * (place + 1), currency),
        }
        for place in range(count)
    ]


def _payees(name: str, count: int) -> list[dict[str, Any]]:
    return [
        {"name": name, "phone": "", "masked": f"535353******{2000 + place}", "card_token": f"t{place}", "card_id": ""}
        for place in range(count)
    ]


@st.composite
def answers(draw: st.DrawFn, call: Call) -> tuple[str, dict[str, Any], str, Grant | None]:
    """(arm, data, reason, grant) for the call."""
    arm = draw(st.sampled_from(("ok", "ok", "ok", "ok", "refused", "pending", "unknown")))
    name, count = draw(st.sampled_from(_NAMES)), draw(st.sampled_from((2, 2, 1, 0, 60)))
    currency = draw(st.sampled_from(("UAH", "UAH", "UAH", "JPY", "USD")))
    operation = call.operation.rpartition(".")[2]
    usual: dict[str, dict[str, Any]] = {
        "my_cards": {"items": _cards(name, currency, count)},
        "saved_payees": {"items": _payees(name, count)},
        "balance": {"booked": _sum(1, currency), "available": _sum(2, currency), "as_of": name},
        "quote": {
            "fee": _sum(draw(st.integers(0, 900)), currency),
            "total": _sum(9, currency),
            "payee": name,
            "quote": "q",
        },
        "transfer": {"reference": "R1", "at": draw(st.sampled_from(("2026-11-22T10:00:00+00:00", "")))},
        "send_code": {"otp": "o1"},
    }
    data = usual.get(operation, {"name": name})
    if data and draw(st.integers(0, 9)) == 0:
        del data[draw(st.sampled_from(sorted(data)))]
    grant = None
    if operation == "verify_code" and draw(st.integers(0, 9)):
        level = draw(st.sampled_from(("otp", "otp", "otp", "card")))
        grant = Grant(level=level, customer=draw(st.sampled_from(("anna", "anna", "anna", "olena"))), name=name)
    return arm, data, draw(st.sampled_from(REASONS)), grant
