"""Bodies of kind `multipart/form-data`."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any


@dataclass(frozen=True)
class Upload:
    name: str
    mime: str
    content: bytes

    def as_json(self) -> dict[str, Any]:
        """What a record of calls shows of it."""
        return {"file_name": self.name, "mime": self.mime, "size": len(self.content)}


def read_multipart(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """The fields and the files of a body. Raises `UnicodeError` for a field that is no UTF-8, else `ValueError`."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message: Message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise ValueError("can't parse the multipart body")
    fields: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for part in message.get_payload():
        if not isinstance(part, Message):
            raise ValueError("can't parse the multipart body")
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise ValueError("can't parse the multipart body")
        file_name = part.get_filename()
        if file_name is None:
            fields[_printable(name)] = content.decode("utf-8")
        else:
            uploads[_printable(name)] = Upload(_printable(file_name), part.get_content_type(), content)
    return fields, uploads


def _printable(name: str) -> str:
    """A header's value whose bytes were no UTF-8 has lone surrogates; they become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")
