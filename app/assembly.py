"""Composition: which parts a process has, by its roles, and in which order they start and stop."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, suppress
from typing import Final, Literal
from urllib.parse import urlsplit

import asyncpg
import structlog
from redis.asyncio import Redis

from app.bank import AbsentBank, Catalogue
from app.channels import open_channels
from app.conversation import Conversation, bring_outcome, seal_guard, wait_nonce
from app.database import ensure_database, upgrade
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.redis import EmbeddedRedis
from app.flow_folder import WrittenFlows
from app.flow_library import FlowLibrary, signatures_of
from app.misunderstood import Misunderstandings
from app.pictures import PictureLinks
from app.settings import Settings
from app.understanding import open_understanding
from app.wakeups import Wakeups
from core.bank_api.catalogue.catalogue import BankCatalogue
from core.bank_api.contracts import BankApi
from core.customers.service import Customers
from core.dialog.contracts import Document, Picture
from core.kernel.clock import Clock, SystemClock, moment
from core.kernel.envelope import Keyring
from core.kernel.errors import ConfigurationError, TellerError
from core.kernel.ids import random_id
from core.messages.channels import Channel
from core.messages.delivery import Delivery
from core.messages.rows import OutboxRow
from core.messages.service import Messages
from core.messages.store import MessageStore
from core.messages.sweeper import Sweeper
from core.messages.transport import HttpTransport
from core.messages.turn import Turns
from core.messages.writer import GroupWriter
from core.operations.model import Policy
from core.operations.service import OperationsService
from core.publishing.service import Publishing
from identity.limits import Attempts
from identity.service import Identity
from imagegen.studio import Studio

Role = Literal["web", "sender", "operations", "jobs"]
ALL_ROLES: Final[frozenset[Role]] = frozenset(("web", "sender", "operations", "jobs"))
DATABASE_NAME: Final = "teller"
_REGISTER_AGAIN_S: Final = 30.0
_log = structlog.get_logger("teller")


class Stores:
    """The database and Redis: configured ones, or embedded ones that this process starts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._postgres: EmbeddedPostgres | None = None
        self._redis: EmbeddedRedis | None = None

    async def start(self, *, upgrade_configured: bool = True) -> tuple[str, str]:
        """(database DSN, Redis URL). The schema is brought up to date, unless a configured one shall be left alone."""
        dsn, redis = self._settings.database.url, self._settings.redis.url
        if not dsn:
            self._postgres = EmbeddedPostgres(self._settings.data_dir)
            dsn = await ensure_database(await asyncio.to_thread(self._postgres.start), DATABASE_NAME)
        if not redis:
            self._redis = EmbeddedRedis(self._settings.data_dir)
            redis = await asyncio.to_thread(self._redis.start)
        if self._settings.database.url and not upgrade_configured:
            return dsn, redis
        try:
            await upgrade(dsn)
        except (OSError, asyncpg.PostgresError) as error:
            host = urlsplit(dsn).hostname or "its socket"
            raise ConfigurationError(
                f"the database at {host} cannot be used ({type(error).__name__}); check TELLER_DATABASE__URL"
            ) from error
        return dsn, redis

    async def stop(self) -> None:
        for server in (self._redis, self._postgres):
            if server is not None:
                await asyncio.to_thread(server.stop)


