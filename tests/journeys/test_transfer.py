"""The main job: log in, look, send, get a receipt; money moves exactly once whatever happens on the way."""

from __future__ import annotations

import httpx
import pytest
import zxingcpp
from PIL import Image

from tests.journeys.conftest import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHANNELS = ("telegram", "viber")


def postings_money(postings: list[dict[str, object]]) -> list[object]:
    return [posting["money"] for posting in postings]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_the_customer_saw_is_what_the_ledger_holds(world: World, channel: str) -> None:
    # Given a customer who has logged in and confirmed 250,00
    async with world.person(channel) as person:
        await world.log_in(person)
        review = await world.up_to_confirmation(person)
        assert any("250,00\u00a0₴ → ДМИТРИЙ Ж." in bubble.text for bubble in review)
        await person.press("Надіслати")

        # When the receipt comes
        heard = await person.hear("Надіслано 250,00\u00a0₴", "Комісія 5,00\u00a0₴", picture=True)
        [shown] = [bubble for bubble in heard if bubble.picture]
        png = await person.picture(shown)

    # Then the ledger has one posting of exactly that, and the code in the picture is its reference
    [posting] = await world.transfers()
    assert posting["money"] == {"amount": 25000, "currency": "UAH"}
    assert posting["fee"] == {"amount": 500, "currency": "UAH"}
    assert (posting["payer"], posting["payee"]) == ("acc_1001", "acc_1002")
    assert f"Номер операції {posting['rrn']}" in "\n".join(bubble.text for bubble in heard)
    assert await world.balanced()
    file = world.town.data_dir / "seen.png"
    file.write_bytes(png)
    with Image.open(file) as image:
        assert posting["rrn"] in [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_double_tap_and_ten_deliveries_of_send_are_one_transfer(world: World, channel: str) -> None:
    async with world.person(channel) as person:
        await world.log_in(person)
        await world.up_to_confirmation(person)
        await person.press("Надіслати", times=10, together=True)
        await person.hear("Надіслано 250,00\u00a0₴")
        heard = await person.news()
    assert len(await world.transfers()) == 1
    assert not [bubble for bubble in heard if "Надіслано" in bubble.text]


async def test_two_taps_with_different_updates_are_one_transfer(world: World) -> None:
    async with world.person("telegram") as person:
        await world.log_in(person)
        review = await world.up_to_confirmation(person)
        token = next(b.token for bubble in review for b in bubble.buttons if b.label == "Надіслати")
        await person.press(token=token, wait=False)
        await person.press(token=token)
        await person.hear("Надіслано 250,00\u00a0₴")
    assert len(await world.transfers()) == 1


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_silent_bank_is_told_as_checking_and_the_truth_follows(world: World, channel: str) -> None:
    # Given a bank that posts the transfer and then says nothing
    await world.fault("TRANSFERS", "CreateTransfer", "timeout_after_apply", seconds=5)
    async with world.person(channel) as person:
        await world.log_in(person)
        await world.up_to_confirmation(person)
        await person.press("Надіслати")

        # Then the customer reads that it is being checked, and later how it ended
        await person.hear("Ще перевіряю в банку")
        heard = await person.hear("Надіслано 250,00\u00a0₴", within_s=40, picture=True)
    [posting] = await world.transfers()
    assert str(posting["rrn"]) in "\n".join(bubble.text for bubble in heard)


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("timeout_before_apply", {"seconds": 5}),
        ("http_500_before_apply", {}),
        ("http_500_after_apply", {}),
        ("garbage_body", {}),
        ("duplicate_reply", {}),
        ("drop_mid_body", {}),
    ],
)
async def test_one_posting_at_most_and_never_a_lie(world: World, fault: str, options: dict[str, int]) -> None:
    await world.fault("TRANSFERS", "CreateTransfer", fault, **options)
    async with world.person("telegram") as person:
        await world.log_in(person)
        await world.up_to_confirmation(person)
        await person.press("Надіслати")
        if fault == "duplicate_reply":
            await person.hear("Надіслано 250,00\u00a0₴")
        else:
            await person.hear("Ще перевіряю в банку")
    if fault.endswith("before_apply"):
        assert await world.transfers() == []
    else:
        assert postings_money(await world.transfers()) == [{"amount": 25000, "currency": "UAH"}]


