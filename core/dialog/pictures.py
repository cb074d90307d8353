"""Pictures that a step sends: a template of the image room and the texts that go into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.dialog.contracts import Picture
from core.dialog.program import FlowText
from core.dialog.turns.work import Work


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """`data`: the template's fields with their texts."""

    template: str
    data: Mapping[str, FlowText]
    alt: FlowText

    def texts(self) -> tuple[FlowText, ...]:
        return (self.alt, *self.data.values())

    def render(self, work: Work) -> Picture:
        values, lang = work.values(), work.session.lang
        return Picture(
            template=self.template,
            data={name: text.render(values, lang) for name, text in self.data.items()},
            alt=self.alt.render(values, lang),
            lang=lang,
        )
