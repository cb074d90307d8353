"""`multipart/form-data` for calls that carry a file. Source: RFC 7578."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.kernel.ids import derived_id

_encoder: Final = msgspec.json.Encoder()


def encode(fields: Mapping[str, Any], file_field: str, file: bytes, file_name: str) -> tuple[bytes, str]:
    """The body and its Content-Type. Strings go as they are, everything else as JSON, the file as the PNG picture or
    the PDF that its name says. The name has plain letters only.

    The boundary follows from the content and is no part of it: to place it there one would have to invert the hash.
    """
    parts = [
        (f'name="{name}"', value.encode() if isinstance(value, str) else _encoder.encode(value))
        for name, value in fields.items()
    ]
    digest = hashlib.blake2b(file)
    for _, content in parts:
        digest.update(content)
    boundary = f"teller-{derived_id(32, digest.hexdigest())}"
    mime = "application/pdf" if file_name.endswith(".pdf") else "image/png"
    parts.append((f'name="{file_field}"; filename="{file_name}"\r\nContent-Type: {mime}', file))
    body = b"".join(
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (boundary.encode(), head.encode(), content)
        for head, content in parts
    )
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
