"""WhatsApp and Messenger against a Graph API on a real socket: what arrives there, and what its answers lead to."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bots.meta.templates import Template
from core.dialog.contracts import Choice, Document, OutboundMessage, Picture
from core.messages.channels import BadMessage, Misconfigured, OutcomeUnknown, RetryLater, SendError, WindowClosed
from core.messages.transport import HttpTransport
from tests.channels.platforms import APP_SECRET, NUMBER_ID, PAGE_ID, PAGE_TOKEN, WABA_ID, WHATSAPP_TOKEN
from tests.channels.servers import web_server
from tests.channels.test_sending import messenger, whatsapp

RECEIPT = Picture(template="receipt", data={}, alt="Квитанція", lang="uk")
STATEMENT = Document(template="receipt", data={}, alt="Виписка", lang="uk", name="statement-11.pdf")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
SENT: dict[str, dict[str, Any]] = {
    "whatsapp": {"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": "wamid.Z1"}]},
    "messenger": {"recipient_id": "24", "message_id": "m_Z1"},
}


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    async with HttpTransport() as opened:
        yield opened


class Graph:
    """Answers by the last word of the path, each time with the next answer, the last one for ever."""

    def __init__(self, **answers: list[tuple[int, dict[str, Any]]]) -> None:
        self.answers = answers
        self.seen: list[tuple[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.queries: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        self.queries.append(dict(request.query))
        body: Any
        if request.content_type == "application/json":
            body = await request.json()
        else:
            body = {}
            for name, value in (await request.post()).items():
                is_file = isinstance(value, web.FileField)
                body[name] = (value.filename, value.content_type, value.file.read()) if is_file else value
        self.seen.append((request.path, body))
        script = self.answers[request.path.rsplit("/", 1)[1]]
        status, answer = script.pop(0) if len(script) > 1 else script[0]
        return web.json_response(answer, status=status)

    def paths(self) -> list[str]:
        return [path.rsplit("/", 1)[1] for path, _ in self.seen]


def error(code: int, subcode: int | None = None) -> tuple[int, dict[str, Any]]:
    return 400, {"error": {"message": "refused", "code": code, "error_subcode": subcode}}


async def test_a_call_carries_the_token_in_a_header_and_the_proof_of_the_secret(transport: HttpTransport) -> None:
    for connect, token, owner, sent in (
        (whatsapp, WHATSAPP_TOKEN, NUMBER_ID, SENT["whatsapp"]),
        (messenger, PAGE_TOKEN, PAGE_ID, SENT["messenger"]),
    ):
        graph = Graph(messages=[(200, sent)])
        async with web_server(graph.answer) as root:
            channel = connect(root, transport)
            [call] = channel.render(OutboundMessage(text="Так", choices=(Choice("b:1", "Далі"),)), "24", "out_1", "")
            assert await channel.deliver(call, b"") in ("wamid.Z1", "m_Z1")
        assert graph.seen == [(f"/v26.0/{owner}/messages", call.payload)]
        assert graph.headers[0]["Authorization"] == f"Bearer {token}"
        proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        assert graph.queries == [{"appsecret_proof": proof}]


async def test_whatsapp_gets_a_file_once_and_every_message_its_id(transport: HttpTransport) -> None:
    graph = Graph(media=[(200, {"id": "9001"})], messages=[(200, SENT["whatsapp"])])
    async with web_server(graph.answer) as root:
        channel = whatsapp(root, transport)
        [picture] = channel.render(OutboundMessage(text="Готово", picture=RECEIPT), "380501112233", "out_1", "")
        [buttons] = channel.render(
            OutboundMessage(text="Готово", picture=RECEIPT, choices=(Choice("b:1", "Далі"),)), "24", "out_2", ""
        )
        await channel.deliver(picture, PNG)
        await channel.deliver(buttons, PNG)
    assert graph.paths() == ["media", "messages", "messages"]
    assert graph.seen[0] == (
        f"/v26.0/{NUMBER_ID}/media",
        {"messaging_product": "whatsapp", "type": "image/png", "file": ("picture.png", "image/png", PNG)},
    )
    assert graph.seen[1][1]["image"] == {"caption": "Готово", "id": "9001"}
    assert graph.seen[2][1]["interactive"]["header"] == {"type": "image", "image": {"id": "9001"}}
    assert picture.payload["image"] == {"caption": "Готово"}


async def test_whatsapp_gets_a_document_under_its_name(transport: HttpTransport) -> None:
    graph = Graph(media=[(200, {"id": "9002"})], messages=[(200, SENT["whatsapp"])])
    async with web_server(graph.answer) as root:
        channel = whatsapp(root, transport)
        [call] = channel.render(OutboundMessage(document=STATEMENT), "380501112233", "out_1", "")
        await channel.deliver(call, b"%PDF-1.7")
    assert graph.seen[0][1]["file"] == ("statement-11.pdf", "application/pdf", b"%PDF-1.7")
    assert graph.seen[1][1]["document"] == {"filename": "statement-11.pdf", "caption": "Виписка", "id": "9002"}


async def test_messenger_gets_a_file_once_and_every_message_its_id(transport: HttpTransport) -> None:
    graph = Graph(message_attachments=[(200, {"attachment_id": "77"})], messages=[(200, SENT["messenger"])])
    async with web_server(graph.answer) as root:
        channel = messenger(root, transport)
        picture, _ = channel.render(OutboundMessage(text="Готово", picture=RECEIPT), "24", "out_1", "")
        await channel.deliver(picture, PNG)
        await channel.deliver(picture, PNG)
    assert graph.paths() == ["message_attachments", "messages", "messages"]
    form = graph.seen[0][1]
    assert json.loads(form["message"]) == {"attachment": {"type": "image", "payload": {"is_reusable": True}}}
    assert form["filedata"] == ("picture.png", "image/png", PNG)
    expected = {"attachment": {"type": "image", "payload": {"attachment_id": "77"}}, "metadata": "out_1"}
    assert graph.seen[1][1]["message"] == expected


async def test_an_upload_without_an_answer_is_done_again_because_nobody_sees_it(transport: HttpTransport) -> None:
    graph = Graph(media=[(200, {})])
    async with web_server(graph.answer) as root:
        channel = whatsapp(root, transport)
        [call] = channel.render(OutboundMessage(picture=RECEIPT), "24", "out_1", "")
        with pytest.raises(RetryLater):
            await channel.deliver(call, PNG)


@pytest.mark.parametrize("size", [0, 5 * 1024 * 1024 + 1])
async def test_a_picture_that_whatsapp_would_not_take_is_our_mistake(transport: HttpTransport, size: int) -> None:
    channel = whatsapp("http://127.0.0.1:1", transport)
    [call] = channel.render(OutboundMessage(picture=RECEIPT), "24", "out_1", "")
    with pytest.raises(BadMessage, match="image"):
        await channel.deliver(call, bytes(size))


async def test_after_the_window_the_template_goes_out(transport: HttpTransport) -> None:
    template = Template("bank_news", ("uk",))
    for connect, refused, sent, identity in (
        (whatsapp, error(131047), SENT["whatsapp"], "wamid.Z1"),
        (messenger, error(10, 2018278), SENT["messenger"], "m_Z1"),
    ):
        graph = Graph(messages=[refused, (200, sent)])
        async with web_server(graph.answer) as root:
            channel = connect(root, transport, template)
            [call] = channel.render(OutboundMessage(text="Зараховано 120 грн"), "24", "out_1", "")
            assert await channel.deliver(call, b"") == identity
        assert [body for _, body in graph.seen] == [call.payload, call.outside_window]


async def test_without_a_template_a_closed_window_is_an_error(transport: HttpTransport) -> None:
    for connect, refused in ((whatsapp, error(131047)), (messenger, error(10, 2018278))):
        graph = Graph(messages=[refused])
        async with web_server(graph.answer) as root:
            channel = connect(root, transport)
            [call] = channel.render(OutboundMessage(text="Зараховано"), "24", "out_1", "")
            with pytest.raises(WindowClosed):
                await channel.deliver(call, b"")
        assert len(graph.seen) == 1


@pytest.mark.parametrize(("second", "meaning"), [(error(132001), BadMessage), ((200, {}), OutcomeUnknown)])
async def test_a_template_that_fails_is_not_tried_for_ever(
    transport: HttpTransport, second: tuple[int, dict[str, Any]], meaning: type[SendError]
) -> None:
    graph = Graph(messages=[error(131047), second])
    async with web_server(graph.answer) as root:
        channel = whatsapp(root, transport, Template("bank_news", ("uk",)))
        [call] = channel.render(OutboundMessage(text="Зараховано"), "24", "out_1", "")
        with pytest.raises(meaning):
            await channel.deliver(call, b"")


async def test_whatsapp_is_registered_by_subscription_and_commands(transport: HttpTransport) -> None:
    graph = Graph(subscribed_apps=[(200, {"success": True})], conversational_automation=[(200, {"success": True})])
    async with web_server(graph.answer) as root:
        await whatsapp(root, transport).register("https://bot.example/webhooks/whatsapp")
    assert [path for path, _ in graph.seen] == [
        f"/v26.0/{WABA_ID}/subscribed_apps",
        f"/v26.0/{NUMBER_ID}/conversational_automation",
    ]
    assert graph.seen[1][1]["commands"][0] == {"command_name": "menu", "command_description": "Меню"}


async def test_messenger_is_registered_by_subscription_and_menus(transport: HttpTransport) -> None:
    graph = Graph(subscribed_apps=[(200, {"success": True})], messenger_profile=[(200, {"result": "success"})])
    async with web_server(graph.answer) as root:
        await messenger(root, transport).register("https://bot.example/webhooks/messenger")
    assert [path for path, _ in graph.seen] == [f"/v26.0/{PAGE_ID}/subscribed_apps", "/v26.0/me/messenger_profile"]
    assert {"messages", "messaging_postbacks", "message_echoes", "standby"} <= {
        *graph.queries[0]["subscribed_fields"].split(",")
    }
    profile = graph.seen[1][1]
    assert profile["get_started"] == {"payload": "GET_STARTED"}
    assert profile["whitelisted_domains"] == ["https://bank.example"]
    menus = {menu["locale"]: menu["call_to_actions"][1] for menu in profile["persistent_menu"]}
    assert menus.keys() == {"default", "uk_UA", "ru_RU", "be_BY", "en_US"}
    assert menus["en_US"] == {"type": "postback", "title": "Help", "payload": "MENU_HELP"}


async def test_what_was_not_set_is_a_matter_of_configuration(transport: HttpTransport) -> None:
    refusals = ((200, {"success": False}), error(190), error(100, 33), error(200))
    for connect in (whatsapp, messenger):
        for refused in refusals:
            graph = Graph(subscribed_apps=[refused])
            async with web_server(graph.answer) as root:
                with pytest.raises(Misconfigured):
                    await connect(root, transport).register("https://bot.example/webhooks/x")
            assert graph.paths() == ["subscribed_apps"]
