"""TRANSFERS `POST` and `GET /transfers`: one posting a reference, remembered refusals, the money."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from core.kernel.clock import ManualClock
from tests.simulated_bank.driver import ALESYA, DMITRY, HENRY, OLENA, PHONES, BankDriver, reference, refusal, uah

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY_MS = 24 * 60 * 60 * 1000


async def test_a_transfer_settles_with_bank_ids_and_moves_exactly_sum_and_fee(bank: BankDriver) -> None:
    payer, payee = await bank.balance("card_1001"), await bank.balance("card_1002")
    response = await bank.transfer(await bank.transfer_form(1, 200_000))
    transfer = response.json()
    assert response.status_code == 201
    assert re.fullmatch(r"[0-9]{12}", transfer.pop("rrn"))
    assert re.fullmatch(r"[A-Z0-9]{6}", transfer.pop("auth_code"))
    assert transfer.pop("transfer_id").startswith("tr_")
    assert transfer == {
        "reference": reference(1),
        "state": "settled",
        "money": uah(200_000),
        "fee": uah(1_000),
        "payee": {"phone": PHONES[DMITRY], "shown_name": "ДМИТРИЙ Ж."},
        "created_at": "2026-11-18T11:06:40Z",
    }
    assert await bank.balance("card_1001") == payer - 201_000
    assert await bank.balance("card_1002") == payee + 200_000


async def test_the_ledger_holds_one_posting_whose_entries_sum_to_zero(bank: BankDriver) -> None:
    await bank.transfer(await bank.transfer_form(1, 200_000))
    (posting,) = await bank.postings(1)
    assert (posting["payer"], posting["payee"]) == ("acc_1001", "acc_1002")
    assert (posting["money"], posting["fee"]) == (uah(200_000), uah(1_000))
    assert posting["entries"] == [
        {"account": "acc_1001", "amount": -201_000, "currency": "UAH"},
        {"account": "acc_1002", "amount": 200_000, "currency": "UAH"},
        {"account": "bank_fees", "amount": 1_000, "currency": "UAH"},
    ]


async def test_money_for_a_foreign_card_goes_to_clearing_with_other_banks(bank: BankDriver) -> None:
    quote = (await bank.quote(OLENA, "card_1001", {"card": {"card_token": "ctok_7102"}}, 30_000)).json()
    form = {"reference": reference(1), "customer_id": OLENA, "quote_id": quote["quote_id"]}
    response = await bank.transfer(form | {"money": quote["money"], "fee": quote["fee"]})
    assert response.json()["payee"] == {"card": {"card_token": "ctok_7102"}, "shown_name": "OLENA K."}
    assert (await bank.postings(1))[0]["payee"] == "bank_clearing"


async def test_the_same_request_again_gets_the_first_answer_and_moves_nothing(bank: BankDriver) -> None:
    form = await bank.transfer_form(1)
    first = await bank.transfer(form)
    balance = await bank.balance("card_1001")
    second = await bank.transfer(form)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert await bank.balance("card_1001") == balance
    assert len(await bank.postings(1)) == 1


async def test_the_same_reference_with_another_body_is_3106(bank: BankDriver) -> None:
    await bank.transfer(await bank.transfer_form(1, 10_000))
    assert refusal(await bank.transfer(await bank.transfer_form(1, 10_000))) == (409, "3106")
    assert len(await bank.postings(1)) == 1


async def test_after_24_hours_a_reference_is_forgotten_but_never_posted_again(
    bank: BankDriver, clock: ManualClock
) -> None:
    form = await bank.transfer_form(1)
    await bank.transfer(form)
    clock.advance(DAY_MS)
    bank.forget_tokens()
    assert await bank.find(1) == []
    assert refusal(await bank.transfer(form)) == (409, "3106")
    assert len(await bank.postings(1)) == 1


async def test_an_inquiry_finds_a_transfer_by_reference_and_nothing_for_an_unknown_one(bank: BankDriver) -> None:
    sent = (await bank.transfer(await bank.transfer_form(1))).json()
    assert await bank.find(1) == [sent]
    assert await bank.find(2) == []


async def test_a_quote_lives_120_seconds(bank: BankDriver, clock: ManualClock) -> None:
    in_time, too_late = await bank.transfer_form(1), await bank.transfer_form(2)
    clock.advance(119_999)
    assert (await bank.transfer(in_time)).status_code == 201
    clock.advance(1)
    assert refusal(await bank.transfer(too_late)) == (422, "3101")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quote_id": "quote_none"}, "3101"),
        ({"customer_id": HENRY}, "3104"),
        ({"money": uah(10_001)}, "3105"),
        ({"fee": uah(0)}, "3105"),
        ({"money": {"amount": 10_000, "currency": "EUR"}}, "3105"),
    ],
)
async def test_a_request_that_differs_from_its_quote_is_refused_and_forgotten(
    bank: BankDriver, change: dict[str, Any], code: str
) -> None:
    form = await bank.transfer_form(1)
    assert refusal(await bank.transfer(form | change)) == (422, code)
    assert await bank.find(1) == []
    assert (await bank.transfer(form)).status_code == 201


async def test_too_little_money_is_51_remembered_as_rejected(bank: BankDriver) -> None:
    quote = (await bank.quote(ALESYA, "card_1003", {"phone": PHONES[DMITRY]}, 735)).json()
    form = {"reference": reference(1), "customer_id": ALESYA, "quote_id": quote["quote_id"]}
    form |= {"money": quote["money"], "fee": quote["fee"]}
    first, again = await bank.transfer(form), await bank.transfer(form)
    assert refusal(first) == (422, "51")
    assert (again.status_code, again.json()) == (422, first.json())
    (found,) = await bank.find(1)
    assert (found["state"], found["failure"]) == ("rejected", {"code": "51"})
    assert "rrn" not in found
    assert await bank.postings(1) == []


async def test_the_last_penny_can_be_sent(bank: BankDriver) -> None:
    quote = (await bank.quote(ALESYA, "card_1003", {"phone": PHONES[DMITRY]}, 734)).json()
    form = {"reference": reference(1), "customer_id": ALESYA, "quote_id": quote["quote_id"]}
    assert (await bank.transfer(form | {"money": quote["money"], "fee": quote["fee"]})).status_code == 201
    assert await bank.balance("card_1003") == 0


@pytest.mark.parametrize("bad", ["", "a" * 20, "A" * 19, "A" * 21, "A" * 19 + "\n", "А" * 20])
async def test_a_reference_is_exactly_twenty_capital_letters_and_digits(bank: BankDriver, bad: str) -> None:
    form = await bank.transfer_form(1)
    assert refusal(await bank.transfer(form | {"reference": bad})) == (400, "bad_request")


async def test_fifty_parallel_transfers_never_overspend_one_card(bank: BankDriver) -> None:
    forms = [await bank.transfer_form(number, 99_500) for number in range(50)]
    answers = await asyncio.gather(*(bank.transfer(form) for form in forms))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(201), codes.count(422)) == (25, 25)
    assert await bank.balance("card_1001") == 0
    assert (await bank.ledger_check())["balanced"] is True


async def test_twenty_parallel_sendings_of_one_reference_make_one_posting(bank: BankDriver) -> None:
    form = await bank.transfer_form(1)
    answers = await asyncio.gather(*(bank.transfer(form) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(await bank.postings(1)) == 1


async def test_transfers_both_ways_at_once_do_not_block_each_other(bank: BankDriver) -> None:
    forms = [await bank.transfer_form(number, 1_000) for number in range(10)]
    for number in range(10, 20):
        quote = (await bank.quote(DMITRY, "card_1002", {"phone": PHONES[OLENA]}, 1_000)).json()
        form = {"reference": reference(number), "customer_id": DMITRY, "quote_id": quote["quote_id"]}
        forms.append(form | {"money": quote["money"], "fee": quote["fee"]})
    answers = await asyncio.gather(*(bank.transfer(form) for form in forms))
    assert {answer.status_code for answer in answers} == {201}
