"""`say`: a message, maybe with a picture, a document or a link, and then on, or an end beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from core.dialog.contracts import Link
from core.dialog.documents import Drawing
from core.dialog.program import Edge, FlowText, Read, Step
from core.dialog.schema import DocumentModel, ImageModel, LinkModel, Name, Outcome, StepModel, Variants, Written
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

_PERSONAL_FIELDS: Final = frozenset(("name", "pan", "phone"))

EXAMPLE: Final = """
- id: receipt
  say: "Sent {amount|money} to {payee}"
  image: {card: receipt, data: [amount, fee, payee, ref], alt: "Receipt {ref}"}
  end: done                                 # or handoff: <queue>, or go: <step>; otherwise the next step follows
- id: paper
  say: Here is the receipt as a document.
  document: {card: receipt, data: [amount, fee, payee, ref], name: "receipt-{ref}.pdf", alt: "Receipt {ref}"}
- id: hello
  say: Hello! Press a button below.
  variants: {sms: "Hello! Answer with a number.", viber: Hello!}   # what customers of these channels read instead
"""


class SayModel(StepModel):
    """`image` draws a picture, `document` a PDF of one page, `link` adds a button that opens a page."""

    say: Written
    variants: Variants = Field(default={})
    image: ImageModel | None = None
    document: DocumentModel | None = None
    link: LinkModel | None = None
    end: Outcome | None = None
    handoff: Name | None = None
    go: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SayStep(Step):
    text: FlowText
    then: str
    drawn: Drawing | None = None
    link: tuple[str, FlowText] | None = None

    kind: ClassVar[str] = "say"

    def enter(self, work: Work) -> None:
        links = (Link(self.link[0], work.render(self.link[1])),) if self.link is not None else ()
        drawn = self.drawn.render(work) if self.drawn is not None else None
        work.say(work.render(self.text), drawn=drawn, links=links)
        work.go("next", self.then)

    def edges(self) -> Iterable[Edge]:
        return (Edge("next", self.then),)

    def reads(self) -> Iterable[Read]:
        yield from text_reads(self.text, self.link[1] if self.link is not None else None)
        if self.drawn is not None:
            yield from drawing_reads(self.drawn)


def text_reads(*texts: FlowText | None) -> Iterable[Read]:
    """What texts show, wherever they are read."""
    for text in texts:
        for form in text.forms if text is not None else ():
            if form.base.reads:
                yield Read(form.base.reads, "text", form.mark, openly(form))


def drawing_reads(drawn: Drawing) -> Iterable[Read]:
    for text in drawn.texts():
        yield Read(text.base.reads, "picture", text.mark, openly(text))


def openly(text: FlowText) -> frozenset[str]:
    """The slots that a text shows without a mask. The balance of a card, say, tells nobody whose card it is."""
    roots = set()
    for path, _ in text.base.placeholders:
        root, _, field = path.partition(".")
        if root in text.base.open_reads and (not field or field in _PERSONAL_FIELDS):
            roots.add(root)
    return frozenset(roots)


def compile_say(model: SayModel, builder: Builder) -> SayStep:
    return SayStep(
        id=model.id,
        mark=builder.mark(),
        text=builder.varied(model.say, model.variants, "say"),
        drawn=builder.drawn(model.image, model.document),
        link=(model.link.url, builder.text(model.link.label, "link", "label")) if model.link is not None else None,
        then=builder.then(model),
    )
