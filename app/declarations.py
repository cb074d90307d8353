"""What the language is told of the house around it, with no bank and no messenger behind it: for checking flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.flow_library import signatures_of
from app.settings import Settings
from bots.messenger.abilities import ABILITIES as MESSENGER
from bots.sms.abilities import ABILITIES as SMS
from bots.telegram.abilities import ABILITIES as TELEGRAM
from bots.viber.abilities import ABILITIES as VIBER
from bots.whatsapp.abilities import ABILITIES as WHATSAPP
from core.bank_api.catalogue.catalogue import DECLARATIONS as BANK_DECLARATIONS
from core.dialog.channel_limits import ChannelLimits
from core.dialog.json_schema import Deployment
from core.dialog.signatures import Signature
from core.messages.channels import Abilities
from identity.service import DECLARATIONS as IDENTITY_DECLARATIONS
from imagegen.studio import TEMPLATES

ABILITIES: Final[Mapping[str, Abilities]] = {
    "telegram": TELEGRAM,
    "viber": VIBER,
    "whatsapp": WHATSAPP,
    "messenger": MESSENGER,
    "sms": SMS,
}


def catalogue_signatures() -> tuple[Signature, ...]:
    """Every operation that a flow may call."""
    return signatures_of([*BANK_DECLARATIONS, *IDENTITY_DECLARATIONS])


def deployment(flows: tuple[str, ...]) -> Deployment:
    """The names that an editor completes. Queues of people are not declared anywhere: any may be named."""
    images = tuple(sorted(file.stem for file in TEMPLATES.glob("*.yaml")))
    return Deployment(signatures=catalogue_signatures(), flows=flows, images=images)


def channel_limits(settings: Settings) -> tuple[ChannelLimits, ...]:
    """The channels that flows are checked for: those that are named, else the configured ones, else all."""
    configured = {"telegram": settings.telegram.token, "viber": settings.viber.token}
    open_ones = [name for name, token in configured.items() if token.get_secret_value()]
    names: Iterable[str] = settings.flow_channels or open_ones or ABILITIES
    return tuple(_limits(name, ABILITIES[name]) for name in names)


def _limits(name: str, abilities: Abilities) -> ChannelLimits:
    return ChannelLimits(
        name=name,
        text_max=abilities.text_max,
        text_unit=abilities.text_unit,
        beside_max=abilities.beside_max or abilities.text_max,
        buttons_max=abilities.buttons_max,
        label_max=abilities.label_max,
        list_max=abilities.list_max,
        list_label_max=abilities.list_label_max,
        receives=frozenset(abilities.receives),
        window_h=abilities.window_h,
        segmented=abilities.segmented,
        source=abilities.source,
    )
