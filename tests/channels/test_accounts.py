"""An account that could not prove or reach anything is refused when it is made, not at the first webhook."""

from __future__ import annotations

import pytest

from bots.telegram import TelegramAccount
from bots.viber import ViberAccount
from core.kernel.errors import ConfigurationError

TOKEN = "700700:AAsecret-part_of-token"


@pytest.mark.parametrize("token", ["", "no-colon", ":AA", "700700:", "700700:AA/../x", "abc:AA", TOKEN + "\n"])
def test_a_telegram_token_of_another_form_is_refused_without_being_quoted(token: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        TelegramAccount(token, "secret")
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "a" * 257, "white space", "пароль", "semi;colon", "new\n"])
def test_a_webhook_secret_that_telegram_would_not_take_is_refused(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="WEBHOOK_SECRET"):
        TelegramAccount(TOKEN, secret)


@pytest.mark.parametrize("token", ["", " ", "with space", "жетон", "line\nbreak"])
def test_a_viber_token_that_cannot_be_a_key_is_refused(token: str) -> None:
    with pytest.raises(ConfigurationError, match="VIBER__TOKEN"):
        ViberAccount(token)


@pytest.mark.parametrize("name", ["", "   ", "a" * 29])
def test_a_sender_name_that_viber_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="SENDER_NAME"):
        ViberAccount("4f0c-token", name)


def test_no_account_shows_its_secrets() -> None:
    shown = repr([TelegramAccount(TOKEN, "hook-secret"), ViberAccount("4f0c-token")])
    assert not any(secret in shown for secret in (TOKEN, "hook-secret", "4f0c-token"))
