"""People and the conversations that are bound to them."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """`phone` is E.164 in memory only; in the table it is an envelope. `name` is masked (`Олена К.`)."""

    id: str
    name: str
    phone: str
    lang: str


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation whose person has proven to be this customer."""

    conversation: str
    customer_id: str
    level: str
    bound_at: datetime
