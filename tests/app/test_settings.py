"""Settings come from the environment, are told plainly when wrong, and never show a secret."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import settings as module
from app.settings import BankSystemsSettings, DatabaseSettings, Settings, described, secret_values
from core.kernel.errors import ConfigurationError
from core.kernel.masking import HIDDEN

DSN = "postgresql://teller:dsn-w0rd%21@db.example:5432/teller"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("TELLER_")]:
        monkeypatch.delenv(name)


def test_nothing_has_to_be_set() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert (settings.database.url, settings.redis.url) == ("", "")


def test_the_environment_reaches_every_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "TELLER_BASE_URL": "https://bank.example/bot", "TELLER_PORT": "0", "TELLER_DATABASE__URL": DSN,
        "TELLER_DATABASE__POOL": "3", "TELLER_TELEGRAM__TOKEN": "1:secret-of-telegram",
        "TELLER_BANK__READ_TIMEOUT_S": json.dumps({"TRANSFERS": 1.5}), "TELLER_LOG__FORMAT": "console",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.base_url, settings.port, settings.database.pool) == ("https://bank.example/bot", 0, 3)
    assert settings.telegram.token.get_secret_value() == "1:secret-of-telegram"
    assert settings.bank.read_timeout_s == {"TRANSFERS": 1.5}
    assert Settings(port=7).port == 7


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TELLER_PORT", "eighty", "TELLER_PORT: Input should be a valid integer"),
        ("TELLER_LEASE_S", "1", "TELLER_LEASE_S: Input should be greater"),
        ("TELLER_LOG__FORMAT", "xml", "TELLER_LOG__FORMAT"),
        ("TELLER_TELEGRAM__TOKN", "1:secret-of-telegram", "TELLER_TELEGRAM__TOKN: Extra inputs"),
        ("TELLER_BANK__READ_TIMEOUT_S", "{secret-of-telegram", "JSON"),
        ("TELLER_DATABASE__URL", "mysql://secret-of-telegram@db/x", "TELLER_DATABASE__URL: Value error, must begin"),
        ("TELLER_DATABASE__POOL", "secret-of-telegram", "TELLER_DATABASE__POOL"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_never_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        Settings()
    assert words in caught.value.detail
    assert "secret-of-telegram" not in f"{caught.value.detail} {caught.value.__cause__!r}"


def test_both_spellings_of_a_postgresql_address_are_one() -> None:
    assert DatabaseSettings(url="postgres://db.example/x").url == "postgresql://db.example/x"
    assert DatabaseSettings(url="postgresql://db.example/x").url == "postgresql://db.example/x"


def secretive() -> Settings:
    settings = Settings(secret=SecretStr("master-secret-of-teller"), database=DatabaseSettings(url=DSN))
    settings.telegram.token = SecretStr("1:secret-of-telegram")
    settings.bank.core_password = SecretStr("c0re-w0rd")
    settings.redis.url = "rediss://:redis-w0rd@cache.example/0"
    settings.viber.token = SecretStr("short")
    return settings


def test_no_secret_is_ever_shown() -> None:
    settings = secretive()
    rows = described(settings)
    shown = f"{rows} {settings!r} {settings}"
    for secret in ("master-secret-of-teller", "secret-of-telegram", "c0re-w0rd"):
        assert secret not in shown
    for secret in ("dsn-w0rd", "redis-w0rd"):
        assert secret not in str(rows)


def test_every_setting_is_listed_with_its_variable_and_its_purpose() -> None:
    rows = {name: (value, about) for name, value, about in described(secretive())}
    assert rows["TELLER_TELEGRAM__TOKEN"][0] == "set"
    assert rows["TELLER_KEYCLOAK__CLIENT_SECRET"][0] == "not set"
    assert rows["TELLER_DATABASE__URL"][0] == f"postgresql://teller:{HIDDEN}@db.example:5432/teller"
    assert rows["TELLER_REDIS__URL"][0] == f"rediss://:{HIDDEN}@cache.example/0"
    assert rows["TELLER_PORT"][0] == "8080"
    assert all(about for _, about in rows.values())


def test_the_log_learns_every_secret_as_it_is_written_and_as_it_is_meant() -> None:
    assert secret_values(secretive()) == {
        "master-secret-of-teller", "1:secret-of-telegram", "c0re-w0rd", "dsn-w0rd%21", "dsn-w0rd!", "redis-w0rd",
    }  # fmt: skip


def test_without_a_bank_the_operator_reads_which_setting_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="TELLER_BANK__BASE_URL"):
        Settings().bank_settings()


@pytest.mark.parametrize("url", ["bank.example", "ftp://bank.example", "http://", "//bank"])
def test_an_address_that_is_none_is_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https://"):
        Settings(bank=BankSystemsSettings(base_url=url)).bank_settings()


def test_the_banks_settings_are_put_together_from_ours() -> None:
    settings = Settings(bank=BankSystemsSettings(base_url="https://bank.example/", passport_login="p"))
    settings.keycloak.url = "https://sso.example/"
    bank = settings.bank_settings()
    assert bank.token_url == "https://sso.example/realms/teller/protocol/openid-connect/token"
    assert bank.logins["passport"].login == "p"
    settings.keycloak.url = ""
    assert settings.bank_settings().token_url.startswith("https://bank.example/realms/teller/")


def test_the_configured_master_secret_is_taken_as_it_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret=SecretStr("master-secret-of-teller"))
    assert settings.master_secret() == "master-secret-of-teller"
    assert list(tmp_path.iterdir()) == []


def test_a_made_secret_is_long_private_and_stays_the_same(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "deep" / "folder")
    made = settings.master_secret()
    kept = tmp_path / "deep" / "folder" / "secret"
    assert len(made) >= 32
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Settings(data_dir=tmp_path / "deep" / "folder").master_secret() == made
    assert [file.name for file in kept.parent.iterdir()] == ["secret"]


def test_a_database_of_ones_own_needs_a_secret_of_ones_own(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database=DatabaseSettings(url=DSN))
    with pytest.raises(ConfigurationError, match="TELLER_SECRET"):
        settings.master_secret()
    assert list(tmp_path.iterdir()) == []


def test_two_processes_that_make_it_at_the_same_moment_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given two processes that both have found no secret
    both_found_none = threading.Barrier(2)
    make = module.secrets.token_urlsafe

    def together(length: int) -> str:
        both_found_none.wait(10)
        return make(length)

    monkeypatch.setattr(module.secrets, "token_urlsafe", together)
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(Settings(data_dir=tmp_path).master_secret())) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then they use the same one
    assert made[0] == made[1] == (tmp_path / "secret").read_text()
