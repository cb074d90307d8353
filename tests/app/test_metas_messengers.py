"""WhatsApp and Messenger through a whole process: handshake, signed webhook in, message out to a Graph API."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiohttp import web

from app.asgi import Edge
from app.settings import MessengerSettings, MetaSettings, WhatsAppSettings
from tests.app.processes import town
from tests.channels.platforms import (
    APP_ID,
    APP_SECRET,
    MESSENGER,
    META,
    NUMBER_ID,
    PAGE_ID,
    PAGE_TOKEN,
    VERIFY_TOKEN,
    WABA_ID,
    WHATSAPP_TOKEN,
    MessengerPlatform,
    WhatsAppPlatform,
    as_json,
)
from tests.channels.servers import web_server

Meta = WhatsAppPlatform | MessengerPlatform


class GraphApi:
    """Takes every message and every mark. `said` waits until a message has come."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self._more = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        async with self._more:
            self.bodies.append(await request.json())
            self._more.notify_all()
        number = len(self.bodies)
        sent = {"messages": [{"id": f"wamid.{number}"}], "message_id": f"m_{number}", "recipient_id": "24"}
        return web.json_response({**sent, "success": True})

    async def heard(self, words: str) -> None:
        async with asyncio.timeout(30), self._more:
            await self._more.wait_for(lambda: words in json.dumps(self.bodies, ensure_ascii=False))


@pytest.fixture
def graph() -> GraphApi:
    return GraphApi()


@pytest.fixture
async def browser(
    graph: GraphApi, database_url: str, redis_url: str, database: asyncpg.Pool, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    async with web_server(graph.answer) as url, town(database_url, redis_url, tmp_path) as place:
        place.settings.meta = MetaSettings(
            app_id=APP_ID, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, graph_url=f"{url}/v26.0"
        )
        place.settings.whatsapp = WhatsAppSettings(token=WHATSAPP_TOKEN, phone_number_id=NUMBER_ID, waba_id=WABA_ID)
        place.settings.messenger = MessengerSettings(page_token=PAGE_TOKEN, page_id=PAGE_ID)
        teller = await place.start()
        transport = httpx.ASGITransport(Edge(teller))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://teller") as browser:
            yield browser


async def post(browser: httpx.AsyncClient, platform: Meta, payload: Any, secret: str = APP_SECRET) -> int:
    body = as_json(payload)
    signature = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    answer = await browser.post(f"/webhooks/{platform.name}", content=body, headers={"X-Hub-Signature-256": signature})
    return answer.status_code


@pytest.mark.parametrize("platform", META, ids=lambda platform: platform.name)
async def test_a_customer_writes_and_reads_the_welcome(
    browser: httpx.AsyncClient, graph: GraphApi, platform: Meta
) -> None:
    address = f"/webhooks/{platform.name}"
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    shaken = await browser.get(address, params=query)
    assert (shaken.status_code, shaken.text) == (200, "1158201444")
    assert (await browser.get(address, params={**query, "hub.verify_token": "?"})).status_code == 403

    hello = platform.text("Привіт", 71)
    assert await post(browser, platform, hello, secret="another") == 401
    assert await post(browser, platform, hello) == 200
    assert await post(browser, platform, hello) == 200
    await graph.heard("wamid.71" if platform.name == "whatsapp" else "mark_seen")

    said = [body for body in graph.bodies if "interactive" in body or "message" in body or "text" in body]
    assert len(said) == 1
    assert "Вітаю" in json.dumps(said, ensure_ascii=False)


async def test_the_echo_of_the_bots_own_message_silences_nobody(browser: httpx.AsyncClient, graph: GraphApi) -> None:
    await post(browser, MESSENGER, MESSENGER.text("Привіт", 71))
    await graph.heard("Вітаю")
    own = next(body["message"]["metadata"] for body in graph.bodies if "message" in body)
    echo = {"mid": "m_1", "is_echo": True, "metadata": own, "text": "Вітаю"}
    item = MESSENGER.item(sender={"id": PAGE_ID}, recipient={"id": "24000000000000011"}, message=echo)
    assert await post(browser, MESSENGER, MESSENGER.envelope(item)) == 200
    graph.bodies.clear()
    await post(browser, MESSENGER, MESSENGER.text("що ти вмієш?", 72))
    await graph.heard("quick_replies")
