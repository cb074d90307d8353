"""Every check of the language by its code, in the order of the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.dialog.channel_limits import ChannelLimits
from core.dialog.checks.catalogue.bank import SIGNATURES
from core.dialog.checks.catalogue.channels import CHANNELS
from core.dialog.checks.catalogue.entry import Entry
from core.dialog.checks.catalogue.money import MONEY
from core.dialog.checks.catalogue.system import SYSTEM
from core.dialog.checks.catalogue.texts import TEXTS
from core.dialog.checks.catalogue.values import VALUES
from core.dialog.checks.catalogue.ways import WAYS
from core.dialog.checks.catalogue.writing import WRITING

__all__ = ["CHECKS", "GROUPS", "NARROW_CHANNEL", "SIGNATURES", "Entry"]

GROUPS: Final[Mapping[str, tuple[Entry, ...]]] = {
    "Money, auth and secrets": MONEY,
    "Ways and flows": WAYS,
    "Flows of the engine": SYSTEM,
    "Values": VALUES,
    "Texts and translations": TEXTS,
    "Channels": CHANNELS,
    "Writing": WRITING,
}
CHECKS: Final[Mapping[str, Entry]] = {entry.code: entry for group in GROUPS.values() for entry in group}
# A channel with few abilities, which the examples are checked for.
NARROW_CHANNEL: Final = ChannelLimits(
    name="narrow",
    text_max=100,
    text_unit="codepoint",
    beside_max=100,
    buttons_max=3,
    label_max=20,
    list_max=10,
    list_label_max=20,
    receives=frozenset(),
    window_h=24,
    segmented=True,
    source="",
)
