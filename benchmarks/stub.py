"""Where the bot's messages arrive: answers like Telegram's server and hands each message to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from benchmarks.conversation import Sent, WrongReply

_sent: Final = msgspec.json.Decoder(Sent)
_encode: Final = msgspec.json.Encoder().encode


class TelegramStub:
    """`arrived` is called with every message; `refused` with an error when the bot calls anything else."""

    def __init__(self, token: str, arrived: Callable[[Sent], None], refused: Callable[[Exception], None]) -> None:
        self._send_message = f"/bot{token}/sendMessage".encode()
        self._bot: dict[str, Any] = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Teller"}
        self._arrived = arrived
        self._refused = refused
        self._messages = 0

    def answer(self, path: bytes, body: bytes) -> bytes:
        """The `Message` that was made, as https://core.telegram.org/bots/api#sendmessage returns it."""
        try:
            if path != self._send_message:
                raise WrongReply(f"the bot called {path.rpartition(b'/')[2].decode()!r}, which no step does")
            sent = _sent.decode(body)
            self._arrived(sent)
        except (WrongReply, msgspec.DecodeError) as error:
            self._refused(error)
            return b'{"ok":false,"error_code":400,"description":"Bad Request"}'
        self._messages += 1
        message = {
            "message_id": self._messages,
            "from": self._bot,
            "chat": {"id": sent.chat_id, "type": "private", "first_name": "Олена"},
            "date": 1_795_000_000,
            "text": sent.text,
            "reply_markup": sent.reply_markup,
        }
        return _encode({"ok": True, "result": message})
