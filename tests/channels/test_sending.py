"""Each channel against a server on a real socket: what arrives there, and what comes back."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from bots.messenger import MessengerAccount, MessengerChannel
from bots.meta.app import MetaApp
from bots.meta.templates import Template
from bots.telegram import TelegramAccount, TelegramChannel
from bots.viber import ViberAccount, ViberChannel
from bots.whatsapp import WhatsAppAccount, WhatsAppChannel
from core.dialog.contracts import Choice, Document, OutboundMessage, Picture
from core.kernel.clock import ManualClock
from core.messages.channels import Misconfigured
from core.messages.transport import HttpTransport
from tests.channels.platforms import (
    APP_ID,
    APP_SECRET,
    NUMBER_ID,
    PAGE_ID,
    PAGE_TOKEN,
    TELEGRAM_SECRET,
    TELEGRAM_TOKEN,
    VERIFY_TOKEN,
    VIBER_TOKEN,
    WABA_ID,
    WHATSAPP_TOKEN,
)
from tests.channels.servers import web_server

RECEIPT = Picture(template="receipt", data={}, alt="Квитанція", lang="uk")
SECRETS = (TELEGRAM_TOKEN, VIBER_TOKEN, WHATSAPP_TOKEN, PAGE_TOKEN, APP_SECRET, "таємний")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40 + b"\r\n--teller"


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    async with HttpTransport() as opened:
        yield opened


def telegram(root: str, transport: HttpTransport) -> TelegramChannel:
    return TelegramChannel(TelegramAccount(TELEGRAM_TOKEN, TELEGRAM_SECRET, root + "/"), transport, ManualClock())


def viber(root: str, transport: HttpTransport) -> ViberChannel:
    return ViberChannel(ViberAccount(VIBER_TOKEN, "Банк", api_url=root + "/pa"), transport, ManualClock())


def whatsapp(root: str, transport: HttpTransport, template: Template | None = None) -> WhatsAppChannel:
    app = MetaApp(APP_SECRET, VERIFY_TOKEN, APP_ID, root + "/v26.0/")
    return WhatsAppChannel(WhatsAppAccount(app, WHATSAPP_TOKEN, NUMBER_ID, WABA_ID, template), transport, ManualClock())


def messenger(root: str, transport: HttpTransport, template: Template | None = None) -> MessengerChannel:
    app = MetaApp(APP_SECRET, VERIFY_TOKEN, APP_ID, root + "/v26.0")
    account = MessengerAccount(app, PAGE_TOKEN, PAGE_ID, "https://bank.example/", template)
    return MessengerChannel(account, transport, ManualClock())


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def recording(seen: list[tuple[str, Any]], answers: dict[str, Any]) -> Handler:
    """Keeps (path, JSON body) and answers by the last word of the path."""

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.path, await request.json()))
        assert request.headers["Content-Type"] == "application/json"
        return web.json_response(answers[request.path.rsplit("/", 1)[1]])

    return handle


async def test_telegram_gets_the_json_of_the_call_at_the_address_of_its_method(transport: HttpTransport) -> None:
    seen: list[tuple[str, Any]] = []
    answer = {"ok": True, "result": {"message_id": 55, "date": 1, "chat": {"id": 5, "type": "private"}}}
    async with web_server(recording(seen, {"sendMessage": answer})) as root:
        channel = telegram(root, transport)
        [call] = channel.render(OutboundMessage(text="Так 😀", choices=(Choice("b:1", "Далі"),)), "5", "out_1", "")
        assert await channel.deliver(call, b"") == "55"
    assert seen == [(f"/bot{TELEGRAM_TOKEN}/sendMessage", call.payload)]


async def test_telegram_gets_a_picture_as_a_form_with_every_field(transport: HttpTransport) -> None:
    form: dict[str, Any] = {}

    async def take(request: web.Request) -> web.Response:
        fields = await request.post()
        for name, value in fields.items():
            if isinstance(value, web.FileField):
                form[name] = (value.filename, value.content_type, value.file.read())
            else:
                form[name] = value
        return web.json_response({"ok": True, "result": {"message_id": 56}})

    async with web_server(take) as root:
        channel = telegram(root, transport)
        message = OutboundMessage(text="Готово \r\n--x", picture=RECEIPT, once=True)
        [call] = channel.render(message, "5500000001", "out_1", "")
        assert await channel.deliver(call, PNG) == "56"
    assert form == {
        "chat_id": "5500000001",
        "caption": "Готово \r\n--x",
        "protect_content": "true",
        "reply_markup": '{"remove_keyboard":true}',
        "photo": ("picture.png", "image/png", PNG),
    }


async def test_telegram_gets_a_document_under_its_name(transport: HttpTransport) -> None:
    form: dict[str, Any] = {}

    async def take(request: web.Request) -> web.Response:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                form[name] = (value.filename, value.content_type, value.file.read())
        return web.json_response({"ok": True, "result": {"message_id": 57}})

    async with web_server(take) as root:
        channel = telegram(root, transport)
        document = Document(template="receipt", data={}, alt="Виписка", lang="uk", name="statement-11.pdf")
        [call] = channel.render(OutboundMessage(text="Ось", document=document), "5500000001", "out_1", "")
        assert await channel.deliver(call, b"%PDF-1.4") == "57"
    assert form == {"document": ("statement-11.pdf", "application/pdf", b"%PDF-1.4")}


async def test_viber_gets_its_token_in_a_header_and_nowhere_else(transport: HttpTransport) -> None:
    seen: list[tuple[str, Any]] = []
    tokens: list[str] = []
    handler = recording(seen, {"send_message": {"status": 0, "message_token": 6012345678901234567}})

    async def take(request: web.Request) -> web.StreamResponse:
        tokens.append(request.headers["X-Viber-Auth-Token"])
        return await handler(request)

    async with web_server(take) as root:
        channel = viber(root, transport)
        [call] = channel.render(OutboundMessage(text="Так"), "aB3/x+Zk9Q==", "out_1", "")
        assert await channel.deliver(call, b"") == "6012345678901234567"
    assert tokens == [VIBER_TOKEN]
    assert seen == [("/pa/send_message", call.payload)]
    assert VIBER_TOKEN not in json.dumps(seen)


async def test_telegram_is_told_the_webhook_after_the_token_proved_good(transport: HttpTransport) -> None:
    seen: list[tuple[str, Any]] = []
    account = {"ok": True, "result": {"id": 700700, "is_bot": True, "first_name": "Bank"}}
    answers = {"getMe": account, "setWebhook": {"ok": True, "result": True, "description": "Webhook was set"}}
    async with web_server(recording(seen, answers)) as root:
        await telegram(root, transport).register("https://bot.example/webhooks/telegram")
    assert [path.rsplit("/", 1)[1] for path, _ in seen] == ["getMe", "setWebhook"]
    assert seen[1][1] == {
        "url": "https://bot.example/webhooks/telegram",
        "secret_token": TELEGRAM_SECRET,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        "max_connections": 40,
        "drop_pending_updates": False,
    }


@pytest.mark.parametrize("account", [{"id": 1, "is_bot": False, "first_name": "Ol"}, True, {"id": 1}])
async def test_what_is_no_bot_is_given_no_webhook(transport: HttpTransport, account: Any) -> None:
    seen: list[tuple[str, Any]] = []
    async with web_server(recording(seen, {"getMe": {"ok": True, "result": account}})) as root:
        with pytest.raises(Misconfigured, match="getMe"):
            await telegram(root, transport).register("https://bot.example/webhooks/telegram")
    assert len(seen) == 1


async def test_viber_is_told_the_webhook_after_the_token_proved_good(transport: HttpTransport) -> None:
    seen: list[tuple[str, Any]] = []
    answers = {"get_account_info": {"status": 0, "name": "Bank"}, "set_webhook": {"status": 0, "event_types": []}}
    async with web_server(recording(seen, answers)) as root:
        await viber(root, transport).register("https://bot.example/webhooks/viber")
    assert seen == [
        ("/pa/get_account_info", {}),
        (
            "/pa/set_webhook",
            {
                "url": "https://bot.example/webhooks/viber",
                "event_types": ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"],
                "send_name": True,
                "send_photo": False,
            },
        ),
    ]


async def test_a_wrong_viber_token_is_a_matter_of_configuration(transport: HttpTransport) -> None:
    answers = {"get_account_info": {"status": 2, "status_message": "invalidAuthToken"}}
    async with web_server(recording([], answers)) as root:
        with pytest.raises(Misconfigured):
            await viber(root, transport).register("https://bot.example/webhooks/viber")


async def test_no_log_tells_a_token_or_a_text(transport: HttpTransport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refused = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    answers = {
        "sendMessage": refused,
        "send_message": {"status": 2, "status_message": "invalidAuthToken"},
        "messages": {"error": {"code": 190, "message": f"Malformed access token {WHATSAPP_TOKEN}"}},
    }
    async with web_server(recording([], answers)) as root:
        channels = [connect(root, transport) for connect in (telegram, viber, whatsapp, messenger)]
        for channel in channels:
            [call] = channel.render(OutboundMessage(text="таємний баланс"), "5", "out_1", "")
            with pytest.raises(Misconfigured) as raised:
                await channel.deliver(call, b"")
            told = caplog.text + str(raised.value) + repr(raised.value)
            assert not any(secret in told for secret in SECRETS)
