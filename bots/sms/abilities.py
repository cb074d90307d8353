"""What SMS can do and how much of it; the numbers that a rendered message must keep."""

from __future__ import annotations

from typing import Final

from core.messages.channels import Abilities

# TS 23.038: 160 signs of the GSM alphabet or 70 UTF-16 units a message; TS 23.040: joined parts hold 153 or 67, at
# most 255 of them. Choices are numbered lines.
ABILITIES: Final = Abilities(
    text_max=17_085,
    text_unit="utf16",
    buttons_max=0,
    label_max=70,
    caption_max=0,
    picture="url",
    ask_contact=False,
    ask_location=False,
    receives=(),
    segmented=True,
    delete_inbound=False,
    proves_contact=False,
    deep_link="sms:{bot}?body={payload}",
    source="https://www.3gpp.org/dynareport/23038.htm",
    checked="2026-11-25",
)
