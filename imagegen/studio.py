"""The ImageAPI: draws pictures and documents from the templates of a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Final

from imagegen.errors import FieldMissing, StudioBusy, UnknownLanguage, UnknownTemplate, ValueRefused
from imagegen.load import LoadedTemplate, load_folder
from imagegen.painting import paint_shapes
from imagegen.prepared import Prepared
from imagegen.template import LANGUAGES, DataField
from imagegen.values import clean

_LONGEST_TITLE: Final = 200
TEMPLATES: Final = Path(__file__).with_name("templates")


class Studio:
    """Everything that does not depend on the data is read, checked and painted when the studio is made."""

    def __init__(self, templates_folder: Path = TEMPLATES, *, workers: int = 2, most_waiting: int = 256) -> None:
        """Raises TemplateError with the faults of all templates of the folder, ConfigurationError if it has none.

        `workers`: pictures drawn at the same time by `draw_async`; `most_waiting`: callers it lets in at once.
        """
        self._fields: dict[str, Mapping[str, DataField]] = {}
        self._prepared: dict[tuple[str, str], Prepared] = {}
        for loaded in load_folder(templates_folder):
            self._prepare(loaded)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="imagegen")
        self._most_waiting = most_waiting
        self._waiting = 0

    def fields(self, template: str) -> Mapping[str, DataField]:
        """The data a template needs, by name. Raises UnknownTemplate."""
        if template not in self._fields:
            known = ", ".join(sorted(self._fields)) or "none"
            raise UnknownTemplate(f"no template '{template[:40]}'; there are: {known}")
        return MappingProxyType(self._fields[template])

    def example(self, template: str) -> dict[str, str]:
        """The template's own example data, for previews. Raises UnknownTemplate."""
        return {name: field.example for name, field in self.fields(template).items()}

    def draw(self, template: str, data: Mapping[str, str], lang: str) -> bytes:
        """A PNG file; equal input gives equal bytes. Data that the template does not declare are not drawn.

        Raises UnknownTemplate, UnknownLanguage, FieldMissing or ValueRefused.
        """
        return self._ready(template, lang).draw(self._values(template, data))

    def document(self, template: str, data: Mapping[str, str], lang: str, title: str = "") -> bytes:
        """The picture as a PDF file of one page; `title` is what readers show above it. Raises what `draw` raises."""
        return self._ready(template, lang).document(self._values(template, data), clean(title)[:_LONGEST_TITLE])

    async def draw_async(self, template: str, data: Mapping[str, str], lang: str) -> bytes:
        """`draw` in one of the studio's threads. Raises StudioBusy too, when more callers wait than may."""
        return await self._in_a_thread(self.draw, template, data, lang)

    async def document_async(self, template: str, data: Mapping[str, str], lang: str, title: str = "") -> bytes:
        """`document` in one of the studio's threads."""
        return await self._in_a_thread(self.document, template, data, lang, title)

    async def _in_a_thread(self, drawing: Callable[..., bytes], *details: object) -> bytes:
        if self._waiting >= self._most_waiting:
            raise StudioBusy(f"{self._waiting} pictures are waiting already")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, drawing, *details)
        finally:
            self._waiting -= 1

    def _values(self, template: str, data: Mapping[str, str]) -> dict[str, str]:
        return {name: _value(template, name, field, data) for name, field in self.fields(template).items()}

    def _ready(self, template: str, lang: str) -> Prepared:
        """Raises UnknownTemplate before UnknownLanguage."""
        self.fields(template)
        if (template, lang) not in self._prepared:
            known = ", ".join(sorted(LANGUAGES))
            raise UnknownLanguage(f"template '{template}' has no language '{lang[:10]}'; there are: {known}")
        return self._prepared[template, lang]

    def close(self) -> None:
        """Ends the threads after the pictures that are being drawn; waiting ones are given up."""
        self._pool.shutdown(cancel_futures=True)

    def _prepare(self, loaded: LoadedTemplate) -> None:
        self._fields[loaded.name] = loaded.template.data
        shapes = paint_shapes(loaded.template)
        for lang in sorted(LANGUAGES):
            self._prepared[loaded.name, lang] = Prepared(loaded, shapes, lang)
            try:
                self.draw(loaded.name, self.example(loaded.name), lang)
            except ValueRefused as error:
                raise loaded.source.error(f"the example does not work: {error.detail}", "data") from error


def _value(template: str, name: str, field: DataField, data: Mapping[str, str]) -> str:
    where = f"template '{template}': field '{name}'"
    value: object = data.get(name)
    if value is None:
        raise FieldMissing(f"{where} is missing")
    if not isinstance(value, str):
        raise ValueRefused(f"{where} is {type(value).__name__}, not text")
    if len(value) > field.max:
        raise ValueRefused(f"{where} has {len(value)} characters, at most {field.max} are allowed")
    cleaned = clean(value)
    if not cleaned:
        raise ValueRefused(f"{where} is blank")
    return cleaned
