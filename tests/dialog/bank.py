"""The bank's operations that the fixture flows call."""

from __future__ import annotations

from typing import Any, Final

SIGNATURES: Final[list[dict[str, Any]]] = [
    {"name": "my_cards", "about": "The customer's cards", "returns": {"cards": "list of card"}},
    {
        "name": "quote",
        "params": {"source": "card", "target": "payee", "amount": "money"},
        "returns": {"fee": "money", "payee": "text"},
    },
    {
        "name": "transfer",
        "params": {"source": "card", "target": "payee", "amount": "money", "fee": "money", "purpose?": "text"},
        "returns": {"reference": "id"},
        "effect": "money",
        "arms": ["ok", "refused", "pending", "unknown"],
        "settles": "bank.settled",
    },
    {"name": "send_code", "params": {"phone": "phone"}, "returns": {"otp_id": "id"}},
    {"name": "attach", "about": "A file for the bank's papers", "params": {"paper": "file"}},
    {"name": "verify_code", "params": {"otp_id": "id", "code": "secret"}, "grants": "otp"},
]
