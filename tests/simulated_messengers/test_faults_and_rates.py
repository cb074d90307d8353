"""The dial for faults, lost answers and the platforms' rates."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from simulators.messengers import Options, serve
from simulators.messengers.telegram.rates import Rates
from simulators.messengers.telegram.refusal import Refusal
from tests.simulated_messengers.driver import TELEGRAM_TOKEN, BotServer, Messengers

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = aiohttp.ClientTimeout(total=0.2)


def text(receiver: str) -> dict[str, Any]:
    return {"receiver": receiver, "type": "text", "text": "Вітаємо", "sender": {"name": "Банк"}}


async def bot_texts(messengers: Messengers, channel: str, person: object) -> int:
    return sum(item["from"] == "bot" for item in await messengers.chat(channel, person))


@pytest.mark.parametrize(("fault", "shown"), [("timeout_before", 0), ("timeout_after", 1), ("drop", 1)])
async def test_an_answer_is_lost_before_or_after_the_work(
    options: Options, bot: BotServer, fault: str, shown: int
) -> None:
    async with serve(replace(options, hang_s=0)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await messengers.telegram_person(bot)
        subscriber = await messengers.viber_person(bot, event_types=[])
        await messengers.control("telegram/faults", fault=fault)
        with pytest.raises(aiohttp.ClientError):
            await messengers.telegram("sendMessage", chat_id=person, text="Вітаємо")
        await messengers.control("viber/faults", fault=fault)
        with pytest.raises(aiohttp.ClientError):
            await messengers.viber("send_message", text(subscriber))
        assert await bot_texts(messengers, "telegram", person) == shown
        assert await bot_texts(messengers, "viber", subscriber) == shown
        for channel in ("telegram", "viber"):
            calls = (await messengers.look_up(f"{channel}/calls"))["calls"]
            assert len([call for call in calls if call["method"] in ("sendMessage", "send_message")]) == 1


async def test_a_lost_answer_keeps_the_client_waiting(messengers: Messengers) -> None:
    await messengers.control("telegram/faults", fault="timeout_before")
    url = f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/getMe"
    with pytest.raises(TimeoutError):
        async with messengers.http.get(url, timeout=PATIENCE):
            raise AssertionError("there was an answer")
    assert (await messengers.telegram("getMe"))[0] == 200


@pytest.mark.parametrize(
    ("fault", "status", "description"),
    [
        ("http_500", 500, "Internal Server Error"),
        ("rate_limit", 429, "Too Many Requests: retry after 9"),
        ("blocked", 403, "Forbidden: bot was blocked by the user"),
    ],
)
async def test_telegram_refuses_as_told_and_so_often_only(
    messengers: Messengers, bot: BotServer, fault: str, status: int, description: str
) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/faults", fault=fault, method="sendmessage", times=2, retry_after=9)
    assert (await messengers.telegram("getMe"))[0] == 200
    for _ in range(2):
        answered, reply = await messengers.telegram("sendMessage", chat_id=person, text="a")
        assert (answered, reply["description"]) == (status, description)
        assert reply.get("parameters") == ({"retry_after": 9} if fault == "rate_limit" else None)
    assert (await messengers.telegram("sendMessage", chat_id=person, text="a"))[0] == 200


@pytest.mark.parametrize(("fault", "status"), [("rate_limit", 12), ("blocked", 6)])
async def test_viber_refuses_as_told(messengers: Messengers, bot: BotServer, fault: str, status: int) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    await messengers.control("viber/faults", fault=fault, method="send_message")
    assert (await messengers.viber("send_message", text(person)))["status"] == status
    assert (await messengers.viber("send_message", text(person)))["status"] == 0


@pytest.mark.parametrize(("fault", "status"), [("http_500", 500), ("garbage", 502)])
@pytest.mark.parametrize("path", [f"telegram/bot{TELEGRAM_TOKEN}/getMe", "viber/pa/get_account_info"])
async def test_a_broken_gateway_answers_in_its_own_way(
    messengers: Messengers, fault: str, status: int, path: str
) -> None:
    await messengers.control(f"{path.partition('/')[0]}/faults", fault=fault)
    async with messengers.http.post(f"{messengers.url}/{path}", json={}) as answer:
        assert answer.status == status
        assert (b"<html>" in await answer.read()) == (fault == "garbage")


async def test_a_full_queue_says_so(options: Options, bot: BotServer) -> None:
    async with serve(replace(options, queue_size=2)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await messengers.telegram_person(bot)
        await messengers.control("telegram/say", user=person, text="a", hold=True, times=2)
        status, reply = await messengers.try_control("telegram/say", user=person, text="a")
        assert (status, reply["error"]["code"]) == (503, "queue_full")
        assert (await messengers.telegram("getWebhookInfo"))[1]["result"]["pending_update_count"] == 2


async def test_telegram_takes_one_message_a_second_for_a_chat(options: Options, bot: BotServer) -> None:
    async with serve(replace(options, rates=True)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await messengers.telegram_person(bot)
        assert (await messengers.telegram("sendMessage", chat_id=person, text="a"))[0] == 200
        status, reply = await messengers.telegram("sendMessage", chat_id=person, text="a")
        assert (status, reply["parameters"]) == (429, {"retry_after": 1})
        await messengers.control("clock", seconds=1)
        assert (await messengers.telegram("sendMessage", chat_id=person, text="a"))[0] == 200


async def test_telegram_takes_thirty_messages_a_second_in_all() -> None:
    rates = Rates()
    for chat in range(30):
        rates.take(chat, 100.0 + chat / 100)
    with pytest.raises(Refusal) as refused:
        rates.take(99, 100.5)
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    rates.take(99, 101.0)


async def test_viber_takes_a_hundred_messages_an_hour_for_somebody_silent(options: Options, bot: BotServer) -> None:
    async with serve(replace(options, rates=True)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await messengers.viber_person(bot, event_types=[])
        for _ in range(100):
            assert (await messengers.viber("send_message", text(person)))["status"] == 0
        assert (await messengers.viber("send_message", text(person)))["status"] == 12
        await messengers.control("viber/say", user=person, text="Я тут")
        assert (await messengers.viber("send_message", text(person)))["status"] == 0


async def test_the_first_token_that_calls_is_learned(options: Options) -> None:
    async with serve(replace(options, telegram_token="", viber_token="")) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        assert (await messengers.telegram("getMe"))[0] == 200
        assert (await messengers.viber("get_account_info", {}, token="first"))["status"] == 0
        assert (await messengers.viber("get_account_info", {}, token="second"))["status"] == 2


async def test_chats_are_served_in_parallel(messengers: Messengers, bot: BotServer) -> None:
    first = await messengers.telegram_person(bot)
    second = (await messengers.control("telegram/users"))["id"]
    both_are_here = asyncio.Barrier(2)

    async def meet(_: object) -> None:
        await both_are_here.wait()

    bot.before_answer = meet
    replies = await asyncio.gather(
        *(messengers.control("telegram/say", user=person, text="a") for person in (first, second))
    )
    assert [reply["statuses"] for reply in replies] == [[200], [200]]
