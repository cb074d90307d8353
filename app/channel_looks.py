"""How each channel shows a message, for flow tests: from the channels' own numbers where the channel is there.

Those of the others are the platforms' documented ones. Web chat is our own edge and bounds itself; an SMS of ten parts
of UCS-2 text is as long as people still read, and numbers stand for its buttons.
"""

from __future__ import annotations

from typing import Final

from bots.fitting import fit_labels, utf16_length
from bots.messenger.abilities import ABILITIES as MESSENGER
from bots.telegram.abilities import ABILITIES as TELEGRAM
from bots.telegram.abilities import CALLBACK_DATA_BYTES_MAX
from bots.viber.abilities import ABILITIES as VIBER
from bots.viber.abilities import ACTION_BODY_MAX
from bots.whatsapp.abilities import ABILITIES as WHATSAPP
from core.dialog.flowtest.looks import Form, Look

_SMS_PARTS: Final = 10
_SMS_PART_SIGNS: Final = 67

LOOKS: Final = (
    Look(
        name="telegram",
        text_max=TELEGRAM.text_max,
        measure=utf16_length,
        forms=(Form(TELEGRAM.buttons_max, TELEGRAM.label_max),),
        payload_max=CALLBACK_DATA_BYTES_MAX,
        contacts=TELEGRAM.ask_contact,
        locations=TELEGRAM.ask_location,
        proves_contacts=TELEGRAM.proves_contact,
        types_beside_contact=True,
        fit_labels=fit_labels,
    ),
    Look(
        name="viber",
        text_max=VIBER.text_max,
        forms=(Form(VIBER.buttons_max, VIBER.label_max),),
        payload_max=ACTION_BODY_MAX,
        contacts=VIBER.ask_contact,
        locations=VIBER.ask_location,
        proves_contacts=VIBER.proves_contact,
        fit_labels=fit_labels,
    ),
    Look(
        name="whatsapp",
        text_max=WHATSAPP.text_max,
        forms=(Form(WHATSAPP.buttons_max, WHATSAPP.label_max), Form(WHATSAPP.list_max, WHATSAPP.list_label_max)),
        payload_max=200,
        fit_labels=fit_labels,
    ),
    Look(
        name="messenger",
        text_max=MESSENGER.text_max,
        forms=(Form(MESSENGER.list_max, MESSENGER.list_label_max),),
        payload_max=1000,
        locations=MESSENGER.ask_location,
        proves_contacts=MESSENGER.proves_contact,
        fit_labels=fit_labels,
    ),
    Look(name="web", text_max=8000, forms=(Form(100, 80),), contacts=False, fit_labels=fit_labels),
    Look(
        name="sms",
        text_max=_SMS_PARTS * _SMS_PART_SIGNS,
        forms=(),
        pictures=False,
        contacts=False,
        media=False,
        locations=False,
        fit_labels=fit_labels,
    ),
)
