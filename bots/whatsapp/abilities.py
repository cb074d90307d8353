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
    proves_contact=False,
    deep_link="https://wa.me/{bot}?text={payload}",
    source="https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages",
    checked="2026-11-25",
)
