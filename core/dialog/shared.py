"""What a customer shares instead of typing: a file or a place, as the value of a slot."""

from __future__ import annotations

from typing import Any, Final

from core.dialog.contracts import Location, Media
from core.kernel.masking import mask_text

# The kinds of media that a question may accept, as `Media.kind` names them.
MEDIA_KINDS: Final = ("photo", "document", "voice")
_LONGEST_REF: Final = 2048
_LONGEST_NAME: Final = 100
_LONGEST_CAPTION: Final = 1000


def file_of(media: Media) -> dict[str, Any] | None:
    """The stored file, its name and caption without card numbers; None when the platform's reference is unusable."""
    if not 0 < len(media.ref) <= _LONGEST_REF:
        return None
    return {
        "kind": media.kind,
        "name": mask_text(media.file_name)[:_LONGEST_NAME],
        "size": max(media.size, 0),
        "caption": mask_text(media.caption)[:_LONGEST_CAPTION],
        "ref": media.ref,
    }


def place_of(location: Location) -> dict[str, Any] | None:
    """The stored place in degrees; None for a point that is not on the earth."""
    if not (abs(location.latitude) <= 90 and abs(location.longitude) <= 180):
        return None
    return {"latitude": location.latitude, "longitude": location.longitude}
