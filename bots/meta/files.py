"""Files that Meta keeps: uploaded once, then sent by their id."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from core.kernel.clock import Clock

_KEPT: Final = 1000
# WhatsApp forgets a file after 30 days, Messenger after 90; a receipt is not sent again so late.
_LASTS_MS: Final = 7 * 24 * 60 * 60 * 1000


class KnownFiles:
    """The ids of what this process has uploaded, so that a message that is sent again uploads nothing again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids: OrderedDict[tuple[str, bytes], tuple[str, int]] = OrderedDict()

    async def id_of(self, name: str, file: bytes, upload: Callable[[], Awaitable[str]]) -> str:
        """The id of a file under this name. Raises what `upload` raises."""
        key = (name, hashlib.blake2b(file, digest_size=16).digest())
        now = self._clock.now_ms()
        known = self._ids.get(key)
        if known is not None and now < known[1]:
            self._ids.move_to_end(key)
            return known[0]
        identity = await upload()
        self._ids[key] = (identity, now + _LASTS_MS)
        self._ids.move_to_end(key)
        if len(self._ids) > _KEPT:
            self._ids.popitem(last=False)
        return identity
