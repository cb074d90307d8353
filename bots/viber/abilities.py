"""What Viber can do and how much of it; the numbers that a rendered message must keep."""

from __future__ import annotations

from typing import Final

from core.messages.channels import Abilities

ABILITIES: Final = Abilities(
    text_max=7000,
    text_unit="codepoint",
    buttons_max=24,
    label_max=250,
    caption_max=768,
    picture="url",
    ask_contact=True,
    ask_location=True,
    delete_inbound=False,
    proves_contact=False,
    deep_link="viber://pa?chatURI={bot}&context={payload}",
    source="https://developers.viber.com/docs/api/rest-bot-api/",
    checked="2026-11-22",
)

# REST Bot API, general send message parameters.
JSON_BYTES_MAX: Final = 30_000
SENDER_NAME_MAX: Final = 28
# REST Bot API, file message: 50 MB.
DOCUMENT_BYTES_MAX: Final = 52_428_800
TRACKING_DATA_MAX: Final = 4000
# Keyboards page: 6 columns, 12 rows in portrait mode (another page says 24; the smaller number holds everywhere).
KEYBOARD_COLUMNS: Final = 6
KEYBOARD_ROWS_MAX: Final = 12
# iOS cuts the body of a reply button after 100 bytes, Android after 250.
ACTION_BODY_MAX: Final = 100
# Shares of `JSON_BYTES_MAX` for a text part and for the keyboard under it; the rest is the envelope's.
TEXT_BYTES_MAX: Final = 15_000
KEYBOARD_BYTES_MAX: Final = 12_000