async def test_a_refusal_is_told_with_its_reason_and_moves_nothing(world: World) -> None:
    await world.fault("TRANSFERS", "CreateTransfer", "fault_business", code="61")
    async with world.person("telegram") as person:
        await world.log_in(person)
        await world.up_to_confirmation(person)
        await person.press("Надіслати")
        await person.hear("Переказ не виконано — перевищено ліміт")
    assert await world.transfers() == []


async def test_a_webhook_with_a_wrong_signature_is_401_and_leaves_no_trace(world: World) -> None:
    before = await world.rows("SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM quarantine) AS n")
    message = b'{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5},"text":"x"}'
    body = b'{"update_id":1,"message":' + message + b"}"
    async with httpx.AsyncClient(base_url=world.town.teller_url, trust_env=False) as client:
        for headers in (
            {},
            {"x-telegram-bot-api-secret-token": "wrong"},
            {"x-telegram-bot-api-secret-token": "ключ".encode()},
        ):
            assert (await client.post("/webhooks/telegram", content=body, headers=headers)).status_code == 401
        viber = await client.post("/webhooks/viber", content=body, headers={"x-viber-content-signature": "00"})
        assert viber.status_code == 401
    assert await world.rows("SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM quarantine) AS n") == before


async def test_a_foreign_contact_is_not_trusted(world: World) -> None:
    async with world.person("telegram") as person:
        await person.start()
        await person.hear("Чим допомогти?")
        await person.press("Баланс")
        await person.hear("Поділіться своїм номером")
        await person.share_contact(own=False, phone="380671110002")
        await person.hear("Це контакт іншої людини")
    assert not [
        item for item in (await world.bank.get("/control/sms", params={"phone": "+380671110002"})).json()["items"]
    ]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_card_number_typed_into_the_chat_is_masked_everywhere(world: World, channel: str) -> None:
    async with world.person(channel) as person:
        await world.log_in(person)
        await person.press("Переказати гроші")
        await person.hear("З якої картки платимо?")
        await person.press_index(0)
        await person.hear("Кому?")
        await person.say("4149 4999 1234 5673")
        heard = await person.hear("Не пишіть номер картки в чат")
        if channel == "telegram":
            chat = (await world.messengers.get(f"/control/telegram/chat/{person.user}")).json()["items"]
            assert [item["deleted"] for item in chat if item["from"] == "user"][-1]
        assert heard
    written = await world.everything_written()
    assert "4149 4999 1234 5673" not in written
    assert "4149499912345673" not in written


async def test_a_person_who_is_called_for_finds_a_ticket_and_the_bot_is_silent(world: World) -> None:
    async with world.person("telegram") as person:
        await person.start()
        await person.hear("Чим допомогти?")
        await person.press("Покликати людину")
        await person.hear("Передаю розмову людині")
        rows = await world.rows("SELECT queue FROM ticket WHERE conversation = $1", f"telegram:{person.user}")
        assert [row["queue"] for row in rows] == ["operator"]
        await person.say("є тут хто?")
        await person.say("меню")
        heard = await person.hear("Чим допомогти?")
    assert [bubble.text for bubble in heard if bubble.author == "bot"] == ["Чим допомогти?"]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_login_binds_this_conversation_to_this_customer(world: World, channel: str) -> None:
    async with world.person(channel) as person:
        await world.log_in(person)
    rows = await world.rows("SELECT customer_id FROM binding WHERE conversation = $1", f"{channel}:{person.user}")
    assert [row["customer_id"] for row in rows] == ["cust_1001"]


async def test_a_one_time_code_is_nowhere_in_tables_or_logs(world: World) -> None:
    async with world.person("telegram") as person:
        await world.log_in(person)
        code = await world.code(person)
    written = await world.everything_written()
    assert code not in written
