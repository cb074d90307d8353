"""Telegram's rates: about 30 messages a second for the bot and 1 a second for one chat."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import Final

from simulators.messengers.telegram.refusal import too_many_requests

PER_BOT: Final = 30
PER_CHAT: Final = 1
WINDOW_S: Final = 1.0


class Rates:
    """Windows of one second that slide."""

    def __init__(self) -> None:
        self._bot: deque[float] = deque()
        self._chats: defaultdict[int, deque[float]] = defaultdict(deque)

    def take(self, chat: int, now: float) -> None:
        """Count one message. Raises a `Refusal` with `retry_after` when it is one too many."""
        for window, limit in ((self._bot, PER_BOT), (self._chats[chat], PER_CHAT)):
            while window and window[0] <= now - WINDOW_S:
                window.popleft()
            if len(window) >= limit:
                raise too_many_requests(max(1, math.ceil(window[0] + WINDOW_S - now)))
        self._bot.append(now)
        self._chats[chat].append(now)
