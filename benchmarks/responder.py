"""A bot that is none: it answers every webhook and sends the right message without thinking or storing. What the load
reaches against it, the load can do. `python -m benchmarks.responder <fd> <stub port> <token>`."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections import deque
from typing import Final, NoReturn

import msgspec
import uvloop

from benchmarks.conversation import DIALOG, Step, reply_to
from benchmarks.wire import Answerer, Caller, connect, post

_CONNECTIONS: Final = 64
_STEPS: Final[dict[str, Step]] = {step.says: step for step in DIALOG}


class _Chat(msgspec.Struct):
    id: int


class _Message(msgspec.Struct):
    chat: _Chat
    text: str


class _Update(msgspec.Struct):
    message: _Message


_updates: Final = msgspec.json.Decoder(_Update)


class Responder:
    def __init__(self, token: str) -> None:
        self._path = f"/bot{token}/sendMessage"
        self._free: deque[Caller] = deque()
        self._waiting: deque[bytes] = deque()

    def use(self, callers: list[Caller]) -> None:
        self._free = deque(callers)

    def answer(self, path: bytes, body: bytes) -> bytes:
        message = _updates.decode(body).message
        self._waiting.append(post(self._path, "", reply_to(_STEPS[message.text], message.chat.id)))
        if self._free:
            self._send(self._free.popleft())
        return b""

    def _send(self, caller: Caller) -> None:
        def answered(status: int) -> None:
            if self._waiting:
                self._send(caller)
            else:
                self._free.append(caller)

        caller.ask(self._waiting.popleft(), answered)


def _give_up(error: Exception) -> NoReturn:
    raise SystemExit(str(error))


async def _serve(listener: socket.socket, stub_port: int, token: str) -> None:
    responder = Responder(token)
    responder.use(await connect(stub_port, _CONNECTIONS, _give_up))
    server = await asyncio.get_running_loop().create_server(lambda: Answerer(responder.answer), sock=listener)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), sys.argv[3]))