class Teller:
    """One process of Teller. `start` returns when every part is ready; `stop` leaves nothing half-done in memory."""

    def __init__(
        self, settings: Settings, roles: frozenset[Role] = ALL_ROLES, *, bank: BankApi | None = None,
        clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.roles = roles
        self.clock = clock or SystemClock()
        self.owner = random_id("proc")
        self._given_bank = bank
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._shared = roles >= {"web", "sender", "operations"}

    async def start(self) -> None:
        os.environ.setdefault("TZ", "UTC")
        try:
            await self._open_stores()
            await self._open_rooms()
            self._build_messages()
            self._build_operations()
            self._begin()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def begin_registration(self) -> None:
        """Tell every messenger our address; those that cannot be told now are told later, while the others work."""
        missing = await self._register(list(self.channels.values()))
        if missing:
            self._tasks.append(asyncio.create_task(self._register_later(missing)))

    async def _register_later(self, channels: list[Channel]) -> None:
        while channels:
            await asyncio.sleep(_REGISTER_AGAIN_S)
            channels = await self._register(channels)

    async def _register(self, channels: list[Channel]) -> list[Channel]:
        """The channels that could not be told."""
        missing = []
        for channel in channels:
            try:
                await channel.register(f"{self.settings.base_url.rstrip('/')}/webhooks/{channel.name}")
                _log.info("webhook_registered", channel=channel.name)
            except TellerError as error:
                missing.append(channel)
                _log.error("webhook_not_registered", channel=channel.name, code=error.code, detail=error.detail)
        return missing

    async def draw(self, drawn: Picture | Document) -> bytes:
        """A picture as PNG, a document as PDF."""
        if isinstance(drawn, Document):
            return await self.studio.document_async(drawn.template, drawn.data, drawn.lang, drawn.alt)
        return await self.studio.draw_async(drawn.template, drawn.data, drawn.lang)

    async def _open_stores(self) -> None:
        stores = Stores(self.settings)
        self._stack.push_async_callback(stores.stop)
        self.dsn, redis_url = await stores.start()
        self.pool = await asyncpg.create_pool(self.dsn, min_size=1, max_size=self.settings.database.pool)
        self._stack.push_async_callback(_close_pool, self.pool)
        self.redis: Redis = Redis.from_url(redis_url)
        self._stack.push_async_callback(self.redis.aclose)
        self.wakeups = Wakeups(self.redis)

    async def _open_rooms(self) -> None:
        secret = self.settings.master_secret()
        self.keyring = Keyring.from_secret(secret)
        self.pictures = PictureLinks(self.settings.base_url, secret, self.clock)
        self.studio = await asyncio.to_thread(Studio)
        self._stack.callback(self.studio.close)
        bank = self._given_bank or self._open_bank()
        self.customers = Customers(self.pool, self.keyring, self.clock)
        identity = Identity(
            bank=bank, customers=self.customers, attempts=Attempts(self.redis), keyring=self.keyring, clock=self.clock
        )
        self.bank = Catalogue([bank, identity])
        await self._open_flows()
        self.transport = HttpTransport()
        await self.transport.open()
        self._stack.push_async_callback(self.transport.close)
        self.channels: dict[str, Channel] = open_channels(self.settings, self.transport, self.clock)

    async def _open_flows(self) -> None:
        signatures = signatures_of(self.bank.declarations())
        written = WrittenFlows(self.settings.flows_dir, signatures)
        self.library = FlowLibrary(written, Publishing(self.pool, self.clock), signatures)
        await self.library.start(watch=self.settings.flows_watch)

    def _open_bank(self) -> BankApi:
        if not self.settings.bank.base_url:
            _log.warning("no_bank", detail="TELLER_BANK__BASE_URL is not set: every bank operation will be refused")
            return AbsentBank()
        catalogue = BankCatalogue.open(self.settings.bank_settings(), self.clock)
        self._stack.push_async_callback(catalogue.aclose)
        return catalogue

    def _build_messages(self) -> None:
        sends, calls = "sender" in self.roles, "operations" in self.roles
        self.store = MessageStore(self.owner, sends_here=sends, calls_here=calls, lease_s=self.settings.lease_s)
        self.writer = GroupWriter(self.store, lambda: asyncpg.connect(self.dsn))
        self._stack.push_async_callback(self.writer.stop)
        self.delivery = Delivery(
            channels=self.channels, marks=self.writer, clock=self.clock, draw=self.draw,
            picture_url=self.pictures.url, document_url=self.pictures.document_url, drop=self._drop,
        )  # fmt: skip
        self._stack.push_async_callback(self._stop_sending)
        self.turns = Turns(
            store=self.store, writer=self.writer, pool=self.pool, decide=self._conversation(), clock=self.clock,
            keyring=self.keyring, on_outbox=self._on_outbox, on_calls=self._on_calls,
            prepare=open_understanding(self.settings, self.transport, lambda: self.library.programs, self.clock),
        )  # fmt: skip
        self.messages = Messages(turns=self.turns, store=self.store, pool=self.pool, clock=self.clock)
        self.sweeper = Sweeper(
            store=self.store, pool=self.pool, clock=self.clock, sending=self.delivery if sends else None,
            turns=self.turns if self.roles & {"web", "operations"} else None, wait_nonce=wait_nonce,
        )  # fmt: skip

    def _conversation(self) -> Conversation:
        self.unclear = Misunderstandings(self.pool, self.clock) if self.settings.collect_phrases else None
        if self.unclear is not None:
            self._stack.push_async_callback(self.unclear.flush)
        return Conversation(self.library, self.unclear)

    def _build_operations(self) -> None:
        self.operations = OperationsService(
            self.pool, self.bank, self.clock, self.keyring, bring_outcome(self.messages), seal_guard(self.clock),
            self.owner, policy=Policy(lease_s=self.settings.lease_s),
        )  # fmt: skip
        self._stack.push_async_callback(self.operations.stop)

    def _begin(self) -> None:
        loops = [self.sweeper.serve(), self.library.serve(lambda: asyncpg.connect(self.dsn))]
        if self.settings.flows_watch:
            loops.append(self.library.watch())
        if self.unclear is not None:
            loops.append(self.unclear.serve())
        if "operations" in self.roles:
            loops.append(self.operations.serve())
        if not self._shared:
            wake = {"outbox": self.sweeper.wake, "operations": self.operations.wake}
            loops.append(self.wakeups.listen(wake))
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    def _on_outbox(self, rows: list[OutboxRow]) -> None:
        if "sender" in self.roles:
            self.delivery.enqueue(rows)
        else:
            self.wakeups.announce("outbox")

    def _on_calls(self, ids: list[str]) -> None:
        if "operations" in self.roles:
            self.operations.start(ids)
        else:
            self.wakeups.announce("operations")

    async def _stop_sending(self) -> None:
        await self.delivery.stop()
        await self.writer.flush()
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            async with self.pool.acquire(timeout=5) as db:
                await self.store.release(db, moment(self.clock.now_ms()))

    async def _drop(self, conversation: str, reason: str) -> None:
        await self.writer.flush()
        async with self.pool.acquire() as db:
            await self.store.drop(db, conversation, reason)


async def _close_pool(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()
