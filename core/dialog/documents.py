"""Documents that a step sends: a template of the image room, its texts, and the name that the file is saved under."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from core.dialog.contracts import Document
from core.dialog.pictures import PictureSpec
from core.dialog.program import FlowText
from core.dialog.turns.work import Work
from core.kernel.masking import mask_text

_SUFFIX: Final = ".pdf"
_WRITTEN: Final = re.compile(r"[A-Za-z0-9_-]{1,60}\.pdf")
_PLACED: Final = re.compile(r"\{[^{}]*\}")
_NOT_KEPT: Final = re.compile(r"[^A-Za-z0-9_]+")
_LONGEST_STEM: Final = 60


def is_name(written: str) -> bool:
    """Whether a name as flows write it, such as `receipt-{ref}.pdf`, can be the name of a file everywhere."""
    return _WRITTEN.fullmatch(_PLACED.sub("x", written)) is not None


def saved_as(name: str) -> str:
    """A harmless name whatever the values in it were: plain letters, digits, `-` and `_`, at most 64 with `.pdf`."""
    letters = unicodedata.normalize("NFKD", mask_text(name.removesuffix(_SUFFIX))).encode("ascii", "ignore").decode()
    stem = _NOT_KEPT.sub("-", letters)[:_LONGEST_STEM].strip("-_")
    return f"{stem or 'document'}{_SUFFIX}"


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """`drawn`: what stands on the page. `name` is the same in every language."""

    drawn: PictureSpec
    name: FlowText

    def texts(self) -> tuple[FlowText, ...]:
        return (self.name, *self.drawn.texts())

    def render(self, work: Work) -> Document:
        page = self.drawn.render(work)
        name = saved_as(work.render(self.name))
        return Document(template=page.template, data=page.data, alt=page.alt, lang=page.lang, name=name)


Drawing = PictureSpec | DocumentSpec
