"""One pair of servers a test module, emptied before each test: stopping a server takes longer than most tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from simulators.messengers import Options, serve
from tests.simulated_messengers.driver import (
    APP_SECRET,
    MESSENGER_TOKEN,
    TELEGRAM_TOKEN,
    VIBER_TOKEN,
    WHATSAPP_TOKEN,
    BotServer,
    Messengers,
    bot_server,
)


class Moments:
    """A clock that stands still, and pauses that pass at once and are written down."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def now(self) -> float:
        return 1_795_000_000.0

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture(scope="module")
def running_moments() -> Moments:
    return Moments()


@pytest.fixture(scope="module")
def options(running_moments: Moments) -> Options:
    return Options(
        telegram_token=TELEGRAM_TOKEN,
        viber_token=VIBER_TOKEN,
        whatsapp_token=WHATSAPP_TOKEN,
        messenger_token=MESSENGER_TOKEN,
        meta_app_secret=APP_SECRET,
        retry_delays_s=(1, 2, 4),
        clock=running_moments.now,
        sleep=running_moments.sleep,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_bot() -> AsyncIterator[BotServer]:
    async with bot_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_messengers(options: Options) -> AsyncIterator[Messengers]:
    async with serve(options) as url, aiohttp.ClientSession() as http:
        yield Messengers(url, http)


@pytest.fixture
def moments(running_moments: Moments) -> Moments:
    running_moments.pauses.clear()
    return running_moments


@pytest.fixture
def bot(running_bot: BotServer, messengers: Messengers) -> BotServer:
    """Emptied after the servers, so that nothing on its way from the test before comes in."""
    running_bot.forget()
    return running_bot


@pytest_asyncio.fixture(loop_scope="module")
async def messengers(running_messengers: Messengers) -> Messengers:
    await running_messengers.control("reset")
    return running_messengers
