"""What Messenger can do and how much of it; the numbers that a rendered message must keep."""

from __future__ import annotations

from typing import Final

from core.messages.channels import Abilities

# The buttons of a template stay in the chat; more choices become quick replies, which vanish with the next message.
ABILITIES: Final = Abilities(
    text_max=2000,
    text_unit="codepoint",
    buttons_max=3,
    label_max=20,
    list_max=13,
    list_label_max=20,
    beside_max=640,
    caption_max=0,
    picture="upload",
    ask_contact=True,
    ask_location=False,
    receives=("contact", "photo", "document", "voice"),
    window_h=24,
    delete_inbound=False,
    proves_contact=False,
    deep_link="https://m.me/{bot}?ref={payload}",
    source="https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies",
    checked="2026-11-25",
)

# Button template and quick replies: the payload.
PAYLOAD_MAX: Final = 1000
# Generic template: 10 cards of 3 buttons.
CARDS_MAX: Final = 10
# Attachment upload: 25 MB.
FILE_BYTES_MAX: Final = 25 * 1024 * 1024
# Links that become buttons; more of them are lines of the text.
LINK_BUTTONS_MAX: Final = 3
