"""A conversation of files, places, documents and a text of one channel's own, over both messengers' wires."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import pytest
from PIL.PdfParser import PdfParser

from app.demo.phone import Phone
from core.dialog.texts import digest
from simulators.messengers.documents import write_document
from tests.journeys.conftest import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

FLOW: Final = """\
flow: courier
entry: {command: courier}
slots: {paper: file, place: location}
steps:
  - {id: paper, ask: paper, text: Send a file, accept: [document, photo]}
  - {id: place, ask: place, text: "Where?", accept: [location]}
  - id: slip
    say: "Here is the slip for {place}"
    variants: {viber: "The slip for {place} is above"}
    document:
      card: receipt
      data: {amount: "1", fee: "0", total: "1", payee: "{paper}", source: s, reference: R1, at: now, status: ok}
      name: "slip-{paper.size}.pdf"
      alt: Slip
    end: done
"""
TEXTS: Final[Mapping[str, str]] = {
    "paper.text": "Send a file",
    "place.text": "Where?",
    "slip.say": "Here is the slip for {place}",
    "slip.variants.viber": "The slip for {place} is above",
    "slip.document.data.amount": "1",
    "slip.document.data.fee": "0",
    "slip.document.data.total": "1",
    "slip.document.data.payee": "{paper}",
    "slip.document.data.source": "s",
    "slip.document.data.reference": "R1",
    "slip.document.data.at": "now",
    "slip.document.data.status": "ok",
    "slip.document.alt": "Slip",
}


def write_flow(world: World) -> None:
    for lang in ("ru", "be", "en"):
        lines = [f'{key}: {{of: {digest(text)}, text: "{text}"}}\n' for key, text in TEXTS.items()]
        (world.flows / f"courier.{lang}.yaml").write_text("".join(lines), encoding="utf-8")
    (world.flows / "courier.yaml").write_text(FLOW, encoding="utf-8")


async def asked_for_a_file(world: World, person: Phone) -> None:
    """The flow is loaded while the process runs; until then the command is not known."""
    write_flow(world)
    await person.start()
    await person.hear("Чим допомогти?")
    for _ in range(100):
        await person.say("/courier")
        if any("Send a file" in bubble.text for bubble in await person.news(5.0)):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the flow was never loaded")


@pytest.mark.parametrize(("channel", "said"), [("telegram", "Here is the slip"), ("viber", "is above")])
async def test_a_file_and_a_place_go_in_and_a_document_comes_out(world: World, channel: str, said: str) -> None:
    async with world.person(channel) as person:
        await asked_for_a_file(world, person)
        await person.send_document("claim.pdf")
        await person.hear("Where?")
        await person.press("Поділитися місцем")
        heard = await person.hear(said, "50.45010, 30.52340")
        [bubble] = [bubble for bubble in heard if bubble.author == "bot" and bubble.kind in ("document", "file")]
        content = await person.document(bubble)
        [shown] = [item for item in await chat(world, person) if item["seq"] == bubble.seq]

    assert shown["document"]["name"] == f"slip-{len(write_document().content)}.pdf"
    assert shown["document"]["size"] == len(content)
    assert len(PdfParser(buf=content).pages) == 1


async def chat(world: World, person: Phone) -> list[dict[str, Any]]:
    """Every bubble as it is now, with the files that the messenger has fetched since."""
    answer = await world.messengers.get(f"/control/{person.channel}/chat/{quote(person.user, safe='')}")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
