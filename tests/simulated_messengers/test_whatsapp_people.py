"""What people do in WhatsApp reaches the bot as signed webhooks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.simulated_messengers.driver import NUMBER_ID, SECRET, BotServer, Messengers, picture
from tests.simulated_messengers.meta import check_whatsapp, is_escaped, is_signed, message, statuses, value

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = "380501112233"
NOW = "1795000000"


def buttons(*labels: str) -> dict[str, Any]:
    entries = [{"type": "reply", "reply": {"id": f"h:{label}", "title": label}} for label in labels]
    content = {"type": "button", "body": {"text": "Так чи ні?"}, "action": {"buttons": entries}}
    return {"type": "interactive", "interactive": content}


def interactive(kind: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": "Меню"}, "action": action}}


LIST = interactive(
    "list",
    {
        "button": "Рахунки",
        "sections": [
            {"rows": [{"id": "h:a1", "title": "*1234", "description": "UAH"}, {"id": "h:a2", "title": "*5678"}]}
        ],
    },
)
LINK = interactive(
    "cta_url", {"name": "cta_url", "parameters": {"display_text": "PIN", "url": "https://bank.example/s/1"}}
)
ASK_CONTACT = interactive("request_contact_info", {"name": "request_contact_info"})
ASK_LOCATION = interactive("location_request_message", {"name": "send_location"})


async def send(messengers: Messengers, person: str, content: dict[str, Any]) -> str:
    status, answer = await messengers.send_whatsapp(person, content)
    assert status == 200, answer
    number: str = answer["messages"][0]["id"]
    return number


async def test_every_webhook_is_signed_over_its_exact_escaped_bytes(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/say", user=person, text='Так/ні <50%> @ "ї" \N{GRINNING FACE}')
    await messengers.control("whatsapp/raw", body='{ "object" : "page" }')
    assert b"\\u0422\\u0430\\u043a\\/\\u043d\\u0456" in bot.hooks[1].body
    assert message(bot.hooks[1])["text"]["body"] == 'Так/ні <50%> @ "ї" \N{GRINNING FACE}'
    assert [is_escaped(hook.body) for hook in bot.hooks[:2]] == [True, True]
    assert bot.hooks[2].body == b'{ "object" : "page" }'
    assert [is_signed(hook) for hook in bot.hooks] == [True] * 3
    written_again = json.dumps(bot.hooks[1].json).encode()
    assert written_again != bot.hooks[1].body


async def test_a_raw_webhook_can_be_forged(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/raw", body="{}", headers={"X-Hub-Signature-256": "sha256=00"})
    await messengers.control("whatsapp/raw", body="{}", headers={"X-Hub-Signature-256": None})
    assert not is_signed(bot.hooks[-2])
    assert "X-Hub-Signature-256" not in bot.hooks[-1].headers


async def test_a_text_has_the_identities_of_its_sender(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot, name="Іра")
    content = value(bot.hooks[-1])
    (contact,) = content["contacts"]
    assert contact["wa_id"] == PHONE
    assert content["metadata"] == {"display_phone_number": "380440000000", "phone_number_id": NUMBER_ID}
    happened = message(bot.hooks[-1])
    wamid = happened.pop("id")
    assert happened == {
        "from": PHONE,
        "from_user_id": contact["user_id"],
        "timestamp": NOW,
        "type": "text",
        "text": {"body": "Привіт"},
    }
    assert wamid.startswith("wamid.")


async def test_a_person_with_a_username_does_not_show_a_number(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot, id="UA.7h3kQ2", username="ol.bank", name="Ол")
    assert value(bot.hooks[-1])["contacts"] == [
        {"profile": {"name": "Ол", "username": "ol.bank"}, "user_id": "UA.7h3kQ2"}
    ]
    assert "from" not in message(bot.hooks[-1])
    assert message(bot.hooks[-1])["from_user_id"] == "UA.7h3kQ2"


async def test_two_people_never_share_a_number(messengers: Messengers, bot: BotServer) -> None:
    first = await messengers.control("whatsapp/users")
    second = await messengers.control("whatsapp/users")
    assert (first["wa_id"], first["wa_id"] == second["wa_id"], first["user_id"] == second["user_id"]) == (
        PHONE,
        False,
        False,
    )
    status, reply = await messengers.try_control("whatsapp/users", id="Ol")
    assert (status, reply["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("sent", "press", "answered"),
    [
        (
            buttons("Так", "Ні"),
            {"label": "Ні"},
            {"type": "button_reply", "button_reply": {"id": "h:Ні", "title": "Ні"}},
        ),
        (
            LIST,
            {"token": "h:a1"},
            {"type": "list_reply", "list_reply": {"id": "h:a1", "title": "*1234", "description": "UAH"}},
        ),
        (LIST, {"index": 1}, {"type": "list_reply", "list_reply": {"id": "h:a2", "title": "*5678"}}),
    ],
)
async def test_a_pressed_button_answers_the_message_that_shows_it(
    messengers: Messengers, bot: BotServer, sent: dict[str, Any], press: dict[str, Any], answered: dict[str, Any]
) -> None:
    person = await messengers.whatsapp_person(bot)
    wamid = await send(messengers, person, sent)
    await send(messengers, person, {"type": "text", "text": {"body": "Ще щось?"}})
    await messengers.control("whatsapp/press", user=person, **press)
    happened = message(bot.hooks[-1])
    assert (happened["type"], happened["interactive"]) == ("interactive", answered)
    assert happened["context"] == {"from": "380440000000", "id": wamid}


async def test_a_template_button_answers_in_its_own_form(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    components = [
        {"type": "BODY", "text": "Вітаємо"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Так"}]},
    ]
    await messengers.control("whatsapp/template", name="hello", components=components)
    chosen = {"type": "button", "sub_type": "quick_reply", "index": "0"}
    chosen["parameters"] = [{"type": "payload", "payload": "h:9f2"}]  # type: ignore[assignment]
    template = {"name": "hello", "language": {"code": "uk"}, "components": [chosen]}
    await send(messengers, person, {"type": "template", "template": template})
    await messengers.control("whatsapp/press", user=person, label="Так")
    assert message(bot.hooks[-1])["button"] == {"payload": "h:9f2", "text": "Так"}


async def test_links_open_and_no_webhook_tells(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await send(messengers, person, LINK)
    await bot.count(3)
    reply = await messengers.control("whatsapp/press", user=person, label="PIN")
    assert (reply["opened"], reply["deliveries"]) == ("https://bank.example/s/1", [])
    status, reply = await messengers.try_control("whatsapp/press", user=person, label="Немає")
    assert (status, reply["error"]["code"]) == (404, "no_such_button")


async def test_a_number_is_proven_only_by_the_answer_to_the_bots_question(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/contact", user=person)
    (unasked,) = message(bot.hooks[-1])["contacts"]
    assert (unasked["origin"], unasked["phones"][0]["wa_id"]) == ("other", PHONE)
    wamid = await send(messengers, person, ASK_CONTACT)
    assert (await messengers.chat("whatsapp", person))[-1]["ask_contact"] is True
    await messengers.control("whatsapp/press", user=person, label="Share contact info")
    (answer,) = message(bot.hooks[-1])["contacts"]
    assert (answer["origin"], answer["phones"]) == (
        "contact_request",
        [{"phone": f"+{PHONE}", "type": "CELL", "wa_id": PHONE}],
    )
    assert message(bot.hooks[-1])["context"]["id"] == wamid
    await messengers.control("whatsapp/contact", user=person, phone="380671112233")
    (declared,) = message(bot.hooks[-1])["contacts"]
    assert (declared["origin"], "wa_id" in declared["phones"][0]) == ("contact_request", False)
    await messengers.control("whatsapp/contact", user=person, own=False, name="Мама")
    (foreign,) = message(bot.hooks[-1])["contacts"]
    assert (foreign["origin"], foreign["phones"][0]["wa_id"]) == ("other", "380671112233")


async def test_a_place_is_shared(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await send(messengers, person, ASK_LOCATION)
    assert (await messengers.chat("whatsapp", person))[-1]["ask_location"] is True
    await messengers.control("whatsapp/press", user=person, label="Send location")
    assert message(bot.hooks[-1])["location"] == {"latitude": 50.4501, "longitude": 30.5234}


@pytest.mark.parametrize(
    ("act", "kind", "mime", "more"),
    [
        ({"action": "photo", "caption": "Чек"}, "image", "image/png", {"caption": "Чек"}),
        ({"action": "document", "file_name": "../a.pdf"}, "document", "application/pdf", {"filename": "../a.pdf"}),
        ({"action": "media", "kind": "voice"}, "audio", "audio/ogg", {"voice": True}),
        ({"action": "media", "kind": "audio"}, "audio", "audio/mpeg", {"voice": False}),
        ({"action": "media", "kind": "video"}, "video", "video/mp4", {}),
        ({"action": "media", "kind": "sticker"}, "sticker", "image/webp", {}),
    ],
)
async def test_a_file_of_a_person_can_be_fetched_by_its_id(
    messengers: Messengers, bot: BotServer, act: dict[str, Any], kind: str, mime: str, more: dict[str, Any]
) -> None:
    person = await messengers.whatsapp_person(bot)
    action = act.pop("action")
    await messengers.control(f"whatsapp/{action}", user=person, **act)
    act["action"] = action
    content = message(bot.hooks[-1])[kind]
    assert content["mime_type"] == mime
    assert {name: content[name] for name in more} == more
    status, told = await messengers.whatsapp("GET", content["id"])
    assert (status, told["sha256"], told["mime_type"]) == (200, content["sha256"], mime)


async def test_edits_deletions_and_reactions_name_the_message(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    own = message(bot.hooks[-1])["id"]
    sent = await send(messengers, person, buttons("Так"))
    await bot.count(3)
    await messengers.control("whatsapp/edit", user=person, text="Вітаю")
    assert message(bot.hooks[-1])["edit"] == {
        "original_message_id": own,
        "message": {"type": "text", "text": {"body": "Вітаю"}},
    }
    await messengers.control("whatsapp/react", user=person, emoji="👍")
    assert message(bot.hooks[-1])["reaction"] == {"message_id": sent, "emoji": "👍"}
    await messengers.control("whatsapp/react", user=person, emoji="")
    assert message(bot.hooks[-1])["reaction"] == {"message_id": sent}
    await messengers.control("whatsapp/revoke", user=person)
    assert message(bot.hooks[-1])["revoke"] == {"original_message_id": own}
    (first, _) = await messengers.chat("whatsapp", person)
    assert (first["text"], first["edited"], first["deleted"]) == ("Вітаю", True, True)


async def test_somebody_comes_from_an_advertisement(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/referral", user=person, ref="ad77", text="Хочу картку")
    happened = message(bot.hooks[-1])
    assert (happened["text"]["body"], happened["referral"]["source_type"], happened["referral"]["source_id"]) == (
        "Хочу картку",
        "ad",
        "ad77",
    )


async def test_a_link_only_fills_in_a_text(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/start", user=person, payload="START-7QX")
    assert message(bot.hooks[-1])["text"] == {"body": "START-7QX"}


async def test_a_completed_form_comes_as_a_json_string(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    status, reply = await messengers.try_control("whatsapp/submit", user=person)
    assert (status, reply["error"]["code"]) == (404, "no_form")
    form = {"flow_message_version": "3", "flow_id": "7", "flow_token": "h:f1", "flow_cta": "Заповнити"}
    await send(messengers, person, interactive("flow", {"name": "flow", "parameters": form}))
    await messengers.control("whatsapp/submit", user=person, response={"sum": "100"})
    answer = message(bot.hooks[-1])["interactive"]["nfm_reply"]
    assert (answer["name"], json.loads(answer["response_json"])) == ("flow", {"flow_token": "h:f1", "sum": "100"})


async def test_a_new_number_is_another_identity(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    old = message(bot.hooks[-1])
    await messengers.control("whatsapp/renumber", user=person, phone="380671112233")
    happened = message(bot.hooks[-1])
    assert "contacts" not in value(bot.hooks[-1])
    assert (happened["from"], happened["from_user_id"]) == (PHONE, old["from_user_id"])
    system = happened["system"]
    assert (system["type"], system["wa_id"]) == ("user_changed_number", "380671112233")
    assert system["user_id"] != old["from_user_id"]
    for to, code in ((PHONE, 131026), ("380671112233", 131047)):
        assert (await messengers.send_whatsapp(to, buttons("Так")))[1]["error"]["code"] == code
    await messengers.control("whatsapp/say", user=person, text="Це я")
    assert (message(bot.hooks[-1])["from"], message(bot.hooks[-1])["from_user_id"]) == (
        "380671112233",
        system["user_id"],
    )


@pytest.mark.parametrize("kind", ["user_changed_user_id", "customer_identity_changed"])
async def test_other_changes_of_identity_are_told(messengers: Messengers, bot: BotServer, kind: str) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/identity", user=person, kind=kind)
    assert message(bot.hooks[-1])["system"]["type"] == kind
    check_whatsapp(bot.hooks[-1].json)


async def test_any_other_event_can_be_made(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    poll = {"type": "unsupported", "errors": [{"code": 131051}], "unsupported": {"type": "poll"}, "from": None}
    await messengers.control("whatsapp/event", user=person, content=poll)
    happened = message(bot.hooks[-1])
    assert (happened["type"], "from" in happened) == ("unsupported", False)


async def test_a_message_is_sent_delivered_and_read(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    _, answer = await messengers.send_whatsapp(person, {**buttons("Так"), "biz_opaque_callback_data": "out-42"})
    wamid = answer["messages"][0]["id"]
    await bot.count(3)
    await messengers.control("whatsapp/look", user=person)
    told = statuses(bot)
    assert [status["status"] for status in told] == ["sent", "delivered", "read"]
    for status in told:
        assert (status["id"], status["recipient_id"], status["timestamp"]) == (wamid, PHONE, NOW)
        assert status["biz_opaque_callback_data"] == "out-42"
        assert status["pricing"] == {
            "billable": False,
            "pricing_model": "PMP",
            "category": "service",
            "type": "free_customer_service",
        }
        assert status["conversation"]["origin"] == {"type": "service"}
    assert "expiration_timestamp" in told[0]["conversation"]
    assert (await messengers.control("whatsapp/look", user=person))["deliveries"] == []


async def test_a_status_can_come_at_any_time_and_again(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await send(messengers, person, buttons("Так"))
    await bot.count(3)
    await messengers.control("whatsapp/status", user=person, status="read")
    await messengers.control("whatsapp/status", user=person, status="sent", times=2)
    await messengers.control("whatsapp/status", user=person, status="failed", code=131049)
    assert [status["status"] for status in statuses(bot)[2:]] == ["read", "sent", "sent", "failed"]
    assert statuses(bot)[-1]["errors"][0]["code"] == 131049


async def test_a_message_to_somebody_who_blocked_the_bot_fails_later(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/block", user=person)
    await send(messengers, person, buttons("Так"))
    await bot.count(2)
    (status,) = statuses(bot)
    assert (status["status"], status["errors"]) == (
        "failed",
        [
            {
                "code": 131026,
                "title": "Message undeliverable",
                "message": "Message undeliverable",
                "error_data": {"details": "Message Undeliverable."},
            }
        ],
    )
    await messengers.control("whatsapp/unblock", user=person)
    await send(messengers, person, buttons("Так"))
    await bot.count(4)
    assert [status["status"] for status in statuses(bot)[1:]] == ["sent", "delivered"]


async def test_a_linked_picture_is_fetched_after_the_call(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    bot.files["1.png"] = picture()
    await send(messengers, person, {"type": "image", "image": {"link": f"{bot.url}/files/1.png", "caption": "Чек"}})
    item = (await messengers.chat("whatsapp", person))[-1]
    async with messengers.http.get(f"{messengers.url}/control/whatsapp/picture/{item['seq']}") as answer:
        assert await answer.read() == bot.files["1.png"]
    await bot.count(3)
    assert [status["status"] for status in statuses(bot)] == ["sent", "delivered"]
    await send(messengers, person, {"type": "image", "image": {"link": f"{bot.url}/files/2.png"}})
    await bot.count(4)
    assert (statuses(bot)[-1]["status"], statuses(bot)[-1]["errors"][0]["code"]) == ("failed", 131053)


async def test_the_handshake_is_done_before_the_webhook_is_set(messengers: Messengers, bot: BotServer) -> None:
    await messengers.control("whatsapp/webhook", url=f"{bot.url}/hook", verify_token=SECRET)
    (challenge,) = bot.challenges
    assert (challenge["hub.mode"], challenge["hub.verify_token"]) == ("subscribe", SECRET)
    for form in ({"verify_token": "another"}, {"url": f"{bot.url}/nowhere"}, {"url": "http://bot.example/hook"}):
        wrong = {"url": f"{bot.url}/hook", "verify_token": SECRET} | form
        status, reply = await messengers.try_control("whatsapp/webhook", **wrong)
        assert (status, reply["error"]["code"]) == (409, "callback_refused")


async def test_held_events_come_in_one_post_and_in_any_order(messengers: Messengers, bot: BotServer) -> None:
    first = await messengers.whatsapp_person(bot)
    second = (await messengers.control("whatsapp/users"))["id"]
    held = [
        (await messengers.control("whatsapp/say", user=person, text=text, hold=True))["held"][0]
        for person, text in ((first, "Раз"), (second, "Два"), (first, "Три"))
    ]
    answer = await messengers.control("whatsapp/release", order=held[::-1], batch="events")
    assert answer["statuses"] == [200]
    texts = [entry["text"]["body"] for entry in value(bot.hooks[-1])["messages"]]
    assert texts == ["Три", "Два", "Раз"]
    assert len(value(bot.hooks[-1])["contacts"]) == 2
    assert is_signed(bot.hooks[-1])
    assert is_escaped(bot.hooks[-1].body)
    assert len(check_whatsapp(bot.hooks[-1].json)) == 3
    states = (await messengers.look_up("whatsapp/deliveries"))["deliveries"]
    assert [entry["state"] for entry in states[-4:]] == ["batched"] * 3 + ["acknowledged"]


async def test_a_batch_may_have_an_entry_for_each_event(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    for text in ("Раз", "Два"):
        await messengers.control("whatsapp/say", user=person, text=text, hold=True)
    await messengers.control("whatsapp/release", batch="entries")
    assert len(bot.hooks[-1].json["entry"]) == 2
    assert len(check_whatsapp(bot.hooks[-1].json)) == 2


async def test_a_webhook_is_repeated_until_it_is_answered_with_200(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    bot.answers = [(500, b""), (204, b""), (200, b"")]
    reply = await messengers.control("whatsapp/say", user=person, text="Баланс")
    assert reply["statuses"] == [500]
    hooks = await bot.count(4)
    assert len({hook.body for hook in hooks[1:]}) == 1


async def test_copies_come_together(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    all_are_here = asyncio.Barrier(3)

    async def meet(_: object) -> None:
        await all_are_here.wait()

    bot.before_answer = meet
    reply = await messengers.control("whatsapp/say", user=person, text="Баланс", times=3, together=True)
    assert reply["statuses"] == [200, 200, 200]
