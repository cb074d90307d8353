"""The people and cards that a new simulated bank begins with. All invented; of card numbers only masks exist."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct

from simulators.bank.ledger import Connection, Posting, post

CURRENCY: Final = "UAH"
BANK_CODE: Final = "399999"
_ISSUED: Final = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


class Person(Struct, frozen=True):
    customer_id: str
    phone: str
    name: str
    since: date
    status: str = "ACTIVE"


class SeedCard(Struct, frozen=True):
    """`balance` in minor units. The card's account has the card's number in its ids."""

    customer_id: str
    number: str
    masked: str
    balance: int
    title: str = "Картка для життя"
    product_code: str = "everyday"
    kind: str = "virtual"
    status: str = "active"
    exp_year: int = 2031

    @property
    def account_number(self) -> str:
        return f"2620{int(self.number):010d}"


class SavedCard(Struct, frozen=True):
    card_token: str
    customer_id: str
    masked: str
    brand: str
    holder: str
    issuer_country: str


PEOPLE: Final = (
    Person("cust_1001", "+380671110001", "Олена Коваль", date(2021, 4, 12)),
    Person("cust_1002", "+380671110002", "Дмитрий Журавлёв", date(2019, 11, 2)),
    Person("cust_1003", "+380671110003", "Алеся Лазарэвіч", date(2023, 1, 30)),
    Person("cust_1004", "+380671110004", "Henry Whitlock", date(2024, 8, 19)),
    Person("cust_1005", "+380671110005", "Богдан Тесленко", date(2020, 6, 5), "BLOCKED"),
)
CARDS: Final = (
    SeedCard("cust_1001", "1001", "414949******1001", 2_500_000),
    SeedCard("cust_1002", "1002", "414949******1002", 1_840_050),
    SeedCard("cust_1002", "2002", "535129******2002", 320_000, "Накопичувальна", "savings", "physical"),
    SeedCard("cust_1003", "1003", "414949******1003", 1_234),
    SeedCard("cust_1004", "1004", "535129******1004", 760_000, kind="physical"),
    SeedCard("cust_1004", "2004", "414949******2004", 50_000, status="expired", exp_year=2025),
    SeedCard("cust_1005", "1005", "414949******1005", 900_000, status="blocked"),
)
SAVED_CARDS: Final = (
    SavedCard("ctok_7101", "cust_1001", "516875******7101", "mastercard", "TARAS SAVCHUK", "UA"),
    SavedCard("ctok_7102", "cust_1001", "440066******7102", "visa", "OLENA KOVAL", "PL"),
)
_HOUSE: Final = {"fees": "65100000000001", "clearing": "37390000000001", "treasury": "50000000000001"}


def iban(account_number: str) -> str:
    """A Ukrainian IBAN with right check digits (ISO 13616: bank code of 6 digits, account of 19)."""
    basic = f"{BANK_CODE}{account_number:0>19}"
    spelled = int(f"{basic}{ord('U') - 55}{ord('A') - 55}00")
    return f"UA{98 - spelled % 97:02d}{basic}"


async def seed_if_empty(connection: Connection, now: datetime) -> None:
    """Do nothing in a bank that has customers already."""
    if await connection.fetchval("SELECT EXISTS (SELECT FROM customer)"):
        return
    await connection.executemany(
        "INSERT INTO customer (customer_id, phone, name, since, status) VALUES ($1, $2, $3, $4, $5)",
        [(person.customer_id, person.phone, person.name, person.since, person.status) for person in PEOPLE],
    )
    await _open_accounts(connection)
    await connection.executemany(
        "INSERT INTO card_token (card_token, customer_id, masked, brand, holder, issuer_country)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [(c.card_token, c.customer_id, c.masked, c.brand, c.holder, c.issuer_country) for c in SAVED_CARDS],
    )
    for card in CARDS:
        await post(connection, _opening(card, now))


async def _open_accounts(connection: Connection) -> None:
    house = [(f"bank_{kind}", None, kind, number) for kind, number in _HOUSE.items()]
    own = [(f"acc_{card.number}", card.customer_id, "card", card.account_number) for card in CARDS]
    await connection.executemany(
        "INSERT INTO account (account_id, customer_id, kind, number, iban, currency) VALUES ($1, $2, $3, $4, $5, $6)",
        [(*account, iban(account[3]), CURRENCY) for account in [*house, *own]],
    )
    await connection.executemany(
        "INSERT INTO card (card_id, customer_id, account_id, product_code, title, kind, status, masked, exp_month,"
        " exp_year, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 9, $9, $10)",
        [
            (f"card_{card.number}", card.customer_id, f"acc_{card.number}", card.product_code, card.title, card.kind,
             card.status, card.masked, card.exp_year, _ISSUED)
            for card in CARDS
        ],
    )  # fmt: skip


def _opening(card: SeedCard, now: datetime) -> Posting:
    return Posting(
        reference=f"OPENING{int(card.number):013d}", kind="opening", payer="bank_treasury",
        payee=f"acc_{card.number}", fees="bank_fees", amount=card.balance, fee=0, currency=CURRENCY,
        payer_details="Початковий залишок", payee_details="Початковий залишок", rrn=None, created_at=now,
    )  # fmt: skip


async def empty(connection: Connection) -> None:
    await connection.execute(
        "TRUNCATE customer, account, card, card_token, quote, transfer, posting, entry RESTART IDENTITY"
    )
