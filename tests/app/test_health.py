"""`teller doctor`: each verdict, and that looking changes nothing and shows no secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from app.database import with_database
from app.health import Check, checks_of
from app.settings import (
    BankSystemsSettings,
    DatabaseSettings,
    MessengerSettings,
    MetaSettings,
    RedisSettings,
    Settings,
    TelegramSettings,
    ViberSettings,
    WhatsAppSettings,
)

SECRET = SecretStr("a master secret of tests")


async def verdicts(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in await checks_of(settings)}


@pytest.fixture
def configured(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        secret=SECRET,
        database=DatabaseSettings(url=database_url),
        redis=RedisSettings(url=redis_url),
    )


@pytest.fixture
async def listening() -> AsyncIterator[str]:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_where_all_is_well_every_check_says_so(configured: Settings, listening: str) -> None:
    configured.telegram = TelegramSettings(
        token=SecretStr("12345:token_of_tests"), webhook_secret=SecretStr("hook"), api_url=listening
    )
    configured.viber = ViberSettings(token=SecretStr("viber-token"), api_url=listening)
    configured.meta = MetaSettings(app_secret=SecretStr("key"), verify_token=SecretStr("word"), graph_url=listening)
    configured.whatsapp = WhatsAppSettings(token=SecretStr("wa-token"), phone_number_id="88", waba_id="99")
    configured.messenger = MessengerSettings(page_token=SecretStr("page-token"), page_id="77")
    configured.bank = BankSystemsSettings(base_url=listening)
    found = await verdicts(configured)
    assert {check.verdict for check in found.values()} == {"ok"}
    assert set(found) == {
        "secret", "channels", "flows", "pictures", "database", "clock", "redis", "release", "bank",
        "Telegram server", "Viber server", "Graph API server",
    }  # fmt: skip
    assert found["channels"].finding == "messenger, telegram, viber, whatsapp"


async def test_without_messenger_and_bank_it_works_but_says_what_is_missing(configured: Settings) -> None:
    found = await verdicts(configured)
    assert (found["channels"].verdict, found["bank"].verdict) == ("warn", "warn")
    assert "TELLER_TELEGRAM__TOKEN" in found["channels"].remedy
    assert "TELLER_BANK__BASE_URL" in found["bank"].remedy


async def test_an_old_schema_is_found_and_left_as_it_is(
    configured: Settings, postgres_url: str, database: asyncpg.Pool
) -> None:
    await database.execute("CREATE DATABASE empty_of_health")
    url = with_database(postgres_url, "empty_of_health")
    configured.database.url = url
    found = await verdicts(configured)
    assert (found["database"].verdict, found["database"].remedy) == ("fail", "run `teller db upgrade`")
    assert "missing" in found["database"].finding
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()


@pytest.mark.parametrize(
    "url",
    ["postgresql://teller:dsn-w0rd@127.0.0.1:1/teller", "nonsense dsn-w0rd", "postgresql://teller:dsn-w0rd@[::1/x"],
)
async def test_a_database_that_cannot_be_reached_is_said_without_its_password(configured: Settings, url: str) -> None:
    configured.database.url = url
    found = await verdicts(configured)
    assert found["database"].verdict == "fail"
    assert "TELLER_DATABASE__URL" in found["database"].remedy
    assert "dsn-w0rd" not in str(found)
    assert found["flows"].verdict == "ok"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "nonsense", "redis://127.0.0.1:port/0"])
async def test_a_redis_that_is_away_is_said(configured: Settings, url: str) -> None:
    configured.redis.url = url
    found = await verdicts(configured)
    assert (found["database"].verdict, found["redis"].verdict) == ("ok", "fail")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1:80", "http://", "http://bank:port", "https://[::1"])
async def test_a_server_that_cannot_be_reached_is_said(configured: Settings, url: str) -> None:
    configured.bank = BankSystemsSettings(base_url=url)
    found = await verdicts(configured)
    assert found["bank"].verdict == "fail"
    assert found["bank"].remedy


async def test_a_token_or_secret_that_cannot_be_one_is_said_and_not_shown(configured: Settings) -> None:
    configured.telegram = TelegramSettings(token=SecretStr("not-a-token"), webhook_secret=SecretStr("hook"))
    configured.secret = SecretStr("")
    found = await verdicts(configured)
    assert "TELEGRAM__TOKEN" in found["channels"].finding
    assert "TELLER_SECRET" in found["secret"].finding
    assert (found["channels"].verdict, found["secret"].verdict) == ("fail", "fail")
    assert "not-a-token" not in str(found)


async def test_broken_flows_are_counted_with_the_first_of_them(configured: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "broken.yaml").write_text("flow: [")
    configured.flows_dir = folder
    found = await verdicts(configured)
    assert found["flows"].verdict == "fail"
    assert "broken.yaml" in found["flows"].finding
