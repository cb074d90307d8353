"""A small HTTP/1.1 server on a real socket that answers as a script says, badly too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """`announced`: the length in the header when it is not the body's. `hang_up`: close without any answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/xml; charset=utf-8"
    announced: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    silent: bool = False


def json_response(status: int, document: Any) -> Response:
    return Response(status, json.dumps(document, ensure_ascii=False).encode(), "application/json")


HANG_UP = Response(hang_up=True)
SILENCE = Response(silent=True)

Script = Callable[[Request], Awaitable[Response]]


class HttpServer:
    """`async with HttpServer(script) as server`: then `server.url`. Silence ends when the client hangs up."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._open: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def __aenter__(self) -> HttpServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None and await self._answered(request, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answered(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        response = await self._script(request)
        if response.silent:
            await reader.read(1)
            return False
        if response.hang_up:
            return False
        length = len(response.body) if response.announced is None else response.announced
        head = [
            f"HTTP/1.1 {response.status} X",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {length}",
            *(f"{name}: {value}" for name, value in response.headers.items()),
        ]
        writer.write("\r\n".join([*head, "", ""]).encode() + response.body)
        await writer.drain()
        return length == len(response.body)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    place = urlsplit(target)
    return Request(method, place.path, dict(parse_qsl(place.query, strict_parsing=bool(place.query))), headers, body)
