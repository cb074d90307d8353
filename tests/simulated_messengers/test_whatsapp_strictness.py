"""What WhatsApp takes, and with which code it refuses everything else."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.simulated_messengers.driver import (
    ACCOUNT_ID,
    NUMBER_ID,
    SECRET,
    WHATSAPP_TOKEN,
    BotServer,
    Messengers,
    picture,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = "380501112233"


def text(body: str = "Оберіть рахунок", **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}, **fields}


def interactive(kind: str, action: dict[str, Any], **fields: Any) -> dict[str, Any]:
    content = {"type": kind, "body": {"text": "Оберіть рахунок"}, "action": action, **fields}
    return {"type": "interactive", "interactive": content}


def reply(id_: str = "h:a1", title: str = "*1234") -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": id_, "title": title}}


def buttons(*entries: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return interactive("button", {"buttons": list(entries)}, **fields)


def row(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": f"h:a{number}", "title": f"*{number}", **fields}


def listed(*sections: dict[str, Any], button: str = "Рахунки", **fields: Any) -> dict[str, Any]:
    return interactive("list", {"button": button, "sections": list(sections)}, **fields)


def section(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"rows": list(rows), **fields}


def link(label: str = "Ввести PIN", url: str = "https://bank.example/s/1") -> dict[str, Any]:
    return interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": label, "url": url}})


def flow(**parameters: Any) -> dict[str, Any]:
    usual = {"flow_message_version": "3", "flow_id": "77", "flow_token": "h:f1", "flow_cta": "Ввести PIN"}
    return interactive("flow", {"name": "flow", "parameters": usual | parameters})


ASK_CONTACT = interactive("request_contact_info", {"name": "request_contact_info"})
ASK_LOCATION = interactive("location_request_message", {"name": "send_location"})
IMAGE = {"type": "image", "image": {"link": "https://bank.example/r/1.png"}}
PLACE = {"latitude": 50.45, "longitude": "30.52", "name": "Банк", "address": "Хрещатик, 1"}
CARD = {"name": {"formatted_name": "Банк", "first_name": "Банк"}, "phones": [{"phone": "+380440000000"}]}

ACCEPTED: list[dict[str, Any]] = [
    text(),
    {"text": {"body": "a"}},
    text("x" * 4096, recipient_type="individual", biz_opaque_callback_data="x" * 512),
    {"type": "text", "text": {"body": "https://bank.example", "preview_url": True}},
    buttons(reply()),
    buttons(reply("1" * 256, "x" * 20), reply("2", "Б"), reply("3", "В")),
    buttons(reply(), header={"type": "text", "text": "x" * 60}, footer={"text": "x" * 60}),
    buttons(reply(), header={"type": "image", "image": {"link": "https://bank.example/1.png"}}),
    listed(section(row())),
    listed(section(*(row(n) for n in range(10))), button="x" * 20, header={"type": "text", "text": "Ваші"}),
    listed(section(row(1), title="x" * 24), section(row(2, description="x" * 72), title="Депозити")),
    listed(section({"id": "x" * 200, "title": "x" * 24})),
    link(),
    link("x" * 20),
    flow(),
    flow(flow_action="data_exchange", mode="draft"),
    flow(flow_action="navigate", flow_action_payload={"screen": "PIN", "data": {"sum": {"deep": [1]}}}),
    ASK_CONTACT,
    ASK_LOCATION,
    {"type": "location", "location": PLACE},
    {"type": "contacts", "contacts": [CARD]},
    IMAGE,
    {"type": "image", "image": {"link": "https://bank.example/r/1.png", "caption": "x" * 1024}},
    {"type": "document", "document": {"link": "https://bank.example/a.pdf", "filename": "Квитанція.pdf"}},
]

REFUSED: list[tuple[dict[str, Any], int]] = [
    ({"messaging_product": "telegram", **text()}, 100),
    ({"type": "text"}, 131008),
    ({"type": "text", "text": {}}, 131008),
    ({"type": "text", "text": "a"}, 100),
    ({"type": "text", "text": {"body": 5}}, 100),
    ({"type": "text", "text": {"body": "a", "tekst": "b"}}, 100),
    ({"type": "poll", "poll": {}}, 100),
    ({"type": ["text"], "text": {"body": "a"}}, 100),
    (text(tekst="a"), 100),
    (text(image={"id": "1"}), 100),
    (text(recipient_type="group"), 100),
    (text(to=380501112233), 100),
    (text(to="Ol"), 131009),
    (text(to="12345"), 131009),
    (text(to="380440000000"), 131021),
    (text(to="380509999999"), 131026),
    (text(""), 131009),
    (text("\n \t"), 131009),
    (text("x" * 4097), 131009),
    (text(biz_opaque_callback_data="x" * 513), 131009),
    (text(context={"message_id": "wamid.nobody"}), 131009),
    (buttons(), 131009),
    (buttons(*(reply(str(n), str(n)) for n in range(4))), 131009),
    (buttons(reply(title="x" * 21)), 131009),
    (buttons(reply(title="")), 131009),
    (buttons(reply("x" * 257)), 131009),
    (buttons(reply(" h:a1")), 131009),
    (buttons(reply("1", "Так"), reply("2", "Так")), 131009),
    (buttons(reply("1", "Так"), reply("1", "Ні")), 131009),
    (buttons({"type": "url", "reply": {"id": "1", "title": "a"}}), 100),
    (buttons({"reply": {"id": "1", "title": "a"}}), 131008),
    (buttons({"type": "reply", "reply": {"id": "1"}}), 131008),
    (buttons(reply(), body={"text": "x" * 1025}), 131009),
    (buttons(reply(), body={"text": ""}), 131009),
    (buttons(reply(), footer={"text": "x" * 61}), 131009),
    (buttons(reply(), header={"type": "text", "text": "x" * 61}), 131009),
    (buttons(reply(), header={"type": "text"}), 100),
    (buttons(reply(), header={"type": "sticker", "text": "a"}), 100),
    (buttons(reply(), header={"type": "image", "image": {}}), 100),
    ({"type": "interactive", "interactive": {"type": "button", "action": {"buttons": [reply()]}}}, 131008),
    (interactive("button", {"button": "a", "sections": [section(row())]}), 100),
    (interactive("carousel", {"name": "a"}), 100),
    (listed(), 131009),
    (listed(section()), 131009),
    (listed(section(*(row(n) for n in range(11)))), 131009),
    (
        listed(section(*(row(n) for n in range(6)), title="А"), section(*(row(n) for n in range(6, 12)), title="Б")),
        131009,
    ),
    (listed(*(section(row(n), title=str(n)) for n in range(11))), 131009),
    (listed(section(row(1)), section(row(2))), 131008),
    (listed(section(row(), title="x" * 25)), 131009),
    (listed(section(row(title="x" * 25))), 131009),
    (listed(section(row(description="x" * 73))), 131009),
    (listed(section({"id": "x" * 201, "title": "a"})), 131009),
    (listed(section(row(1), row(1, title="б"))), 131009),
    (listed(section(row(1, title="а"), row(2, title="а"))), 131009),
    (listed(section(row()), button="x" * 21), 131009),
    (listed(section(row()), header={"type": "image", "image": {"id": "1"}}), 100),
    (link("x" * 21), 131009),
    (link(url="bank.example"), 131009),
    (link(url="http://["), 131009),
    (interactive("cta_url", {"name": "url", "parameters": {"display_text": "a", "url": "https://a.example"}}), 100),
    (interactive("cta_url", {"name": "cta_url"}), 131008),
    (interactive("request_contact_info", {"name": "send_location"}), 100),
    (interactive("request_contact_info", {"name": "request_contact_info", "button": "a"}), 100),
    (interactive("location_request_message", {"name": "send_location"}, header={"type": "text", "text": "a"}), 100),
    (flow(flow_message_version="2"), 131009),
    (flow(flow_name="pin"), 100),
    (flow(flow_cta="x" * 31), 131009),
    (flow(flow_action="stay"), 100),
    (flow(flow_action="data_exchange", flow_action_payload={"screen": "PIN"}), 100),
    ({"type": "location", "location": {"latitude": 91, "longitude": 30}}, 131009),
    ({"type": "location", "location": {"latitude": "north", "longitude": 30}}, 131009),
    ({"type": "location", "location": {"latitude": 50}}, 131008),
    ({"type": "contacts", "contacts": []}, 131008),
    ({"type": "contacts", "contacts": [{"phones": []}]}, 131008),
    ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Банк"}}]}, 131008),
    ({"type": "image", "image": {}}, 100),
    ({"type": "image", "image": {"id": "1", "link": "https://bank.example/1.png"}}, 100),
    ({"type": "image", "image": {"id": "1"}}, 131009),
    ({"type": "image", "image": {"link": "ftp://bank.example/1.png"}}, 131009),
    ({"type": "image", "image": {"link": "https://bank.example/1.png", "caption": "x" * 1025}}, 131009),
    ({"type": "audio", "audio": {"link": "https://bank.example/1.ogg", "caption": "a"}}, 100),
    ({"type": "document", "document": {"link": "https://b.example/a.pdf", "filename": "x" * 241}}, 131009),
    ({"type": "reaction", "reaction": {"message_id": "wamid.nobody", "emoji": "👍"}}, 131009),
    ({"type": "template", "template": {"name": "hello", "language": {"code": "uk"}}}, 132001),
    ({"type": "template", "template": {"name": "hello"}}, 131008),
]


@pytest.mark.parametrize("message", ACCEPTED)
async def test_a_message_within_the_rules_is_accepted(
    messengers: Messengers, bot: BotServer, message: dict[str, Any]
) -> None:
    person = await messengers.whatsapp_person(bot)
    status, answer = await messengers.send_whatsapp(person, message)
    assert status == 200, answer
    assert answer["contacts"] == [{"input": PHONE, "wa_id": PHONE}]
    assert answer["messages"][0]["id"].startswith("wamid.")
    assert [item["from"] for item in await messengers.chat("whatsapp", person)] == ["user", "bot"]


@pytest.mark.parametrize(("message", "code"), REFUSED)
async def test_a_message_outside_the_rules_is_refused_and_not_shown(
    messengers: Messengers, bot: BotServer, message: dict[str, Any], code: int
) -> None:
    person = await messengers.whatsapp_person(bot)
    status, answer = await messengers.send_whatsapp(person, message)
    assert (status, answer["error"]["code"]) == (404 if code == 132001 else 400, code), answer
    assert answer["error"]["type"] == "OAuthException"
    assert answer["error"]["fbtrace_id"]
    assert answer["error"]["message"].startswith(f"(#{code}) ")
    assert [item["from"] for item in await messengers.chat("whatsapp", person)] == ["user"]


async def test_an_error_has_the_form_of_the_platform(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    _, answer = await messengers.send_whatsapp(person, {"type": "text", "text": {"body": "a", "tekst": "b"}})
    trace_id = answer["error"].pop("fbtrace_id")
    assert isinstance(trace_id, str)
    assert answer["error"] == {
        "message": '(#100) Unexpected key "tekst" on param "text"',
        "type": "OAuthException",
        "code": 100,
        "error_data": {"messaging_product": "whatsapp", "details": 'Unexpected key "tekst" on param "text"'},
    }


async def test_a_business_scoped_id_is_a_recipient_too(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot, id="UA.7h3kQ2", username="ol.bank")
    body = {"messaging_product": "whatsapp", "recipient": "UA.7h3kQ2", **text()}
    status, answer = await messengers.whatsapp("POST", f"{NUMBER_ID}/messages", body)
    assert (status, answer["contacts"]) == (200, [{"input": "UA.7h3kQ2", "user_id": "UA.7h3kQ2"}])
    for recipient, code in (("UA.nobody", 131026), ("7h3kQ2", 131009)):
        status, answer = await messengers.whatsapp("POST", f"{NUMBER_ID}/messages", body | {"recipient": recipient})
        assert (status, answer["error"]["code"]) == (400, code)
    status, answer = await messengers.whatsapp(
        "POST", f"{NUMBER_ID}/messages", {"messaging_product": "whatsapp"} | text()
    )
    assert answer["error"]["code"] == 131008


async def test_the_dialled_number_may_be_written_in_any_way(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot)
    status, answer = await messengers.send_whatsapp("+380 (50) 111-22-33", text())
    assert (status, answer["contacts"]) == (200, [{"input": "+380 (50) 111-22-33", "wa_id": PHONE}])


async def test_the_window_closes_after_a_day(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    newcomer = (await messengers.control("whatsapp/users"))["id"]
    assert (await messengers.send_whatsapp(newcomer, text()))[1]["error"]["code"] == 131047
    await messengers.control("clock", seconds=24 * 3600 - 1)
    assert (await messengers.send_whatsapp(person, text()))[0] == 200
    await messengers.control("clock", seconds=1)
    status, answer = await messengers.send_whatsapp(person, text())
    assert (status, answer["error"]["code"]) == (400, 131047)
    assert answer["error"]["message"] == "(#131047) Re-engagement message"
    assert "24 hours" in answer["error"]["error_data"]["details"]
    await messengers.control("whatsapp/say", user=person, text="Я тут")
    assert (await messengers.send_whatsapp(person, text()))[0] == 200


@pytest.mark.parametrize(
    ("path", "version", "token", "status", "code"),
    [
        (f"{NUMBER_ID}/messages", "v26.0", "", 401, 190),
        (f"{NUMBER_ID}/messages", "v26.0", "another", 401, 190),
        (f"{NUMBER_ID}/messages", "v26.0", "інший", 401, 190),
        (f"{NUMBER_ID}/messages", "v20.0", WHATSAPP_TOKEN, 400, 2500),
        (f"{NUMBER_ID}/messages", "26", WHATSAPP_TOKEN, 400, 2500),
        ("880000000000009/messages", "v26.0", WHATSAPP_TOKEN, 400, 100),
        (f"{NUMBER_ID}/message", "v26.0", WHATSAPP_TOKEN, 400, 100),
        (f"{ACCOUNT_ID}/messages", "v26.0", WHATSAPP_TOKEN, 400, 100),
    ],
)
async def test_path_version_and_token_must_be_right(
    messengers: Messengers, path: str, version: str, token: str, status: int, code: int
) -> None:
    url = f"{messengers.url}/graph/{version}/{path}"
    request = {"params": {"access_token": token}} if token else {}
    async with messengers.http.post(url, json={}, **request) as answer:
        body = await answer.json()
        assert (answer.status, body["error"]["code"]) == (status, code), body


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b'{"text":"\\ud83d"}', b"[" * 100_000, b'{"a":NaN}'])
async def test_a_body_that_is_no_json_object_is_refused(messengers: Messengers, content: bytes) -> None:
    headers = {"Authorization": f"Bearer {WHATSAPP_TOKEN}", "Content-Type": "application/json"}
    url = f"{messengers.url}/graph/v26.0/{NUMBER_ID}/messages"
    async with messengers.http.post(url, data=content, headers=headers) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, 100)


async def test_only_a_message_of_a_person_can_be_marked_as_read(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    wamid = bot.hooks[-1].json["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    own = (await messengers.send_whatsapp(person, text()))[1]["messages"][0]["id"]
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}

    async def send(**changes: Any) -> object:
        status, answer = await messengers.whatsapp("POST", f"{NUMBER_ID}/messages", mark | changes)
        return answer if status == 200 else answer["error"]["code"]

    assert await send() == {"success": True}
    assert await send(typing_indicator={"type": "text"}) == {"success": True}
    assert await send(message_id=own) == 131009
    assert await send(message_id="wamid.nobody") == 131009
    assert await send(status="delivered") == 100
    assert await send(typing_indicator={"type": "audio"}) == 100
    assert await send(typing=True) == 100


def form(content: bytes, mime: str, **fields: str) -> aiohttp.FormData:
    data = aiohttp.FormData()
    data.add_field("messaging_product", "whatsapp")
    for name, value in fields.items():
        data.add_field(name, value)
    data.add_field("file", content, filename="a", content_type=mime)
    return data


async def upload(messengers: Messengers, content: bytes, mime: str, **fields: str) -> tuple[int, dict[str, Any]]:
    return await messengers.whatsapp("POST", f"{NUMBER_ID}/media", data=form(content, mime, **fields))


async def test_an_uploaded_picture_is_sent_by_its_id_and_can_be_fetched(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    content = picture()
    media_id = (await upload(messengers, content, "image/png"))[1]["id"]
    assert (await messengers.send_whatsapp(person, {"type": "image", "image": {"id": media_id}}))[0] == 200
    item = (await messengers.chat("whatsapp", person))[-1]
    assert (item["picture"]["size"], item["picture"]["width"]) == (len(content), 60)
    _, told = await messengers.whatsapp("GET", media_id)
    assert (told["mime_type"], told["file_size"], told["id"]) == ("image/png", len(content), media_id)

    async def fetch(token: str) -> tuple[int, bytes]:
        async with messengers.http.get(told["url"], headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status, await answer.read()

    assert await fetch(WHATSAPP_TOKEN) == (200, content)
    assert (await fetch("another"))[0] == 401
    await messengers.control("clock", seconds=300)
    assert (await fetch(WHATSAPP_TOKEN))[0] == 404
    assert (await messengers.whatsapp("DELETE", media_id)) == (200, {"success": True})
    assert (await messengers.whatsapp("GET", media_id))[1]["error"]["code"] == 100


async def test_a_file_is_kept_for_thirty_days(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot)
    media_id = (await upload(messengers, picture(), "image/png"))[1]["id"]
    await messengers.control("clock", seconds=30 * 86_400)
    status, answer = await messengers.whatsapp("GET", media_id)
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)


@pytest.mark.parametrize(
    ("content", "mime", "code"),
    [
        (b"", "image/png", 131053),
        (b"no picture", "image/png", 131053),
        (picture(kind="JPEG"), "image/png", 131053),
        (picture(kind="GIF"), "image/gif", 100),
        (b"<html></html>", "text/html", 100),
        (b"MZ", "application/octet-stream", 100),
        (b"no pdf", "application/pdf", 131053),
        (b"x" * ((5 << 20) + 1), "image/png", 131053),
        (b"ID3" + b"x" * (16 << 20), "audio/mpeg", 131053),
    ],
)
async def test_a_file_of_a_wrong_kind_or_size_is_refused(
    messengers: Messengers, content: bytes, mime: str, code: int
) -> None:
    status, answer = await upload(messengers, content, mime)
    assert (status, answer["error"]["code"]) == (400, code)


async def test_an_upload_has_exactly_one_file(messengers: Messengers) -> None:
    data = aiohttp.FormData({"messaging_product": "whatsapp"})
    data.add_field("photo", picture(), filename="a.png", content_type="image/png")
    assert (await messengers.whatsapp("POST", f"{NUMBER_ID}/media", data=data))[1]["error"]["code"] == 131008
    assert (await upload(messengers, picture(), "image/png", type="image/png"))[0] == 200
    assert (await upload(messengers, picture(), "image/png", typ="image/png"))[1]["error"]["code"] == 100


async def test_a_file_is_sent_as_what_it_is(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    media_id = (await upload(messengers, b"%PDF-1.7", "application/pdf"))[1]["id"]
    named = {"type": "document", "document": {"id": media_id, "filename": "Квитанція.pdf"}}
    assert (await messengers.send_whatsapp(person, named))[0] == 200
    document = (await messengers.chat("whatsapp", person))[-1]["document"]
    assert (document["name"], document["mime"]) == ("Квитанція.pdf", "application/pdf")
    status, answer = await messengers.send_whatsapp(person, {"type": "image", "image": {"id": media_id}})
    assert (status, answer["error"]["code"]) == (400, 131053)


TEMPLATE = {
    "name": "payment_due",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Банк"},
        {"type": "BODY", "text": "{{1}}, сплатіть {{2}}"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Сплатити"},
                {"type": "URL", "text": "Деталі", "url": "https://bank.example/p/{{1}}"},
            ],
        },
    ],
}


def parameters(*values: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": value} for value in values]


def payload(value: str, index: object = "0") -> dict[str, Any]:
    chosen = [{"type": "payload", "payload": value}]
    return {"type": "button", "sub_type": "quick_reply", "index": index, "parameters": chosen}


URL_PART = {"type": "button", "sub_type": "url", "index": "1", "parameters": parameters("77")}


def template(*components: dict[str, Any], language: str = "uk") -> dict[str, Any]:
    content = {"name": "payment_due", "language": {"code": language}, "components": list(components)}
    return {"type": "template", "template": content}


BODY = {"type": "body", "parameters": parameters("Ол", "100 грн")}


async def test_a_template_reaches_people_outside_the_window(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/template", **TEMPLATE)
    await messengers.control("clock", seconds=48 * 3600)
    status, answer = await messengers.send_whatsapp(person, template(BODY, payload("h:p1"), URL_PART))
    assert (status, answer["messages"][0]["message_status"]) == (200, "accepted")
    item = (await messengers.chat("whatsapp", person))[-1]
    assert item["text"] == "Банк\nОл, сплатіть 100 грн"
    assert item["buttons"] == [
        {"label": "Сплатити", "token": "h:p1", "kind": "quick_reply"},
        {"label": "Деталі", "token": "", "kind": "url", "url": "https://bank.example/p/77"},
    ]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (template(BODY, URL_PART, language="uk_UA"), 132001),
        (template(BODY, URL_PART, language="ru"), 132001),
        (template(URL_PART), 132000),
        (template({"type": "body", "parameters": parameters("Ол")}, URL_PART), 132000),
        (template({"type": "body", "parameters": parameters("Ол", "x" * 1100)}, URL_PART), 132005),
        (template({"type": "body", "parameters": parameters("Ол\n", "1")}, URL_PART), 100),
        (template({"type": "body", "parameters": parameters("", "1")}, URL_PART), 132012),
        (template({"type": "body", "parameters": [{"type": "image"}] * 2}, URL_PART), 132012),
        (template({"type": "BODY", "parameters": parameters("Ол", "1")}), 132000),
        (template(BODY, BODY, URL_PART), 100),
        (template(BODY, URL_PART, {"type": "footer"}), 100),
        (template(BODY, URL_PART, {"type": "header", "parameters": parameters("a")}), 132000),
        (template(BODY, URL_PART, payload("h:p1", "2")), 132000),
        (template(BODY, URL_PART, payload("")), 132012),
        (template(BODY, URL_PART, payload("x" * 257)), 132012),
        (template(BODY, payload("h:p1", 1)), 132012),
    ],
)
async def test_a_template_with_wrong_parameters_is_refused(
    messengers: Messengers, bot: BotServer, message: dict[str, Any], code: int
) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/template", **TEMPLATE)
    status, answer = await messengers.send_whatsapp(person, message)
    assert (status, answer["error"]["code"]) == (404 if code == 132001 else 400, code), answer


async def test_a_template_shows_an_uploaded_file_in_its_header(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.whatsapp_person(bot)
    media_id = (await upload(messengers, b"%PDF-1.7", "application/pdf"))[1]["id"]
    components = [{"type": "HEADER", "format": "DOCUMENT"}, {"type": "BODY", "text": "Ваша квитанція"}]
    await messengers.control("whatsapp/template", name="receipt", components=components)

    async def send(*parameters: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        header = {"type": "header", "parameters": list(parameters)}
        content = {"name": "receipt", "language": {"code": "uk"}, "components": [header]}
        return await messengers.send_whatsapp(person, {"type": "template", "template": content})

    file = {"type": "document", "document": {"id": media_id, "filename": "Квитанція.pdf"}}
    assert (await send(file))[0] == 200
    assert (await messengers.chat("whatsapp", person))[-1]["document"]["name"] == "Квитанція.pdf"
    assert (await send())[1]["error"]["code"] == 132012
    assert (await send({"type": "image", "image": {"id": media_id}}))[1]["error"]["code"] == 132012
    assert (await send(file | {"document": {"id": "5"}}))[1]["error"]["code"] == 131009
    assert (await send(file | {"document": {}}))[1]["error"]["code"] == 100


@pytest.mark.parametrize(
    ("state", "code"), [("PENDING", 132001), ("REJECTED", 132001), ("PAUSED", 132015), ("DISABLED", 132016)]
)
async def test_only_an_approved_template_is_sent(messengers: Messengers, bot: BotServer, state: str, code: int) -> None:
    person = await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/template", **TEMPLATE)
    await messengers.control("whatsapp/template", name="payment_due", status=state)
    _, answer = await messengers.send_whatsapp(person, template(BODY, URL_PART))
    assert answer["error"]["code"] == code


async def test_a_code_is_sent_to_a_number_only_and_stands_in_the_button_too(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.whatsapp_person(bot)
    user_id = bot.hooks[-1].json["entry"][0]["changes"][0]["value"]["contacts"][0]["user_id"]
    components = [
        {"type": "BODY", "text": "{{1}} - ваш код"},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Скопіювати"}]},
    ]
    await messengers.control("whatsapp/template", name="otp", category="AUTHENTICATION", components=components)

    def code(value: str, copied: str) -> dict[str, Any]:
        button = {"type": "button", "sub_type": "url", "index": "0", "parameters": parameters(copied)}
        content = {"name": "otp", "language": {"code": "uk"}}
        content["components"] = [{"type": "body", "parameters": parameters(value)}, button]  # type: ignore[assignment]
        return {"type": "template", "template": content}

    assert (await messengers.send_whatsapp(person, code("123456", "123456")))[0] == 200
    assert (await messengers.send_whatsapp(person, code("123456", "654321")))[1]["error"]["code"] == 132000
    assert (await messengers.send_whatsapp(person, code("1" * 16, "1" * 16)))[1]["error"]["code"] == 100
    body = {"messaging_product": "whatsapp", "recipient": user_id, **code("123456", "123456")}
    assert (await messengers.whatsapp("POST", f"{NUMBER_ID}/messages", body))[1]["error"]["code"] == 131062


async def test_a_template_is_asked_for_and_decided_on(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot, fields=["messages", "message_template_status_update"])
    asked = {
        "name": "hello",
        "language": "uk",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Вітаємо"}],
    }
    status, answer = await messengers.whatsapp("POST", f"{ACCOUNT_ID}/message_templates", asked)
    assert (status, answer["status"]) == (200, "PENDING")
    await messengers.control("whatsapp/template", name="hello", status="APPROVED")
    _, listed_templates = await messengers.whatsapp("GET", f"{ACCOUNT_ID}/message_templates?name=hello")
    assert [(entry["name"], entry["status"]) for entry in listed_templates["data"]] == [("hello", "APPROVED")]
    change = bot.hooks[-1].json["entry"][0]["changes"][0]
    assert (change["field"], change["value"]["event"]) == ("message_template_status_update", "APPROVED")
    for wrong in ({"name": "Hello"}, {"language": "Ukrainian"}, {"category": "OTHER"}, {"components": []}):
        assert (await messengers.whatsapp("POST", f"{ACCOUNT_ID}/message_templates", asked | wrong))[0] == 400


async def test_commands_prompts_and_the_key_of_forms_are_kept(messengers: Messengers) -> None:
    commands = {"prompts": ["Баланс"], "commands": [{"command_name": "balance", "command_description": "Баланс"}]}
    path = f"{NUMBER_ID}/conversational_automation"
    assert (await messengers.whatsapp("POST", path, commands))[0] == 200
    assert (await messengers.whatsapp("GET", path))[1]["conversational_automation"] == commands
    for wrong in (
        {"prompts": ["x" * 81]},
        {"prompts": ["a"] * 5},
        {"commands": [{"command_name": "Balance!", "command_description": "a"}]},
        {"commands": [{"command_name": "balance", "command_description": "x" * 257}]},
        {"command": []},
    ):
        assert (await messengers.whatsapp("POST", path, wrong))[0] == 400
    key = {"business_public_key": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"}
    path = f"{NUMBER_ID}/whatsapp_business_encryption"
    assert (await messengers.whatsapp("POST", path, key))[0] == 200
    assert (await messengers.whatsapp("POST", path, {"business_public_key": "a"}))[0] == 400
    assert (await messengers.whatsapp("GET", path))[1]["data"][0] | key == (await messengers.whatsapp("GET", path))[1][
        "data"
    ][0]


async def test_the_account_sends_events_only_to_an_app_that_subscribed(messengers: Messengers, bot: BotServer) -> None:
    person = (await messengers.control("whatsapp/users"))["id"]
    path = f"{ACCOUNT_ID}/subscribed_apps"
    assert (await messengers.whatsapp("GET", path))[1] == {"data": []}
    form = {"override_callback_uri": f"{bot.url}/hook", "verify_token": SECRET}
    assert (await messengers.whatsapp("POST", path, form))[1] == {"success": True}
    assert (await messengers.control("whatsapp/say", user=person, text="Баланс"))["statuses"] == [200]
    assert (await messengers.whatsapp("DELETE", path))[1] == {"success": True}
    assert (await messengers.control("whatsapp/say", user=person, text="Баланс"))["statuses"] == []
    wrong = form | {"verify_token": "another"}
    assert (await messengers.whatsapp("POST", path, wrong))[1]["error"]["code"] == 2200


async def test_number_and_account_can_be_looked_at(messengers: Messengers) -> None:
    number = (await messengers.whatsapp("GET", f"{NUMBER_ID}?fields=display_phone_number"))[1]
    assert (number["id"], number["display_phone_number"]) == (NUMBER_ID, "380440000000")
    assert (await messengers.whatsapp("GET", f"{ACCOUNT_ID}/phone_numbers"))[1] == {"data": [number]}
    assert (await messengers.whatsapp("GET", ACCOUNT_ID))[1]["id"] == ACCOUNT_ID
