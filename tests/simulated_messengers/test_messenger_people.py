"""What people do in Messenger reaches the bot as signed webhooks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulated_messengers.driver import PAGE_ID, BotServer, Messengers
from tests.simulated_messengers.meta import check_messenger, event, is_escaped, is_signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW_MS = 1_795_000_000_000
QUICK = {
    "text": "Оберіть рахунок",
    "quick_replies": [
        {"content_type": "text", "title": "*1234", "payload": "h:a1"},
        {"content_type": "user_phone_number"},
    ],
}
BUTTONS = {
    "attachment": {
        "type": "template",
        "payload": {
            "template_type": "button",
            "text": "Введіть PIN",
            "buttons": [
                {"type": "postback", "title": "Скасувати", "payload": "h:c0"},
                {"type": "web_url", "title": "Ввести PIN", "url": "https://bank.example/s/1"},
            ],
        },
    }
}
MENU = {
    "get_started": {"payload": "GET_STARTED"},
    "persistent_menu": [
        {"locale": "default", "call_to_actions": [{"type": "postback", "title": "Баланс", "payload": "MENU_BALANCE"}]}
    ],
}


async def send(messengers: Messengers, person: str, message: dict[str, Any]) -> str:
    status, answer = await messengers.send_messenger(person, message)
    assert status == 200, answer
    mid: str = answer["message_id"]
    return mid


async def test_every_webhook_is_signed_over_its_exact_escaped_bytes(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    await messengers.control("messenger/say", user=person, text="Так/ні <50%> @")
    assert b"\\u0422\\u0430\\u043a\\/\\u043d\\u0456" in bot.hooks[-1].body
    assert event(bot.hooks[-1])["message"]["text"] == "Так/ні <50%> @"
    assert [is_signed(hook) and is_escaped(hook.body) for hook in bot.hooks] == [True, True]


async def test_a_text_comes_with_both_sides_and_milliseconds(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    happened = event(bot.hooks[-1])
    mid = happened["message"]["mid"]
    assert happened == {
        "sender": {"id": person},
        "recipient": {"id": PAGE_ID},
        "timestamp": NOW_MS,
        "message": {"mid": mid, "text": "Привіт"},
    }


async def test_a_quick_reply_is_a_message_and_vanishes_after_the_next(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    await send(messengers, person, QUICK)
    await messengers.control("messenger/press", user=person, token="h:a1")
    message = event(bot.hooks[-1])["message"]
    assert (message["text"], message["quick_reply"]) == ("*1234", {"payload": "h:a1"})
    status, reply = await messengers.try_control("messenger/press", user=person, token="h:a1")
    assert (status, reply["error"]["code"]) == (404, "no_such_button")


async def test_a_shared_number_is_text_and_payload(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    status, reply = await messengers.try_control("messenger/contact", user=person)
    assert (status, reply["error"]["code"]) == (409, "not_asked")
    for action, number in (("contact", "+380501112233"), ("press", "+380501112233")):
        await send(messengers, person, QUICK)
        assert (await messengers.chat("messenger", person))[-1]["ask_contact"] is True
        label = {"label": "Share phone number"} if action == "press" else {}
        await messengers.control(f"messenger/{action}", user=person, **label)
        message = event(bot.hooks[-1])["message"]
        assert (message["text"], message["quick_reply"]["payload"]) == (number, number)


async def test_buttons_of_a_template_stay(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages", "messaging_postbacks"])
    await send(messengers, person, BUTTONS)
    await send(messengers, person, {"text": "Ще щось?"})
    await messengers.control("messenger/press", user=person, label="Скасувати")
    postback = event(bot.hooks[-1])["postback"]
    assert (postback["title"], postback["payload"], postback["mid"][:2]) == ("Скасувати", "h:c0", "m_")
    reply = await messengers.control("messenger/press", user=person, label="Ввести PIN")
    assert (reply["opened"], reply["deliveries"]) == ("https://bank.example/s/1", [])


async def test_the_menu_is_always_there(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    await messengers.messenger("POST", "me/messenger_profile", MENU)
    await messengers.control("messenger/press", user=person, label="Баланс")
    assert event(bot.hooks[-1])["postback"]["payload"] == "MENU_BALANCE"


async def test_a_newcomer_gets_started_and_a_known_person_is_only_referred(
    messengers: Messengers, bot: BotServer
) -> None:
    known = await messengers.messenger_person(bot)
    await messengers.messenger("POST", "me/messenger_profile", MENU)
    newcomer = (await messengers.control("messenger/users"))["id"]
    referral = {"ref": "inv_7Qx", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    await messengers.control("messenger/start", user=newcomer, payload="inv_7Qx")
    postback = event(bot.hooks[-1])["postback"]
    assert (postback["payload"], postback["referral"]) == ("GET_STARTED", referral)
    await messengers.control("messenger/start", user=known, payload="inv_7Qx")
    assert event(bot.hooks[-1])["referral"] == referral
    await messengers.control("messenger/referral", user=known, ref="inv_8")
    assert event(bot.hooks[-1])["referral"]["ref"] == "inv_8"
    await messengers.control("messenger/start", user=known)
    assert "referral" not in event(bot.hooks[-1])["postback"]
    status, _ = await messengers.try_control("messenger/start", user=known, payload="a b")
    assert status == 400


async def test_without_get_started_the_first_message_carries_the_referral(
    messengers: Messengers, bot: BotServer
) -> None:
    await messengers.messenger_person(bot)
    newcomer = (await messengers.control("messenger/users"))["id"]
    await messengers.control("messenger/start", user=newcomer, payload="inv_7Qx")
    assert event(bot.hooks[-1])["message"]["referral"]["ref"] == "inv_7Qx"


@pytest.mark.parametrize(
    ("action", "fields", "kind"),
    [
        ("photo", {}, "image"),
        ("document", {"file_name": "a.pdf"}, "file"),
        ("media", {"kind": "voice"}, "audio"),
        ("media", {"kind": "video"}, "video"),
        ("media", {"kind": "sticker"}, "sticker"),
    ],
)
async def test_a_file_of_a_person_can_be_fetched(
    messengers: Messengers, bot: BotServer, action: str, fields: dict[str, str], kind: str
) -> None:
    person = await messengers.messenger_person(bot)
    await messengers.control(f"messenger/{action}", user=person, **fields)
    (attachment,) = event(bot.hooks[-1])["message"]["attachments"]
    assert attachment["type"] == kind
    async with messengers.http.get(attachment["payload"]["url"]) as answer:
        assert answer.status == 200
        assert await answer.read()


@pytest.mark.parametrize("action", ["photo", "document"])
async def test_files_have_no_captions(messengers: Messengers, bot: BotServer, action: str) -> None:
    person = await messengers.messenger_person(bot)
    status, reply = await messengers.try_control(f"messenger/{action}", user=person, caption="Чек")
    assert (status, reply["error"]["code"]) == (400, "bad_request")


async def test_edits_and_reactions_name_the_message(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages", "message_edits", "message_reactions"])
    own = event(bot.hooks[-1])["message"]["mid"]
    sent = await send(messengers, person, {"text": "Вітаємо"})
    for number in (1, 2):
        await messengers.control("messenger/edit", user=person, text=f"Вітаю {number}")
        assert event(bot.hooks[-1])["message_edit"] == {"mid": own, "text": f"Вітаю {number}", "num_edit": number}
    await messengers.control("messenger/react", user=person, emoji="👍")
    assert event(bot.hooks[-1])["reaction"] == {"action": "react", "emoji": "👍", "reaction": "other", "mid": sent}
    await messengers.control("messenger/react", user=person, emoji="")
    assert event(bot.hooks[-1])["reaction"] == {"action": "unreact", "mid": sent}


async def test_a_sent_message_comes_back_as_echo_receipt_and_read_mark(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    mid = await send(messengers, person, {"text": "Вітаємо", "metadata": "out-46"})
    _, echoed, delivered = await bot.count(3)
    assert event(echoed) == {
        "sender": {"id": PAGE_ID},
        "recipient": {"id": person},
        "timestamp": NOW_MS,
        "message": {
            "is_echo": True,
            "app_id": 550000000000001,
            "mid": mid,
            "text": "Вітаємо",
            "metadata": "out-46",
        },
    }
    assert event(delivered)["delivery"] == {"mids": [mid], "watermark": NOW_MS}
    await messengers.control("messenger/look", user=person)
    assert event(bot.hooks[-1])["read"] == {"watermark": NOW_MS}
    assert (await messengers.control("messenger/look", user=person))["deliveries"] == []


async def test_a_receipt_can_come_again(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages", "message_deliveries", "message_reads"])
    mid = await send(messengers, person, {"text": "Вітаємо"})
    await bot.count(2)
    await messengers.control("messenger/status", user=person, status="delivered")
    assert event(bot.hooks[-1])["delivery"]["mids"] == [mid]
    await messengers.control("messenger/status", user=person, status="read")
    assert "read" in event(bot.hooks[-1])
    status, _ = await messengers.try_control("messenger/status", user=person, status="failed")
    assert status == 400


async def test_people_of_the_page_take_over_and_give_back(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    await send(messengers, person, BUTTONS)
    await bot.count(3)
    await messengers.control("messenger/handover", user=person, to="inbox", text="Вітаю, я Марія")
    taken, echoed = bot.hooks[-2:]
    assert event(taken)["take_thread_control"]["previous_owner_app_id"] == "550000000000001"
    assert event(echoed)["message"]["app_id"] == 26390203743090
    await messengers.control("messenger/say", user=person, text="Дякую")
    assert event(bot.hooks[-1], "standby")["message"]["text"] == "Дякую"
    await messengers.control("messenger/press", user=person, label="Скасувати")
    assert "payload" not in event(bot.hooks[-1], "standby")["postback"]
    await messengers.control("messenger/handover", user=person, to="bot")
    assert event(bot.hooks[-1])["pass_thread_control"]["new_owner_app_id"] == "550000000000001"
    await messengers.control("messenger/say", user=person, text="Баланс")
    assert event(bot.hooks[-1])["message"]["text"] == "Баланс"


async def test_any_other_event_can_be_made(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    optin = {"optin": {"ref": "card"}, "sender": {"user_ref": "r-1"}}
    await messengers.control("messenger/event", user=person, content=optin)
    assert event(bot.hooks[-1])["sender"] == {"user_ref": "r-1"}
    policy = {"policy_enforcement": {"action": "warning", "reason": "spam"}, "sender": None}
    await messengers.control("messenger/event", user=person, content=policy)
    assert "sender" not in event(bot.hooks[-1])


async def test_several_events_come_in_one_post(messengers: Messengers, bot: BotServer) -> None:
    first = await messengers.messenger_person(bot)
    second = (await messengers.control("messenger/users"))["id"]
    for batch, entries in (("events", 1), ("entries", 3)):
        for person, text in ((first, "Раз"), (second, "Два"), (first, "Три")):
            await messengers.control("messenger/say", user=person, text=text, hold=True)
        await messengers.control("messenger/release", batch=batch)
        assert len(bot.hooks[-1].json["entry"]) == entries
        assert len(check_messenger(bot.hooks[-1].json)) == 3
        assert is_signed(bot.hooks[-1])


async def test_after_an_hour_of_failures_the_page_sends_no_more(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    bot.answers = [(500, b"")] * 4
    await messengers.control("messenger/say", user=person, text="Раз")
    await bot.count(5)
    await messengers.control("clock", seconds=3600)
    await messengers.control("messenger/say", user=person, text="Два")
    assert (await messengers.messenger("GET", f"{PAGE_ID}/subscribed_apps"))[1] == {"data": []}
    assert len(bot.hooks) == 5
    fields = {"subscribed_fields": "messages"}
    assert (await messengers.messenger("POST", f"{PAGE_ID}/subscribed_apps", fields))[0] == 200
    assert (await messengers.control("messenger/say", user=person, text="Три"))["statuses"] == [200]
