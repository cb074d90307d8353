"""Reading a request's body: bounded, and only of the content type that the system takes."""

from __future__ import annotations

from typing import Final

from starlette.requests import ClientDisconnect, Request

from simulators.bank.errors import BodyRefused

LARGEST_BODY: Final = 64 * 1024


async def read_body(request: Request, content_type: str) -> bytes:
    """Raises `BodyRefused` 415 for another content type or charset than UTF-8, 413 for more than 64 KiB."""
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media.strip().lower() != content_type or charset not in ("", "charset=utf-8"):
        raise BodyRefused(415, "unsupported_media_type", f"the body must be {content_type} in UTF-8")
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                raise BodyRefused(413, "body_too_large", f"the body is over {LARGEST_BODY} bytes")
            chunks.append(chunk)
    except ClientDisconnect:
        raise BodyRefused(400, "bad_request", "the body ended half-way") from None
    return b"".join(chunks)
