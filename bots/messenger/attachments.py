"""What people send besides texts.

Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks#attachments
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bots.messenger.wire import Attachment
from core.dialog.contracts import Media

# The app sends no audio but what was spoken into it.
_KINDS: Final = {"image": "photo", "video": "video", "audio": "voice", "file": "document", "sticker": "sticker"}


def media_of(attachments: Sequence[Attachment], caption: str) -> Media | None:
    """The first file; None for shared posts, reels, cards and previews of links. A sticker may come as a sticker, or
    as a sticker and its picture."""
    files = [one for one in attachments if one.type in _KINDS and one.payload is not None]
    for file in files:
        assert file.payload is not None
        if file.payload.sticker_id is not None:
            return Media(kind="sticker", ref=str(file.payload.sticker_id))
    for file in files:
        assert file.payload is not None
        return Media(kind=_KINDS[file.type], ref=file.payload.url or "", caption=caption)
    return None
