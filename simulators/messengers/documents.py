"""A file in a chat that is no picture."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Document:
    """`content`: the bytes as they came; `name`: what the file is saved as."""

    name: str
    mime: str
    content: bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "mime": self.mime,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def write_document(name: str = "claim.pdf") -> Document:
    """A small file that a person may have at hand."""
    return Document(name, "application/pdf", b"%PDF-1.4\n%%EOF\n")
