"""The operations that the examples call."""

from __future__ import annotations

from typing import Any, Final

SIGNATURES: Final[tuple[dict[str, Any], ...]] = (
    {"name": "my_cards", "about": "The customer's cards", "returns": {"cards": "list of card"}},
    {"name": "saved_payees", "about": "People paid before", "returns": {"payees": "list of payee"}},
    {
        "name": "quote",
        "about": "What a transfer would cost",
        "params": {"source": "card", "target": "payee", "amount": "money"},
        "returns": {"fee": "money", "payee": "text"},
    },
    {
        "name": "transfer",
        "about": "Money from a card to a payee",
        "params": {"source": "card", "target": "payee", "amount": "money", "fee": "money"},
        "returns": {"reference": "id"},
        "effect": "money",
        "arms": ["ok", "refused", "pending", "unknown"],
        "settles": "bank.settled",
    },
    {
        "name": "pay",
        "about": "A payment of a sum",
        "params": {"amount": "money"},
        "returns": {"reference": "id", "cards": "list of card"},
        "effect": "money",
        "arms": ["ok", "refused", "pending", "unknown"],
        "settles": "bank.settled",
    },
    {"name": "send_code", "about": "A one-time code by SMS", "params": {"phone": "phone"}, "returns": {"otp_id": "id"}},
    {
        "name": "verify_code",
        "about": "The code that was sent",
        "params": {"otp_id": "id", "code": "secret"},
        "grants": "otp",
    },
)
