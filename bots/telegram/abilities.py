"""What Telegram can do and how much of it; the numbers that a rendered message must keep."""

from __future__ import annotations

from typing import Final

from core.messages.channels import Abilities

ABILITIES: Final = Abilities(
    text_max=4096,
    text_unit="utf16",
    buttons_max=100,
    label_max=64,
    caption_max=1024,
    picture="upload",
    ask_contact=True,
    ask_location=True,
    delete_inbound=True,
    proves_contact=True,
    deep_link="https://t.me/{bot}?start={payload}",
    source="https://core.telegram.org/bots/api",
    checked="2026-11-22",
)

# Bot API, InlineKeyboardButton: callback_data has 1-64 bytes.
CALLBACK_DATA_BYTES_MAX: Final = 64
# Bot API, formatting options: what goes beyond is dropped by the server.
ENTITIES_MAX: Final = 100
# Above this number choices stand two a row, so that the list stays within a screen. Bot API names no bound for
# buttons: `buttons_max` and 8 a row are practice.
SINGLE_COLUMN_MAX: Final = 12
# Bot API, sendPhoto: 10 MB.
PICTURE_BYTES_MAX: Final = 10 * 1024 * 1024
# Bot API, sendDocument: 50 MB.
DOCUMENT_BYTES_MAX: Final = 50 * 1024 * 1024
