"""The approved template that carries a message after the service window: its only parameter is the message's text.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview and
/messenger-platform/send-messages/utility-messages
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from bots.fitting import fit
from bots.webhook import visible_text
from core.kernel.errors import ConfigurationError

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?")
# A parameter has no line breaks; with the template's own words the text stays below 1,024 characters.
PARAMETER_MAX: Final = 900


@dataclass(frozen=True)
class Template:
    """`languages`: those in which it is approved, the first one stands in for all others.

    Raises `ConfigurationError`. `setting`: the name of its setting, for the error.
    """

    name: str
    languages: tuple[str, ...]
    setting: str = "TEMPLATE"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"{self.setting} must be the name of an approved template: a-z 0-9 _")
        if not self.languages or not all(_LANGUAGE.fullmatch(language) for language in self.languages):
            raise ConfigurationError(f"{self.setting}_LANGUAGES must be codes such as uk,ru,en_US")

    def filled(self, text: str, lang: str) -> dict[str, Any] | None:
        """The template object with the text as its parameter, None when there is nothing to say."""
        line = fit(" ".join(text.split()), PARAMETER_MAX)
        if not visible_text(line):
            return None
        code = next((one for one in self.languages if one.partition("_")[0] == lang), self.languages[0])
        body = {"type": "body", "parameters": [{"type": "text", "text": line}]}
        return {"name": self.name, "language": {"code": code}, "components": [body]}
