"""Files that the bot uploads, names again by `file_id` or gives as a URL, and that people send."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from simulators.messengers.context import Context, FetchFailed
from simulators.messengers.documents import Document
from simulators.messengers.multipart import Upload
from simulators.messengers.pictures import NotAPicture, Picture, open_picture
from simulators.messengers.telegram.body import Call
from simulators.messengers.telegram.refusal import bad_request

PHOTO_MAX: Final = 10 * 1024 * 1024
PHOTO_BY_URL_MAX: Final = 5 * 1024 * 1024
DOCUMENT_MAX: Final = 50 * 1024 * 1024
DOCUMENT_BY_URL_MAX: Final = 20 * 1024 * 1024
SIDES_MAX: Final = 10_000
RATIO_MAX: Final = 20


@dataclass(frozen=True)
class StoredFile:
    """`picture` is set for photos. `path` is what follows `/file/bot<token>/`."""

    file_id: str
    path: str
    name: str
    mime: str
    content: bytes
    picture: Picture | None = None

    @property
    def unique_id(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}

    def as_photo(self) -> list[dict[str, Any]]:
        if self.picture is None:
            return []
        return [self.as_json() | {"width": self.picture.width, "height": self.picture.height}]

    def as_document(self) -> dict[str, Any]:
        return self.as_json() | {"file_name": self.name, "mime_type": self.mime}


class Files:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._by_id: dict[str, StoredFile] = {}

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def at_path(self, path: str) -> StoredFile | None:
        return next((file for file in self._by_id.values() if file.path == path), None)

    def keep_photo(self, picture: Picture) -> StoredFile:
        suffix = "jpg" if picture.mime == "image/jpeg" else picture.mime.removeprefix("image/")
        return self._keep("photos", f"photo.{suffix}", picture.mime, picture.content, picture)

    def keep_document(self, document: Document) -> StoredFile:
        return self._keep("documents", document.name, document.mime, document.content)

    def _keep(self, folder: str, name: str, mime: str, content: bytes, picture: Picture | None = None) -> StoredFile:
        file_id = f"AgAC{self._context.random.getrandbits(160):040x}"
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{folder}/file_{len(self._by_id)}.{suffix if suffix.isalnum() else 'bin'}"
        file = StoredFile(file_id, path, name, mime, content, picture)
        self._by_id[file_id] = file
        return file

    async def photo(self, call: Call) -> StoredFile:
        """The photo of a sendPhoto call, opened and measured. Raises `Refusal`."""
        given = await self._given(call, "photo", PHOTO_MAX, PHOTO_BY_URL_MAX)
        if isinstance(given, StoredFile):
            if given.picture is None:
                raise bad_request("can't use file of type Document as Photo")
            return given
        try:
            picture = open_picture(given.content)
        except NotAPicture as error:
            raise bad_request("IMAGE_PROCESS_FAILED") from error
        short, long = sorted((picture.width, picture.height))
        if short + long > SIDES_MAX or long > RATIO_MAX * short:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self.keep_photo(picture)

    async def document(self, call: Call) -> StoredFile:
        given = await self._given(call, "document", DOCUMENT_MAX, DOCUMENT_BY_URL_MAX)
        if isinstance(given, StoredFile):
            return given
        return self._keep("documents", given.name, given.mime, given.content)

    async def _given(self, call: Call, field: str, limit: int, url_limit: int) -> Upload | StoredFile:
        named: str = call.fields.get(field, f"attach://{field}")
        if named.startswith("attach://"):
            upload = call.uploads.get(named.removeprefix("attach://"))
            if upload is None:
                raise bad_request(f"there is no {field} in the request")
            return _within(upload, limit)
        if named.startswith(("http://", "https://")):
            return await self._fetch(named, url_limit)
        stored = self._by_id.get(named)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return stored

    async def _fetch(self, url: str, limit: int) -> Upload:
        try:
            content = await self._context.fetch(url, limit)
        except FetchFailed as error:
            raise bad_request("failed to get HTTP URL content") from error
        return _within(Upload(url.rpartition("/")[2] or "file", "application/octet-stream", content), limit)


def _within(upload: Upload, limit: int) -> Upload:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > limit:
        raise bad_request(f"file of size {len(upload.content)} bytes is too big; the maximum size is {limit} bytes")
    return upload
