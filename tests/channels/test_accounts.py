"""An account that could not prove or reach anything is refused when it is made, not at the first webhook."""

from __future__ import annotations

import pytest

from bots.messenger import MessengerAccount
from bots.meta.app import MetaApp
from bots.meta.templates import Template
from bots.telegram import TelegramAccount
from bots.viber import ViberAccount
from bots.whatsapp import WhatsAppAccount
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


def meta_app(secret: str = "app-secret", token: str = "word", **more: str) -> MetaApp:
    return MetaApp(secret, token, **more)


@pytest.mark.parametrize("key", ["", " ", "with space", "таємниця", "line\nbreak"])
def test_a_key_of_metas_app_that_cannot_be_one_is_refused_without_being_quoted(key: str) -> None:
    for make, setting in (
        (lambda: meta_app(secret=key), "META__APP_SECRET"),
        (lambda: meta_app(token=key), "META__VERIFY_TOKEN"),
        (lambda: WhatsAppAccount(meta_app(), key, "1", "2"), "WHATSAPP__TOKEN"),
        (lambda: MessengerAccount(meta_app(), key, "1"), "MESSENGER__PAGE_TOKEN"),
    ):
        with pytest.raises(ConfigurationError, match=setting) as refused:
            make()
        assert not key.strip() or key not in str(refused.value)


@pytest.mark.parametrize("number", ["+380501112233", "abc", "1/2", "١٢", "1\n"])
def test_an_id_that_is_no_number_is_refused(number: str) -> None:
    for make, setting in (
        (lambda: meta_app(app_id=number), "META__APP_ID"),
        (lambda: WhatsAppAccount(meta_app(), "token", number, "2"), "WHATSAPP__PHONE_NUMBER_ID"),
        (lambda: WhatsAppAccount(meta_app(), "token", "1", number), "WHATSAPP__WABA_ID"),
        (lambda: MessengerAccount(meta_app(), "token", number), "MESSENGER__PAGE_ID"),
    ):
        with pytest.raises(ConfigurationError, match=setting):
            make()


@pytest.mark.parametrize("url", ["", "graph.example", "ftp://graph.example", "https://g.x/v26.0?a=b", "https://"])
def test_an_address_of_the_graph_api_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="META__GRAPH_URL"):
        meta_app(graph_url=url)


@pytest.mark.parametrize(("name", "languages"), [("", ("uk",)), ("Bank News", ("uk",)), ("x", ()), ("x", ("Ukr",))])
def test_a_template_that_meta_would_not_know_is_refused(name: str, languages: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError, match="WHATSAPP__TEMPLATE"):
        Template(name, languages, "WHATSAPP__TEMPLATE")


def test_no_account_of_metas_shows_its_secrets() -> None:
    shown = repr([WhatsAppAccount(meta_app(), "wa-token", "1", "2"), MessengerAccount(meta_app(), "page-token", "1")])
    assert not any(secret in shown for secret in ("app-secret", "word", "wa-token", "page-token"))
