"""TRANSFERS `POST /quotes`: the price, the masked payee, and every reason to refuse."""

from __future__ import annotations

from typing import Any

import pytest

from core.kernel.clock import ManualClock
from tests.simulated_bank.driver import ALESYA, BLOCKED, DMITRY, HENRY, OLENA, PHONES, BankDriver, refusal, uah

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_quote_names_fee_total_masked_payee_and_its_end(bank: BankDriver, clock: ManualClock) -> None:
    clock.advance(1_790_000_000_000 - clock.now_ms())
    response = await bank.quote(DMITRY, "card_1002", {"phone": PHONES[OLENA]}, 200_000)
    quote = response.json()
    assert response.status_code == 201
    assert quote.pop("quote_id").startswith("quote_")
    assert quote == {
        "money": uah(200_000),
        "fee": uah(1_000),
        "total": uah(201_000),
        "payee_check": {"result": "match", "shown_name": "ОЛЕНА К.", "first_time": True},
        "expires_at": "2026-09-21T14:15:20Z",
    }


@pytest.mark.parametrize(
    ("amount", "fee"), [(100, 500), (100_000, 500), (100_099, 500), (100_100, 501), (999_900, 5_000)]
)
async def test_the_fee_is_half_a_per_cent_and_at_least_five(bank: BankDriver, amount: int, fee: int) -> None:
    quote = (await bank.quote(OLENA, "card_1001", {"phone": PHONES[DMITRY]}, amount)).json()
    assert (quote["fee"], quote["total"]) == (uah(fee), uah(amount + fee))


async def test_between_own_cards_there_is_no_fee(bank: BankDriver) -> None:
    quote = (await bank.quote(DMITRY, "card_1002", {"card": {"card_id": "card_2002"}}, 50_000)).json()
    assert (quote["fee"], quote["total"]) == (uah(0), uah(50_000))


async def test_a_saved_foreign_card_is_shown_by_its_holder_and_not_checked(bank: BankDriver) -> None:
    quote = (await bank.quote(OLENA, "card_1001", {"card": {"card_token": "ctok_7101"}}, 50_000)).json()
    assert quote["payee_check"] == {"result": "not_possible", "shown_name": "TARAS S.", "first_time": True}


async def test_a_payee_is_new_only_until_the_first_settled_transfer(bank: BankDriver) -> None:
    await bank.transfer(await bank.transfer_form(1))
    again = (await bank.quote(OLENA, "card_1001", {"phone": PHONES[DMITRY]}, 100)).json()
    from_another = (await bank.quote(HENRY, "card_1004", {"phone": PHONES[DMITRY]}, 100)).json()
    assert again["payee_check"]["first_time"] is False
    assert from_another["payee_check"]["first_time"] is True


TO_DMITRY = {"phone": PHONES[DMITRY]}


@pytest.mark.parametrize(
    ("payer", "card", "to", "amount", "code"),
    [
        (OLENA, "card_1002", TO_DMITRY, 1000, "3104"),
        (OLENA, "card_none", TO_DMITRY, 1000, "3104"),
        ("cust_none", "card_1001", TO_DMITRY, 1000, "3104"),
        (HENRY, "card_2004", TO_DMITRY, 1000, "54"),
        (BLOCKED, "card_1005", TO_DMITRY, 1000, "62"),
        (OLENA, "card_1001", TO_DMITRY, 99, "3103"),
        (OLENA, "card_1001", TO_DMITRY, 10_000_001, "61"),
        (OLENA, "card_1001", {"phone": "+380679999999"}, 1000, "3102"),
        (OLENA, "card_1001", {"phone": PHONES[BLOCKED]}, 1000, "3102"),
        (OLENA, "card_1001", {"phone": PHONES[OLENA]}, 1000, "57"),
        (OLENA, "card_1001", {"card": {"card_id": "card_none"}}, 1000, "3102"),
        (OLENA, "card_1001", {"card": {"card_id": "card_2004"}}, 1000, "3102"),
        (ALESYA, "card_1003", {"card": {"card_token": "ctok_7101"}}, 1000, "3102"),
    ],
)
async def test_a_quote_is_refused_with_the_code_of_its_reason(
    bank: BankDriver, payer: str, card: str, to: dict[str, Any], amount: int, code: str
) -> None:
    assert refusal(await bank.quote(payer, card, to, amount)) == (422, code)


async def test_a_sum_in_another_currency_than_the_card_is_refused(bank: BankDriver) -> None:
    form = {"customer_id": OLENA, "from": {"card_id": "card_1001"}, "to": TO_DMITRY, "side": "send"}
    response = await bank.rest(
        "POST", "/rest/transfers/quotes", json={**form, "money": {"amount": 500, "currency": "EUR"}}
    )
    assert refusal(response) == (422, "13")


RIGHT = {
    "customer_id": OLENA,
    "from": {"card_id": "card_1001"},
    "to": TO_DMITRY,
    "money": uah(1000),
    "side": "send",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"extra": 1},
        {"side": "receive"},
        {"side": None},
        {"customer_id": ""},
        {"customer_id": "cust_1001\n"},
        {"customer_id": "\u0000"},
        {"from": {"card_id": "card_1001", "pan": "x"}},
        {"from": {"card_token": "ctok_7101"}},
        {"to": {}},
        {"to": {"phone": PHONES[DMITRY], "card": {"card_id": "card_1002"}}},
        {"to": {"card": {}}},
        {"to": {"card": {"card_id": "card_1002", "card_token": "ctok_7101"}}},
        {"to": {"phone": "0671110002"}},
        {"to": {"phone": "+38067111000٢"}},
        {"money": {"amount": "1000", "currency": "UAH"}},
        {"money": {"amount": 1000.0, "currency": "UAH"}},
        {"money": {"amount": 10.5, "currency": "UAH"}},
        {"money": {"amount": -1, "currency": "UAH"}},
        {"money": {"amount": True, "currency": "UAH"}},
        {"money": {"amount": 10**12, "currency": "UAH"}},
        {"money": {"amount": 1000, "currency": "uah"}},
        {"money": {"amount": 1000}},
    ],
)
async def test_a_form_with_any_wrong_field_is_a_bad_request(bank: BankDriver, wrong: dict[str, Any]) -> None:
    assert refusal(await bank.rest("POST", "/rest/transfers/quotes", json=RIGHT | wrong)) == (400, "bad_request")


@pytest.mark.parametrize("missing", sorted(RIGHT))
async def test_a_form_without_any_of_its_fields_is_a_bad_request(bank: BankDriver, missing: str) -> None:
    form = {name: value for name, value in RIGHT.items() if name != missing}
    assert refusal(await bank.rest("POST", "/rest/transfers/quotes", json=form)) == (400, "bad_request")
