from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from core.bank_api.bank import Bank
from core.bank_api.catalogue.catalogue import BankCatalogue
from core.bank_api.contracts import CallContext
from core.bank_api.opening import open_bank
from core.bank_api.settings import BankSettings, Login
from core.kernel.clock import ManualClock
from tests.bank_api.scripted_bank import CLIENT, LOGINS, ScriptedBank


class Sleeps(list[float]):
    """The sleeper of the tests: remembers how long it was asked to wait, and does not."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def settings_for(url: str, **changes: object) -> BankSettings:
    logins = {
        system.lower(): Login(login=login, password=SecretStr(password)) for system, (login, password) in LOGINS.items()
    }
    values: dict[str, object] = {
        "base_url": url,
        "client_id": CLIENT[0],
        "client_secret": SecretStr(CLIENT[1]),
        "logins": logins,
        "connect_timeout_s": 5,
        **changes,
    }
    return BankSettings.model_validate(values)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedBank]:
    script = ScriptedBank()
    async with script.server:
        yield script


@pytest.fixture
async def bank(scripted: ScriptedBank, clock: ManualClock, sleeps: Sleeps) -> AsyncIterator[Bank]:
    opened = open_bank(settings_for(scripted.server.url), clock, sleep=sleeps)
    yield opened
    await opened.aclose()


@pytest.fixture
def catalogue(bank: Bank) -> BankCatalogue:
    return BankCatalogue(bank)


@pytest.fixture
def context() -> Callable[..., CallContext]:
    def make(**changes: object) -> CallContext:
        values: dict[str, object] = {
            "call_id": "call_1",
            "bank_ref": "R3FERENCE0R3FERENCE0",
            "request_id": "req-77",
            "customer": "cust_501",
            **changes,
        }
        return CallContext(**values)  # type: ignore[arg-type]

    return make
