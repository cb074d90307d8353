"""Meta's app, under which a WhatsApp number and a Facebook page receive their webhooks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from core.kernel.errors import ConfigurationError

_KEY: Final = re.compile(r"[!-~]{1,512}")
_NUMBER: Final = re.compile(r"\d{1,32}", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


@dataclass(frozen=True)
class MetaApp:
    """`secret` signs webhooks, `verify_token` proves the handshake. `app_id`: "" or the app's number.

    Raises `ConfigurationError` for what cannot be one; secrets are never shown.
    """

    secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    app_id: str = ""
    graph_url: str = "https://graph.facebook.com/v26.0"

    def __post_init__(self) -> None:
        check_key("META__APP_SECRET", self.secret)
        check_key("META__VERIFY_TOKEN", self.verify_token)
        if self.app_id:
            check_number("META__APP_ID", self.app_id)
        if not _ADDRESS.fullmatch(self.graph_url):
            raise ConfigurationError("META__GRAPH_URL must be an address such as https://graph.facebook.com/v26.0")


def check_key(setting: str, value: str) -> None:
    if not _KEY.fullmatch(value):
        raise ConfigurationError(f"{setting} must be set: letters, digits and signs without spaces")


def check_number(setting: str, value: str) -> None:
    if not _NUMBER.fullmatch(value):
        raise ConfigurationError(f"{setting} must be the number that Meta shows, digits only")
