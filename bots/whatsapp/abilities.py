"""What WhatsApp can do and how much of it; the numbers that a rendered message must keep."""

from __future__ import annotations

from typing import Final

from core.messages.channels import Abilities

ABILITIES: Final = Abilities(
    text_max=4096,
    text_unit="codepoint",
    buttons_max=3,
    label_max=20,
    list_max=10,
    list_label_max=24,
    beside_max=1024,
    caption_max=1024,
    picture="upload",
    ask_contact=True,
    ask_location=True,
    window_h=24,
    delete_inbound=False,
    proves_contact=True,
    deep_link="https://wa.me/{bot}?text=START-{payload}",
    source="https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages",
    checked="2026-11-25",
)

# Interactive list messages: the row's description, and its id (a reply button's id may have 256 characters).
ROW_DESCRIPTION_MAX: Final = 72
TOKEN_MAX: Final = 200
# Lists that one message may become; a person reads no more of them.
LISTS_MAX: Final = 3
# Links that become messages with a button of their own; more of them are lines of the text.
LINK_BUTTONS_MAX: Final = 3
# Messages: `biz_opaque_callback_data`.
CALLBACK_DATA_MAX: Final = 512
# Media: 5 MB for pictures, 100 MB for documents.
PICTURE_BYTES_MAX: Final = 5 * 1024 * 1024
DOCUMENT_BYTES_MAX: Final = 100 * 1024 * 1024
