"""A messenger that follows a script: it takes, refuses, keeps silent or hangs, message by message."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from core.dialog.contracts import InboundEvent, OutboundMessage
from core.messages.channels import Abilities, SignatureRefused, Unreadable, WireCall

ABILITIES = Abilities(
    text_max=4096, text_unit="utf16", buttons_max=10, label_max=64, caption_max=1024, picture="upload",
    ask_contact=True, ask_location=True, delete_inbound=True, proves_contact=True, deep_link="", source="", checked="",
)  # fmt: skip
PROOF = (b"x-proof", b"good")


class ScriptedChannel:
    """A text is sent in parts divided by `|`. `script[part]`: what its next deliveries raise, None for success.

    `gates[part]`: an event that a delivery waits for. `sent`: (chat, part) in the order in which they arrived.
    """

    name: ClassVar[str] = "telegram"
    abilities: ClassVar[Abilities] = ABILITIES

    def __init__(self) -> None:
        self.script: defaultdict[str, list[Exception | None]] = defaultdict(list)
        self.gates: dict[str, asyncio.Event] = {}
        self.began: list[str] = []
        self.arrived = asyncio.Event()
        self.sent: list[tuple[str, str]] = []
        self.pictures: list[bytes] = []
        self.addresses: list[str] = []

    def parts(self, chat: str) -> list[str]:
        return [part for whose, part in self.sent if whose == chat]

    def verify(self, headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes) -> None:
        if PROOF not in headers and query.get("proof") != "good":
            raise SignatureRefused("no proof")

    def read(self, body: bytes) -> list[InboundEvent]:
        try:
            return msgspec.json.decode(body, type=list[InboundEvent])
        except msgspec.DecodeError as error:
            raise Unreadable("the body is no list of events") from error

    def render(
        self, message: OutboundMessage, conversation: str, outbox_id: str, file_url: str, file_size: int = 0
    ) -> list[WireCall]:
        if file_url:
            self.addresses.append(file_url)
        names = ["ack"] if message.ack else []
        names += ["picture"] if message.picture is not None and not file_url else []
        names += ["document"] if message.document is not None and not file_url else []
        names += [f"document of {file_size}"] if file_size else []
        names += message.text.split("|") if message.text else []
        return [
            WireCall(
                method="send", payload={"chat": conversation, "part": name}, optional=name == "ack",
                upload={"picture": "photo", "document": "document"}.get(name, ""),
            )
            for name in names
        ]  # fmt: skip

    def inline(self, message: OutboundMessage, outbox_id: str) -> bytes:
        return msgspec.json.encode({"text": message.text, "id": outbox_id})

    async def deliver(self, call: WireCall, file: bytes) -> str:
        part = call.payload["part"]
        self.began.append(part)
        if part in self.gates:
            await self.gates[part].wait()
        outcome = self.script[part].pop(0) if self.script[part] else None
        if outcome is not None:
            raise outcome
        self.sent.append((call.payload["chat"], part))
        self.arrived.set()
        self.pictures += [file] if call.upload else []
        return f"id-{len(self.sent)}"

    async def register(self, webhook_url: str) -> None:
        raise AssertionError("nobody registers here")


class LinkingChannel(ScriptedChannel):
    """A messenger that fetches pictures by their address."""

    abilities: ClassVar[Abilities] = msgspec.structs.replace(ABILITIES, picture="url")


def event_body(*events: Any) -> bytes:
    return msgspec.json.encode(list(events))
