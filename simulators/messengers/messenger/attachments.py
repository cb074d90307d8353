"""Files that the bot uploads, names by id or gives as a URL, and that people send."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from simulators.messengers.context import Context, FetchFailed
from simulators.messengers.documents import Document
from simulators.messengers.messenger.refusal import ATTACHMENT_FAILED, FETCH_FAILED, NO_ATTACHMENT, PARAMETER, refuse
from simulators.messengers.multipart import Upload
from simulators.messengers.pictures import NotAPicture, Picture, open_picture

IMAGE_BY_URL_MAX: Final = 8 << 20
FILE_MAX: Final = 25 << 20
KEPT_S: Final = 90 * 86_400


@dataclass(frozen=True)
class StoredFile:
    id: str
    kind: str
    document: Document
    picture: Picture | None
    at: float


class Attachments:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._files: dict[str, StoredFile] = {}
        self._ids = count(4_400_000_000_000_000 + context.random.randrange(10**12))

    def keep(self, kind: str, document: Document, picture: Picture | None = None) -> StoredFile:
        file = StoredFile(str(next(self._ids)), kind, document, picture, self._context.clock.now())
        self._files[file.id] = file
        return file

    def find(self, attachment_id: str) -> StoredFile | None:
        file = self._files.get(attachment_id)
        fresh = file is not None and self._context.clock.now() - file.at < KEPT_S
        return file if fresh else None

    async def take(self, kind: str, payload: dict[str, Any], upload: Upload | None) -> StoredFile:
        """The file of an attachment: uploaded, named, or fetched while the call waits. Raises `Refusal`."""
        if upload is not None:
            return self._inspected(kind, Document(upload.name, upload.mime, upload.content))
        if "attachment_id" in payload:
            file = self.find(payload["attachment_id"])
            if file is None or file.kind != kind:
                raise refuse(PARAMETER, subcode=NO_ATTACHMENT)
            return file
        limit = IMAGE_BY_URL_MAX if kind == "image" else FILE_MAX
        try:
            content = await self._context.fetch(payload["url"], limit)
        except FetchFailed as error:
            raise refuse(PARAMETER, subcode=FETCH_FAILED) from error
        name = payload["url"].partition("?")[0].rpartition("/")[2] or "file"
        return self._inspected(kind, Document(name, "application/octet-stream", content))

    def _inspected(self, kind: str, document: Document) -> StoredFile:
        if not 0 < len(document.content) <= FILE_MAX:
            raise refuse(PARAMETER, subcode=ATTACHMENT_FAILED)
        if kind != "image":
            return self.keep(kind, document)
        try:
            return self.keep(kind, document, open_picture(document.content))
        except NotAPicture as error:
            raise refuse(PARAMETER, subcode=ATTACHMENT_FAILED) from error

    def url(self, file: StoredFile) -> str:
        """Where the file of a message can be fetched by whoever has the address."""
        return f"{self._context.url}/graph/attachments/{file.id}"
