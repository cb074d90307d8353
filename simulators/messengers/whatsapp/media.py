"""Files that the bot uploads and people send (developers.facebook.com/docs/whatsapp/cloud-api/reference/media)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from simulators.messengers.context import Context
from simulators.messengers.documents import Document
from simulators.messengers.multipart import Upload
from simulators.messengers.pictures import NotAPicture, Picture, open_picture
from simulators.messengers.whatsapp.fields import MAX_BYTES, MIME_TYPES
from simulators.messengers.whatsapp.refusal import PARAMETER, UPLOAD, VALUE, refuse

KEPT_S: Final = 30 * 86_400
URL_LIFE_S: Final = 300
URLS_MAX: Final = 10_000

# With which bytes a file of this type begins; the platform looks at the file, not at its name.
_BEGINNINGS: Final[dict[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "image/webp": (b"RIFF",),
    "audio/ogg": (b"OggS",),
}


def kind_of(mime: str) -> str:
    """As what a file of this type is sent, "" for types that are not taken."""
    return next((kind for kind, types in MIME_TYPES.items() if mime in types), "")


@dataclass(frozen=True)
class StoredFile:
    id: str
    mime: str
    name: str
    content: bytes
    at: float
    picture: Picture | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def document(self) -> Document | None:
        return None if self.picture is not None else Document(self.name, self.mime, self.content)


class Files:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._files: dict[str, StoredFile] = {}
        self._urls: dict[str, tuple[str, float]] = {}
        self._ids = count(3_300_000_000_000_000 + context.random.randrange(10**12))

    def keep(self, mime: str, name: str, content: bytes, picture: Picture | None = None) -> StoredFile:
        file = StoredFile(str(next(self._ids)), mime, name, content, self._context.clock.now(), picture)
        self._files[file.id] = file
        return file

    def upload(self, upload: Upload, declared: str) -> StoredFile:
        """Raises `Refusal` for a type that is not taken, too many bytes, or bytes of another type."""
        mime = (declared or upload.mime).partition(";")[0].strip().casefold()
        kind = kind_of(mime)
        if not kind:
            types = ", ".join(sorted(name for names in MIME_TYPES.values() for name in names))
            raise refuse(
                PARAMETER, f"Param file must be a file with one of the following types: {types}. Received type '{mime}'"
            )
        return self.keep(mime, upload.name, upload.content, inspect(kind, mime, upload.content))

    def has(self, media_id: str) -> bool:
        """Whether there ever was such a file."""
        return media_id in self._files

    def find(self, media_id: str) -> StoredFile | None:
        file = self._files.get(media_id)
        fresh = file is not None and self._context.clock.now() - file.at < KEPT_S
        return file if fresh else None

    def named(self, kind: str, content: dict[str, Any]) -> StoredFile | None:
        """The file of a message that names one by id; None for a link. Raises `Refusal`."""
        if "id" not in content:
            return None
        file = self.find(content["id"])
        if file is None:
            raise refuse(VALUE, f"Media ID {content['id']} does not exist or has expired")
        if kind_of(file.mime) != kind and kind != "document":
            raise refuse(UPLOAD, f"a file of type {file.mime} cannot be sent as {kind}")
        return file

    def remove(self, media_id: str) -> None:
        del self._files[media_id]

    def describe(self, file: StoredFile) -> dict[str, Any]:
        """What the API tells of a file, with an address that works for five minutes."""
        if len(self._urls) >= URLS_MAX:
            self._urls.clear()
        key = f"{self._context.random.getrandbits(128):032x}"
        self._urls[key] = (file.id, self._context.clock.now() + URL_LIFE_S)
        return {
            "messaging_product": "whatsapp",
            "url": f"{self._context.url}/graph/media/{key}",
            "mime_type": file.mime,
            "sha256": file.sha256,
            "file_size": len(file.content),
            "id": file.id,
        }

    def at_url(self, key: str) -> StoredFile | None:
        media_id, until = self._urls.get(key, ("", 0.0))
        return self.find(media_id) if self._context.clock.now() < until else None


def inspect(kind: str, mime: str, content: bytes) -> Picture | None:
    """Look into a file as the platform does; gives it opened if it is a picture. Raises `Refusal`."""
    if not 0 < len(content) <= MAX_BYTES[kind]:
        raise refuse(UPLOAD, f"a file of type {mime} has 1 to {MAX_BYTES[kind]} bytes")
    if not content.startswith(_BEGINNINGS.get(mime, (b"",))):
        raise refuse(UPLOAD, f"the file is no {mime}")
    if kind != "image":
        return None
    try:
        picture = open_picture(content)
    except NotAPicture as error:
        raise refuse(UPLOAD, f"the file is no {mime}") from error
    if picture.mime != mime:
        raise refuse(UPLOAD, f"the file is {picture.mime}, not {mime}")
    return picture
