"""WhatsApp: doing a rendered call. A file is uploaded first, a closed window is met with the template.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from bots.meta.app import MetaApp
from bots.meta.files import KnownFiles
from bots.meta.graph import Graph, Verdicts
from bots.meta.menu import COMMANDS
from bots.whatsapp.abilities import DOCUMENT_BYTES_MAX, PICTURE_BYTES_MAX
from core.kernel.clock import Clock
from core.messages.channels import BadMessage, Misconfigured, OutcomeUnknown, Transport, WindowClosed, WireCall

VERDICTS: Final[Verdicts] = {
    # Throughput of the number, and the calls of the account.
    (130429, None): "all wait", (80007, None): "all wait",
    # Too many messages to this one person.
    (131056, None): "chat waits",
    # Trouble of the service: unknown, overloaded, under maintenance, temporary.
    (131000, None): "again", (131016, None): "again", (131057, None): "again", (133004, None): "again",
    (131047, None): "window",
    # Undeliverable; sender and recipient are one.
    (131026, None): "gone", (131021, None): "gone",
    # The person stays reachable: limits of marketing, an experiment, what a business-scoped id cannot get.
    (131049, None): "bad", (131050, None): "bad", (130472, None): "bad", (131062, None): "bad",
    (131008, None): "bad", (131009, None): "bad", (131053, None): "bad",
    # Access, payment, the account, its registration, its policy.
    (131005, None): "configuration", (131042, None): "configuration", (131031, None): "configuration",
    (131045, None): "configuration", (133010, None): "configuration",
}  # fmt: skip


class Named(msgspec.Struct):
    id: str


class Sent(msgspec.Struct):
    """`messages` for a message, `success` for a mark or a setting."""

    messages: list[Named] = []
    success: bool = False


_sent: Final = msgspec.json.Decoder(Sent)
_named: Final = msgspec.json.Decoder(Named)


class WhatsAppClient:
    def __init__(
        self, app: MetaApp, token: str, phone_number_id: str, account_id: str, transport: Transport, clock: Clock
    ) -> None:
        self._graph = Graph(app, token, transport, VERDICTS)
        self._number = phone_number_id
        self._account = account_id
        self._files = KnownFiles(clock)

    async def deliver(self, call: WireCall, file: bytes) -> str:
        """The message id, "" for a read mark. Raises a `SendError`."""
        try:
            return await self._send(await self._with_file(call, file) if call.upload else call.payload)
        except WindowClosed:
            if call.outside_window is None:
                raise
        return await self._send(call.outside_window)

    async def register(self) -> None:
        """Subscribe our app to the account and set the commands. The address of the webhook and the verify token stand
        in the app's dashboard. Raises a `SendError`."""
        await self._set(f"{self._account}/subscribed_apps", {})
        commands = [{"command_name": name, "command_description": words["uk"]} for name, words in COMMANDS.items()]
        await self._set(f"{self._number}/conversational_automation", {"commands": commands})

    async def _send(self, payload: dict[str, Any]) -> str:
        sent = await self._graph.ask(f"{self._number}/messages", payload, _sent)
        if sent.messages:
            return sent.messages[0].id
        if sent.success and "status" in payload:
            return ""
        raise OutcomeUnknown("messages: an answer without a message id")

    async def _set(self, path: str, payload: dict[str, Any]) -> None:
        if not (await self._graph.ask(path, payload, _sent)).success:
            raise Misconfigured(f"{path.rpartition('/')[2]} was not set; check WHATSAPP__WABA_ID and PHONE_NUMBER_ID")

    async def _with_file(self, call: WireCall, file: bytes) -> dict[str, Any]:
        *way, kind = call.upload.split(".")
        limit = DOCUMENT_BYTES_MAX if kind == "document" else PICTURE_BYTES_MAX
        if not 0 < len(file) <= limit:
            raise BadMessage(f"{call.method}: a {kind} has 1..{limit} bytes, got {len(file)}")

        async def upload() -> str:
            mime = "application/pdf" if kind == "document" else "image/png"
            fields = {"messaging_product": "whatsapp", "type": mime}
            path = f"{self._number}/media"
            return (await self._graph.upload(path, fields, "file", file, call.file_name, _named)).id

        identity = await self._files.id_of(call.file_name, file, upload)
        return _placed(call.payload, [*way, kind], {"id": identity})


def _placed(payload: dict[str, Any], way: list[str], fields: dict[str, Any]) -> dict[str, Any]:
    """The payload with more fields in the object at the end of the way; nothing is changed in place."""
    if not way:
        return {**payload, **fields}
    return {**payload, way[0]: _placed(payload[way[0]], way[1:], fields)}
