"""The dial for Meta's errors, lost answers and rates, and the registration of the app's webhook."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from simulators.messengers import Options, serve
from tests.simulated_messengers.driver import (
    ACCOUNT_ID,
    APP_ID,
    APP_SECRET,
    NUMBER_ID,
    SECRET,
    BotServer,
    Messengers,
)
from tests.simulated_messengers.meta import is_signed, statuses

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = {"type": "text", "text": {"body": "Вітаємо"}}

WHATSAPP_ERRORS = {
    0: 401, 1: 500, 2: 503, 3: 500, 4: 400, 10: 403, 100: 400, 190: 401, 200: 403, 368: 403, 80007: 400, 130429: 400,
    130472: 400, 131000: 500, 131005: 403, 131008: 400, 131009: 400, 131016: 500, 131021: 400, 131026: 400, 131031: 403,
    131042: 400, 131045: 500, 131047: 400, 131048: 400, 131049: 400, 131050: 400, 131051: 400, 131052: 400, 131053: 400,
    131056: 400, 131057: 500, 131062: 400, 132000: 400, 132001: 404, 132005: 400, 132007: 400, 132012: 400, 132015: 400,
    132016: 400, 132068: 400, 132069: 400, 133004: 503, 133010: 400,
}  # fmt: skip
MESSENGER_ERRORS = [
    (1, 0, 500), (2, 0, 503), (4, 0, 400), (10, 0, 403), (10, 1893063, 403), (10, 2018278, 403), (10, 2018300, 403),
    (17, 0, 400), (32, 0, 400), (100, 0, 400), (100, 2018001, 400), (100, 2018008, 400), (100, 2018047, 400),
    (100, 2018074, 400), (100, 2018218, 400), (100, 2018294, 400), (190, 0, 401), (200, 0, 403), (230, 0, 403),
    (368, 0, 403), (551, 0, 400), (551, 1545041, 400), (613, 0, 400), (1200, 0, 400),
]  # fmt: skip


@pytest.mark.parametrize(("code", "status"), WHATSAPP_ERRORS.items())
async def test_whatsapp_answers_with_any_of_its_errors(
    messengers: Messengers, bot: BotServer, code: int, status: int
) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/faults", fault="error", code=code, method="messages")
    answered, body = await messengers.send_whatsapp(person, TEXT)
    error = body["error"]
    assert (answered, error["code"]) == (status, code)
    assert error.keys() >= {"message", "type", "code", "fbtrace_id"}
    assert len(await messengers.chat("whatsapp", person)) == 1
    assert (await messengers.send_whatsapp(person, TEXT))[0] == 200


@pytest.mark.parametrize(("code", "subcode", "status"), MESSENGER_ERRORS)
async def test_messenger_answers_with_any_of_its_errors(
    messengers: Messengers, bot: BotServer, code: int, subcode: int, status: int
) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    await messengers.control("messenger/faults", fault="error", code=code, subcode=subcode)
    answered, body = await messengers.send_messenger(person, {"text": "Вітаємо"})
    error = body["error"]
    assert (answered, error["code"], error.get("error_subcode", 0)) == (status, code, subcode)
    assert error.keys() >= {"message", "type", "code", "fbtrace_id"}
    assert "error_data" not in error


@pytest.mark.parametrize(
    ("channel", "fault"),
    [
        ("whatsapp", {"fault": "error", "code": 999}),
        ("whatsapp", {"fault": "error"} | {"code": 551}),
        ("messenger", {"fault": "error", "code": 131047}),
        ("messenger", {"fault": "fails_later", "code": 551}),
        ("telegram", {"fault": "error", "code": 100}),
        ("viber", {"fault": "fails_later", "code": 100}),
    ],
)
async def test_an_error_that_a_platform_does_not_have_cannot_be_planned(
    messengers: Messengers, channel: str, fault: dict[str, Any]
) -> None:
    status, reply = await messengers.try_control(f"{channel}/faults", **fault)
    assert (status, reply["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("code", [131026, 131047, 131049, 131000])
async def test_an_accepted_message_fails_later(messengers: Messengers, bot: BotServer, code: int) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/faults", fault="fails_later", code=code)
    assert (await messengers.send_whatsapp(person, {**TEXT, "biz_opaque_callback_data": "out-7"}))[0] == 200
    await bot.count(2)
    (status,) = statuses(bot)
    assert (status["status"], status["errors"][0]["code"], status["biz_opaque_callback_data"]) == (
        "failed",
        code,
        "out-7",
    )


async def send(messengers: Messengers, channel: str, person: str) -> tuple[int, dict[str, Any]]:
    if channel == "whatsapp":
        return await messengers.send_whatsapp(person, TEXT)
    return await messengers.send_messenger(person, {"text": "Вітаємо"})


async def person_of(messengers: Messengers, channel: str, bot: BotServer) -> str:
    if channel == "whatsapp":
        return await messengers.whatsapp_person(bot)
    return await messengers.messenger_person(bot, fields=["messages"])


@pytest.mark.parametrize(("channel", "code"), [("whatsapp", 130429), ("messenger", 613)])
async def test_too_many_calls_get_a_hint(messengers: Messengers, bot: BotServer, channel: str, code: int) -> None:
    person = await person_of(messengers, channel, bot)
    await messengers.control(f"{channel}/faults", fault="rate_limit", retry_after=9)
    path = f"{NUMBER_ID}/messages" if channel == "whatsapp" else "me/messages"
    token = "simulated-token-of-the-whatsapp-number" if channel == "whatsapp" else "simulated-token-of-the-page"
    async with messengers.http.post(
        f"{messengers.url}/graph/v26.0/{path}", json={}, headers={"Authorization": f"Bearer {token}"}
    ) as answer:
        body = await answer.json()
        assert (answer.status, answer.headers["Retry-After"], body["error"]["code"]) == (429, "9", code)
        assert body["error"]["is_transient"] is True
    assert (await send(messengers, channel, person))[0] == 200


@pytest.mark.parametrize(("channel", "code"), [("whatsapp", 131026), ("messenger", 551)])
async def test_a_person_is_out_of_reach_as_told(
    messengers: Messengers, bot: BotServer, channel: str, code: int
) -> None:
    person = await person_of(messengers, channel, bot)
    await messengers.control(f"{channel}/faults", fault="blocked")
    assert (await send(messengers, channel, person))[1]["error"]["code"] == code
    assert (await send(messengers, channel, person))[0] == 200


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
@pytest.mark.parametrize(("fault", "status", "shown"), [("http_500", 500, 1), ("http_500_after", 500, 2)])
async def test_an_error_of_the_server_says_nothing_about_the_work(
    messengers: Messengers, bot: BotServer, channel: str, fault: str, status: int, shown: int
) -> None:
    person = await person_of(messengers, channel, bot)
    await messengers.control(f"{channel}/faults", fault=fault)
    answered, body = await send(messengers, channel, person)
    assert (answered, body["error"]["code"], body["error"]["is_transient"]) == (status, 1, True)
    assert len(await messengers.chat(channel, person)) == shown


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
@pytest.mark.parametrize(("fault", "shown"), [("timeout_before", 1), ("timeout_after", 2), ("drop", 2)])
async def test_an_answer_is_lost_before_or_after_the_work(
    options: Options, bot: BotServer, channel: str, fault: str, shown: int
) -> None:
    async with serve(replace(options, hang_s=0)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await person_of(messengers, channel, bot)
        await messengers.control(f"{channel}/faults", fault=fault)
        with pytest.raises(aiohttp.ClientError):
            await send(messengers, channel, person)
        assert len(await messengers.chat(channel, person)) == shown


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "telegram", "viber"])
async def test_an_answer_is_late(messengers: Messengers, moments: Any, bot: BotServer, channel: str) -> None:
    await messengers.control(f"{channel}/faults", fault="delay", delay_ms=7500)
    answers = {
        "whatsapp": messengers.whatsapp("GET", NUMBER_ID),
        "messenger": messengers.messenger("GET", "me"),
        "telegram": messengers.telegram("getMe"),
        "viber": messengers.viber("get_account_info", {}),
    }
    for name, answer in answers.items():
        if name == channel:
            await answer
        else:
            answer.close()
    assert moments.pauses == [7.5]


async def test_a_broken_gateway_answers_without_json(messengers: Messengers) -> None:
    await messengers.control("whatsapp/faults", fault="garbage")
    async with messengers.http.get(f"{messengers.url}/graph/v26.0/{NUMBER_ID}") as answer:
        assert (answer.status, b"<html>" in await answer.read()) == (502, True)


async def test_a_silent_person_is_not_written_to_too_often(options: Options, bot: BotServer) -> None:
    async with serve(replace(options, rates=True)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await messengers.whatsapp_person(bot)
        for _ in range(10):
            assert (await messengers.send_whatsapp(person, TEXT))[0] == 200
        status, body = await messengers.send_whatsapp(person, TEXT)
        assert (status, body["error"]["code"], body["error"]["is_transient"]) == (400, 131056, True)
        await messengers.control("clock", seconds=60)
        assert (await messengers.send_whatsapp(person, TEXT))[0] == 200


async def test_the_number_and_the_profile_have_rates(options: Options, bot: BotServer) -> None:
    async with serve(replace(options, rates=True, receipts=False)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        people = [await messengers.whatsapp_person(bot) for _ in range(9)]
        answers = [await messengers.send_whatsapp(person, TEXT) for person in people for _ in range(9)]
        assert [status for status, _ in answers] == [200] * 80 + [400]
        assert answers[-1][1]["error"]["code"] == 130429
        profile = {"get_started": {"payload": "GET_STARTED"}}
        for _ in range(10):
            assert (await messengers.messenger("POST", "me/messenger_profile", profile))[0] == 200
        status, body = await messengers.messenger("POST", "me/messenger_profile", profile)
        assert (status, body["error"]["code"]) == (400, 613)


async def test_a_slow_bot_is_asked_again_after_five_seconds(options: Options, bot: BotServer) -> None:
    """The answer's limit is shortened here; the pauses between the attempts are the platform's."""
    async with serve(replace(options, answer_timeout_s=0.05)) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        person = await messengers.whatsapp_person(bot)
        never = asyncio.Event()
        attempts = 0

        async def hesitate(_: object) -> None:
            nonlocal attempts
            attempts += 1
            if attempts == 1:
                await never.wait()

        bot.before_answer = hesitate
        reply = await messengers.control("whatsapp/say", user=person, text="Баланс")
        assert reply["statuses"] == [0]
        hooks = await bot.count(3)
        assert hooks[1].body == hooks[2].body
        never.set()


async def test_the_proof_of_the_app_can_be_required(options: Options) -> None:
    async with serve(replace(options, meta_proof_required=True)) as url, aiohttp.ClientSession() as http:
        status, body = await Messengers(url, http).messenger("GET", "me")
        assert (status, body["error"]["code"]) == (400, 100)


async def test_the_first_token_that_calls_is_learned(options: Options) -> None:
    async with serve(replace(options, whatsapp_token="")) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        assert (await messengers.graph("GET", NUMBER_ID, token="first"))[0] == 200
        assert (await messengers.graph("GET", NUMBER_ID, token="second"))[0] == 401


def subscription(bot: BotServer, **changes: Any) -> dict[str, Any]:
    form = {
        "object": "whatsapp_business_account",
        "callback_url": f"{bot.url}/hook",
        "verify_token": SECRET,
        "fields": "messages,account_update",
        "access_token": f"{APP_ID}|{APP_SECRET}",
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


async def test_the_app_registers_its_webhook_itself(messengers: Messengers, bot: BotServer) -> None:
    path = f"{APP_ID}/subscriptions"
    assert (await messengers.graph("POST", path, data=subscription(bot)))[1] == {"success": True}
    page = subscription(bot, object="page", fields=["messages", "messaging_postbacks"])
    assert (await messengers.graph("POST", path, page))[1] == {"success": True}
    assert [challenge["hub.mode"] for challenge in bot.challenges] == ["subscribe"] * 2
    _, listed = await messengers.graph("GET", f"{path}?access_token={APP_ID}|{APP_SECRET}")
    assert [entry["object"] for entry in listed["data"]] == ["whatsapp_business_account", "page"]
    person = (await messengers.control("whatsapp/users"))["id"]
    assert (await messengers.control("whatsapp/say", user=person, text="a"))["deliveries"] == []
    await messengers.whatsapp("POST", f"{ACCOUNT_ID}/subscribed_apps")
    assert (await messengers.control("whatsapp/say", user=person, text="a"))["statuses"] == [200]
    assert is_signed(bot.hooks[-1])
    gone = {"access_token": f"{APP_ID}|{APP_SECRET}", "object": "page"}
    assert (await messengers.graph("DELETE", path, gone))[1] == {"success": True}
    _, listed = await messengers.graph("GET", f"{path}?access_token={APP_ID}|{APP_SECRET}")
    assert [entry["object"] for entry in listed["data"]] == ["whatsapp_business_account"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"access_token": f"{APP_ID}|another"}, 401, 190),
        ({"access_token": None}, 401, 190),
        ({"verify_token": "another"}, 400, 2200),
        ({"callback_url": "https://127.0.0.1:1/hook"}, 400, 2200),
        ({"callback_url": "http://bot.example/hook"}, 400, 2200),
        ({"callback_url": "no url"}, 400, 2200),
        ({"object": "user"}, 400, 100),
        ({"object": None}, 400, 100),
        ({"fields": "letters"}, 400, 100),
        ({"field": "messages"}, 400, 100),
    ],
)
async def test_a_wrong_registration_is_refused(
    messengers: Messengers, bot: BotServer, changes: dict[str, Any], status: int, code: int
) -> None:
    answered, body = await messengers.graph("POST", f"{APP_ID}/subscriptions", subscription(bot, **changes))
    assert (answered, body["error"]["code"]) == (status, code), body
    assert (await messengers.graph("GET", f"{APP_ID}/subscriptions?access_token={APP_ID}|{APP_SECRET}"))[1] == {
        "data": []
    }
