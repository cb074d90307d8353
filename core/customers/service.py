"""CustomerAPI: the only door to a customer's row."""

from __future__ import annotations

import asyncpg

from core.customers import store
from core.customers.schema import Binding, Customer
from core.kernel.clock import Clock, moment
from core.kernel.envelope import Keyring
from core.kernel.errors import TellerError


class CustomerNotFound(TellerError):
    """No such customer, or not the actor's own: the two look the same from outside (bank-operations §7)."""

    code = "not_found"
    http_status = 404


class Customers:
    """Every read takes the actor: the customer id that the conversation has proven."""

    def __init__(self, pool: asyncpg.Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock

    async def access_customer(self, actor: str, customer_id: str) -> Customer:
        """The customer's row for the customer themselves. Raises CustomerNotFound for anybody else."""
        if not actor or actor != customer_id:
            raise CustomerNotFound(f"customer {customer_id} is not the actor's own")
        async with self._pool.acquire(timeout=10) as db:
            row = await store.find_customer(db, customer_id)
        if row is None:
            raise CustomerNotFound(f"customer {customer_id} has not been bound yet")
        name, sealed, lang = row
        phone = self._keyring.open(sealed, "customer", "phone", customer_id).decode()
        return Customer(id=customer_id, name=name, phone=phone, lang=lang)

    async def bind(self, conversation: str, customer: Customer, level: str) -> None:
        """Remember that this conversation's person is this customer, proven to `level`."""
        now = moment(self._clock.now_ms())
        sealed = self._keyring.seal(customer.phone.encode(), "customer", "phone", customer.id)
        async with self._pool.acquire(timeout=10) as db, db.transaction():
            await store.save_customer(db, customer.id, customer.name, sealed, customer.lang, now)
            await store.save_binding(db, conversation, customer.id, level, now)

    async def binding(self, conversation: str) -> Binding | None:
        async with self._pool.acquire(timeout=10) as db:
            return await store.find_binding(db, conversation)
