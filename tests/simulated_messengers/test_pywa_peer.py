"""pywa, which knows nothing of this project, sends through the simulated Cloud API and reads its webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pywa import WhatsApp, errors, types
from pywa.utils import webhook_updates_validator

from tests.simulated_messengers.driver import APP_SECRET, NUMBER_ID, WHATSAPP_TOKEN, BotServer, Messengers, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = "380501112233"


class Detour(httpx.HTTPTransport):
    """pywa knows one address only; its calls go to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = httpx.URL(url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.facebook.com":
            path = "/graph" + request.url.raw_path.decode()
            request.url = self._url.copy_with(raw_path=path.encode())
            request.headers["Host"] = f"{self._url.host}:{self._url.port}"
        return super().handle_request(request)


@contextmanager
def client(messengers: Messengers) -> Iterator[WhatsApp]:
    with httpx.Client(transport=Detour(messengers.url), trust_env=False) as http:
        yield WhatsApp(phone_id=NUMBER_ID, token=WHATSAPP_TOKEN, session=http)


CHOICE = [types.Button("Так", "h:1"), types.Button("Ні", "h:2")]
ROWS = [types.SectionRow(title="*1234", callback_data="h:a1", description="UAH")]
LIST = types.SectionList("Рахунки", [types.Section("Картки", ROWS)])
LINK = types.URLButton("Ввести PIN", "https://bank.example/s/1")

SENDS: list[tuple[str, dict[str, Any]]] = [
    ("send_message", {"text": "Вітаємо"}),
    ("send_message", {"text": "Так чи ні?", "buttons": CHOICE, "header": "Банк", "footer": "Оберіть"}),
    ("send_message", {"text": "Оберіть рахунок", "buttons": LIST}),
    ("send_message", {"text": "Введіть PIN", "buttons": LINK}),
    ("send_image", {"image": picture(), "mime_type": "image/png", "caption": "Чек"}),
    ("send_document", {"document": b"%PDF-1.7", "filename": "a.pdf", "mime_type": "application/pdf"}),
    ("send_location", {"latitude": 50.45, "longitude": 30.52, "name": "Банк", "address": "Київ"}),
    ("request_location", {"text": "Де ви?"}),
]


@pytest.mark.parametrize(("method", "fields"), SENDS)
async def test_its_messages_are_accepted(
    messengers: Messengers, bot: BotServer, method: str, fields: dict[str, Any]
) -> None:
    await messengers.whatsapp_person(bot)
    with client(messengers) as peer:
        sent = await asyncio.to_thread(getattr(peer, method), to=PHONE, **fields)
    newest = (await messengers.chat("whatsapp", PHONE))[-1]
    assert newest["message_id"] == sent.id


async def test_it_marks_uploads_and_downloads(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot)
    wamid = (await messengers.chat("whatsapp", PHONE))[0]["message_id"]
    with client(messengers) as peer:
        assert await asyncio.to_thread(peer.mark_message_as_read, wamid)
        media = await asyncio.to_thread(peer.upload_media, picture(), mime_type="image/png", filename="a.png")
        told = await asyncio.to_thread(peer.get_media_url, media.id)
        assert await asyncio.to_thread(peer.get_media_bytes, told.url) == picture()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (131047, errors.ReEngagementMessage),
        (131026, errors.MessageUndeliverable),
        (130429, errors.RateLimitHit),
        (190, errors.ExpiredAccessToken),
        (131009, errors.InvalidParameter),
    ],
)
async def test_it_understands_errors(
    messengers: Messengers, bot: BotServer, code: int, error: type[errors.WhatsAppError]
) -> None:
    await messengers.whatsapp_person(bot)
    await messengers.control("whatsapp/faults", fault="error", code=code)
    with client(messengers) as peer, pytest.raises(error):
        await asyncio.to_thread(peer.send_message, to=PHONE, text="Вітаємо")


async def test_it_verifies_and_reads_webhooks(messengers: Messengers, bot: BotServer) -> None:
    await messengers.whatsapp_person(bot, name="Іра")
    buttons = [{"type": "reply", "reply": {"id": "h:1", "title": "Так"}}]
    content = {"type": "button", "body": {"text": "Так?"}, "action": {"buttons": buttons}}
    await messengers.send_whatsapp(PHONE, {"type": "interactive", "interactive": content})
    await bot.count(3)
    await messengers.control("whatsapp/press", user=PHONE, label="Так")
    for hook in bot.hooks:
        assert webhook_updates_validator(APP_SECRET, hook.body, hook.headers["X-Hub-Signature-256"])
    with client(messengers) as peer:
        text = types.Message.from_update(peer, json.loads(bot.hooks[0].body))
        assert (text.text, text.from_user.name, text.from_user.wa_id) == ("Привіт", "Іра", PHONE)
        status = types.MessageStatus.from_update(peer, json.loads(bot.hooks[1].body))
        assert status.status == types.MessageStatusType.SENT
        pressed = types.CallbackButton.from_update(peer, json.loads(bot.hooks[3].body))
        assert (pressed.data, pressed.title) == ("h:1", "Так")
