"""A whole town for journeys: embedded stores, the simulated bank and messengers, and Teller as a process of its own."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest_asyncio
from redis.asyncio import Redis

from app.demo.phone import Bubble, Phone
from app.demo.town import Town
from tests.conftest import open_folder

_people = itertools.count(7_100_000_001)
_CODE = re.compile(r"\b\d{6}\b")
# Short, so that what a killed process held is taken over while a test watches.
QUICK = {"TELLER_LEASE_S": "4", "TELLER_BANK__READ_TIMEOUT_S": '{"TRANSFERS": 1.0}'}
FLOWS = Path(__file__).resolve().parents[2] / "flows"


class World:
    """The town with a bank that can be told to fail and a database that can be looked into."""

    def __init__(self, town: Town, flows: Path) -> None:
        self.town = town
        self.flows = flows
        self.bank = httpx.AsyncClient(base_url=town.bank_url, timeout=30, trust_env=False)
        self.messengers = httpx.AsyncClient(base_url=town.messengers_url, timeout=30, trust_env=False)

    def person(self, channel: str, phone: str = "+380671110001", name: str = "Олена", lang: str = "uk") -> Phone:
        """Somebody who has never written to the bank before."""
        number = next(_people)
        user = str(number) if channel == "telegram" else f"dGVs{number}=="
        return Phone(self.town.messengers_url, channel, user, name, phone, lang)

    async def fault(self, system: str, operation: str, fault: str, **options: Any) -> None:
        order = {"system": system, "operation": operation, "fault": fault, **options}
        answer = await self.bank.post("/control/faults", json=order)
        assert answer.status_code == 201, answer.text

    async def transfers(self) -> list[dict[str, Any]]:
        """Postings of the bank's ledger, without the opening ones."""
        answer = await self.bank.get("/control/ledger")
        return [posting for posting in answer.json()["postings"] if posting["kind"] != "opening"]

    async def balanced(self) -> bool:
        return bool((await self.bank.get("/control/ledger/check")).json()["balanced"])

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.town.database_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def everything_written(self) -> str:
        """Every row of every table of Teller and every line of its log, as one text."""
        tables = [
            row["tablename"] for row in await self.rows("SELECT tablename FROM pg_tables WHERE schemaname='public'")
        ]
        texts = [
            str((await self.rows(f"SELECT json_agg(t)::text AS all FROM {table} t"))[0]["all"]) for table in tables
        ]
        return "\n".join([*texts, self.town.log("teller").read_text()])

    async def log_in(self, person: Phone) -> list[Bubble]:
        """From the first word to the menu, with a proven phone."""
        await person.start()
        await person.hear("Чим допомогти?")
        await person.press("Баланс")
        await person.hear("Поділіться своїм номером")
        after = max((item["seq"] for item in await person.sms(self.town.bank_url)), default=0)
        await person.share_contact()
        await person.hear("одноразовим кодом")
        await person.say(await self.code(person, after))
        await person.hear("Яку картку показати?")
        await person.press_index(0)
        return await person.hear("Доступно", "Чим допомогти?")

    async def code(self, person: Phone, after: int = 0) -> str:
        items = await person.sms(self.town.bank_url, after)
        match = _CODE.search(items[-1]["text"])
        assert match is not None
        return match.group()

    async def up_to_confirmation(
        self, person: Phone, amount: str = "250", payee: str = "067 111 00 02"
    ) -> list[Bubble]:
        await person.press("Переказати гроші")
        await person.hear("З якої картки платимо?")
        await person.press_index(0)
        await person.hear("Кому?")
        await person.say(payee)
        await person.hear("Яку суму")
        await person.say(amount)
        return await person.hear("Перевірте переказ")

    async def reset(self) -> None:
        """The bank as seeded, no faults, and no counted attempts: Redis may be emptied at any moment."""
        redis = Redis.from_url(self.town.redis_url)
        await redis.flushall()
        await redis.aclose()
        await self.bank.post("/control/reset")
        await self.bank.delete("/control/faults")

    async def close(self) -> None:
        await self.bank.aclose()
        await self.messengers.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town() -> AsyncIterator[World]:
    folder = open_folder()
    flows = folder / "flows"
    shutil.copytree(FLOWS, flows)
    built = Town(folder)
    try:
        await built.start_simulators()
        await built.start_teller(TELLER_FLOWS_DIR=str(flows), **QUICK)
        world = World(built, flows)
        yield world
        await world.close()
    finally:
        await built.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(loop_scope="session")
async def world(town: World) -> World:
    """The town with the bank as it was seeded."""
    await town.reset()
    return town
