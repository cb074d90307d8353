"""A bot's webhook and a client of the simulated servers, both over real sockets."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from PIL import Image

TELEGRAM_TOKEN = "700000001:simulated-token-of-the-telegram-bot"
VIBER_TOKEN = "simulated-token-of-the-viber-account"
WHATSAPP_TOKEN = "simulated-token-of-the-whatsapp-number"
MESSENGER_TOKEN = "simulated-token-of-the-page"
APP_ID = "550000000000001"
APP_SECRET = "simulated-secret-of-the-app"
NUMBER_ID = "880000000000001"
ACCOUNT_ID = "990000000000001"
PAGE_ID = "770000000000001"
SECRET = "simulated_secret-1"


@dataclass
class Hook:
    """One webhook as it arrived."""

    headers: dict[str, str]
    query: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value


@dataclass
class BotServer:
    """Plays the bot: remembers webhooks, answers what `answers` says (status, body), then 200."""

    url: str = ""
    hooks: list[Hook] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    before_answer: Callable[[Hook], Any] | None = None
    challenges: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def forget(self) -> None:
        self.hooks.clear()
        self.answers.clear()
        self.challenges.clear()
        self.files.clear()
        self.before_answer = None

    async def receive(self, request: web.Request) -> web.Response:
        hook = Hook(dict(request.headers), dict(request.query), await request.read())
        self.hooks.append(hook)
        async with self._arrived:
            self._arrived.notify_all()
        if self.before_answer is not None:
            await self.before_answer(hook)
        status, body = self.answers.pop(0) if self.answers else (200, b"")
        return web.Response(status=status, body=body)

    async def repeat(self, request: web.Request) -> web.Response:
        """The handshake of Meta's webhooks."""
        self.challenges.append(dict(request.query))
        if request.query.get("hub.verify_token") != SECRET:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    async def file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def count(self, number: int) -> list[Hook]:
        """The webhooks so far, once there are so many."""
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.hooks) >= number)
        return self.hooks


@asynccontextmanager
async def bot_server() -> AsyncIterator[BotServer]:
    bot = BotServer()
    app = web.Application()
    app.router.add_post("/hook", bot.receive)
    app.router.add_get("/hook", bot.repeat)
    app.router.add_get("/files/{name}", bot.file)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield bot
    finally:
        await runner.cleanup()


@dataclass
class Messengers:
    """A client of the servers at `url`."""

    url: str
    http: aiohttp.ClientSession

    async def telegram(self, method: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.url}/telegram/bot{TELEGRAM_TOKEN}/{method}", json=fields) as answer:
            return answer.status, await answer.json()

    async def viber(self, method: str, body: dict[str, Any], token: str = VIBER_TOKEN) -> dict[str, Any]:
        headers = {"X-Viber-Auth-Token": token} if token else {}
        async with self.http.post(f"{self.url}/viber/pa/{method}", json=body, headers=headers) as answer:
            assert answer.status == 200
            reply: dict[str, Any] = await answer.json()
            return reply

    async def graph(
        self, verb: str, path: str, body: object = None, token: str = "", version: str = "v26.0", **request: Any
    ) -> tuple[int, dict[str, Any]]:
        """One call of the Graph API; without a token nothing is authorized."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        given = request if body is None else {**request, "json": body}
        url = f"{self.url}/graph/{version}/{path}"
        async with self.http.request(verb, url, headers=headers, **given) as answer:
            return answer.status, await answer.json()

    async def whatsapp(self, verb: str, path: str, body: object = None, **request: Any) -> tuple[int, dict[str, Any]]:
        return await self.graph(verb, path, body, WHATSAPP_TOKEN, **request)

    async def messenger(self, verb: str, path: str, body: object = None, **request: Any) -> tuple[int, dict[str, Any]]:
        return await self.graph(verb, path, body, MESSENGER_TOKEN, **request)

    async def send_whatsapp(self, to: str, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        addressed = {"messaging_product": "whatsapp", "to": to, **message}
        return await self.whatsapp("POST", f"{NUMBER_ID}/messages", addressed)

    async def send_messenger(self, to: str, message: dict[str, Any], **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": message, **more}
        return await self.messenger("POST", "me/messages", body)

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        status, reply = await self.try_control(path, **body)
        assert status < 300, reply
        return reply

    async def try_control(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.url}/control/{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def look_up(self, path: str) -> Any:
        async with self.http.get(f"{self.url}/control/{path}") as answer:
            assert answer.status == 200
            return await answer.json()

    async def chat(self, channel: str, user: object, query: str = "") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.look_up(f"{channel}/chat/{user}{query}"))["items"]
        return items

    async def telegram_person(self, bot: BotServer, **settings: Any) -> int:
        """A person who started the bot; the bot has a webhook and has seen `/start`."""
        status, reply = await self.telegram("setWebhook", url=f"{bot.url}/hook", secret_token=SECRET, **settings)
        assert status == 200, reply
        person = await self.control("telegram/users", name="Ол")
        await self.control("telegram/start", user=person["id"])
        number: int = person["id"]
        return number

    async def whatsapp_person(self, bot: BotServer, fields: list[str] | None = None, **person: Any) -> str:
        """A person who wrote to the number, so that the window is open."""
        await self.control("whatsapp/webhook", url=f"{bot.url}/hook", verify_token=SECRET, fields=fields)
        added = await self.control("whatsapp/users", **person)
        await self.control("whatsapp/say", user=added["id"], text="Привіт")
        user: str = added["id"]
        return user

    async def messenger_person(self, bot: BotServer, fields: list[str] | None = None, **person: Any) -> str:
        """A person who wrote to the page, so that the window is open."""
        await self.control("messenger/webhook", url=f"{bot.url}/hook", verify_token=SECRET, fields=fields)
        added = await self.control("messenger/users", **person)
        await self.control("messenger/say", user=added["id"], text="Привіт")
        user: str = added["id"]
        return user

    async def viber_person(self, bot: BotServer, event_types: list[str] | None = None, **person: Any) -> str:
        """A person who wrote to the bot, so that they are subscribed."""
        events = {} if event_types is None else {"event_types": event_types}
        reply = await self.viber("set_webhook", {"url": f"{bot.url}/hook", "send_name": True, **events})
        assert reply["status"] == 0, reply
        added = await self.control("viber/users", **person)
        await self.control("viber/say", user=added["id"], text="Привіт")
        user: str = added["id"]
        return user


def picture(width: int = 60, height: int = 40, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (10, 90, 60)).save(buffer, kind)
    return buffer.getvalue()
