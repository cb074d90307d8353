"""Request bodies of bounded size."""

from __future__ import annotations

from starlette.requests import Request


class BodyTooBig(Exception):
    """The body has more bytes than this route takes."""


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes. Raises `BodyTooBig`."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise BodyTooBig(f"more than {limit} bytes")
    return bytes(content)
