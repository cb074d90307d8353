"""Processes of Teller inside one test: a scripted bank, a messenger that writes down what it is sent, raw webhooks."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
from aiohttp import web
from pydantic import SecretStr

from app.asgi import Edge
from app.assembly import ALL_ROLES, Role, Teller
from app.settings import DatabaseSettings, RedisSettings, Settings, TelegramSettings
from core.bank_api.catalogue.catalogue import DECLARATIONS
from core.bank_api.contracts import Declaration
from tests.channels.servers import web_server
from tests.identity.bank import CodeBank

HOOK_SECRET = "hook-of-tests"
_updates = itertools.count(810_000_500)


class DeclaredBank(CodeBank):
    """The scripted bank with the catalogue that the shipped flows are checked against."""

    def declarations(self) -> list[Declaration]:
        return list(DECLARATIONS)


class Messenger:
    """Telegram's side: takes everything. `heard` waits until something with these words has come."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[dict[str, Any]] = []
        self._more = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        async with self._more:
            self.calls.append({"method": request.path.rpartition("/")[2], **await request.json()})
            self._more.notify_all()
        return web.json_response({"ok": True, "result": {"message_id": len(self.calls)}})

    def texts(self) -> str:
        return "\n".join(str(call.get("text", "")) for call in self.calls)

    async def heard(self, words: str) -> None:
        async with asyncio.timeout(30), self._more:
            await self._more.wait_for(lambda: words in self.texts())

    async def called(self, method: str) -> None:
        async with asyncio.timeout(30), self._more:
            await self._more.wait_for(lambda: any(call["method"] == method for call in self.calls))


class Town:
    """`start` gives a process with the roles it is to have; all share a database and Redis."""

    def __init__(self, settings: Settings, messenger: Messenger, stack: AsyncExitStack) -> None:
        self.settings = settings
        self.messenger = messenger
        self._stack = stack

    async def start(self, *roles: Role, bank: DeclaredBank | None = None) -> Teller:
        teller = Teller(self.settings, frozenset(roles) or ALL_ROLES, bank=bank or DeclaredBank())
        await teller.start()
        self._stack.push_async_callback(teller.stop)
        return teller


@asynccontextmanager
async def town(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Town]:
    messenger = Messenger()
    async with web_server(messenger.answer) as url, AsyncExitStack() as stack:
        settings = Settings(
            data_dir=folder, secret=SecretStr("a master secret of tests"), base_url="https://teller.example",
            database=DatabaseSettings(url=database_url, pool=4), redis=RedisSettings(url=redis_url),
            telegram=TelegramSettings(
                token=SecretStr("700700:token_of_tests"), webhook_secret=SecretStr(HOOK_SECRET), api_url=url
            ),
        )  # fmt: skip
        yield Town(settings, messenger, stack)


def update(user: int, **content: Any) -> bytes:
    """A message of this person, as Telegram would post it."""
    person = {"id": user, "is_bot": False, "first_name": "Ол", "language_code": "uk"}
    chat = {"id": user, "type": "private", "first_name": "Ол"}
    number = next(_updates)
    message = {"message_id": number, "date": 1_795_000_000, "chat": chat, "from": person, **content}
    return msgspec.json.encode({"update_id": number, "message": message})


async def post(edge: Edge, body: bytes, *, secret: str = HOOK_SECRET) -> int:
    """The status that a webhook gets."""
    pending: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return pending.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    headers = [(b"x-telegram-bot-api-secret-token", secret.encode())]
    scope = {"type": "http", "path": "/webhooks/telegram", "method": "POST", "headers": headers, "query_string": b""}
    await edge(scope, receive, send)
    return cast(int, answered[0]["status"])
