"""Which messengers a process speaks follows from its settings alone."""

from __future__ import annotations

from typing import Any

import pytest

from app.channels import open_channels
from app.settings import MessengerSettings, MetaSettings, Settings, WhatsAppSettings
from core.kernel.clock import ManualClock
from core.kernel.errors import ConfigurationError
from core.messages.channels import Channel
from core.messages.transport import HttpTransport

META = MetaSettings(app_id="550000000000001", app_secret="app-secret", verify_token="word")
WHATSAPP = WhatsAppSettings(token="number-token", phone_number_id="88", waba_id="99")
MESSENGER = MessengerSettings(page_token="page-token", page_id="77")


def opened(**groups: Any) -> dict[str, Channel]:
    return open_channels(Settings(**groups), HttpTransport(), ManualClock())


def test_a_messenger_without_a_token_is_off() -> None:
    assert opened() == {}
    assert opened(meta=META) == {}


def test_each_of_metas_messengers_is_on_by_its_own_token() -> None:
    assert list(opened(meta=META, whatsapp=WHATSAPP)) == ["whatsapp"]
    assert list(opened(meta=META, messenger=MESSENGER)) == ["messenger"]
    assert list(opened(meta=META, whatsapp=WHATSAPP, messenger=MESSENGER)) == ["whatsapp", "messenger"]


def test_a_token_without_metas_app_is_refused_by_the_name_of_what_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="META__APP_SECRET"):
        opened(whatsapp=WHATSAPP)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "META__APP_SECRET": "app-secret",
        "META__VERIFY_TOKEN": "word",
        "WHATSAPP__TOKEN": "number-token",
        "WHATSAPP__PHONE_NUMBER_ID": "88",
        "WHATSAPP__WABA_ID": "99",
        "WHATSAPP__TEMPLATE": "bank_news",
        "WHATSAPP__TEMPLATE_LANGUAGES": "uk, en_US",
    }.items():
        monkeypatch.setenv(f"TELLER_{name}", value)
    assert list(opened()) == ["whatsapp"]


def test_a_template_whose_languages_are_no_codes_is_refused() -> None:
    own = WHATSAPP.model_copy(update={"template": "bank_news", "template_languages": "Ukrainian"})
    with pytest.raises(ConfigurationError, match="WHATSAPP__TEMPLATE_LANGUAGES"):
        opened(meta=META, whatsapp=own)
