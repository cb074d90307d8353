"""Messenger: doing a rendered call. A file is uploaded first, a closed window is met with the template.

Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from bots.messenger.abilities import FILE_BYTES_MAX
from bots.messenger.inbound import GET_STARTED, MENU
from bots.meta.app import MetaApp
from bots.meta.files import KnownFiles
from bots.meta.graph import Graph, Verdicts
from bots.meta.menu import COMMANDS
from core.kernel.clock import Clock
from core.messages.channels import BadMessage, Misconfigured, OutcomeUnknown, Transport, WindowClosed, WireCall

VERDICTS: Final[Verdicts] = {
    (1200, None): "again",
    # The person left, blocked the page or never was there.
    (551, None): "gone", (100, 2018001): "gone", (200, 1545041): "gone", (10, 1545041): "gone",
    (10, 2018278): "window",
    # Another app has the thread: this message is not for now.
    (10, 2018300): "bad", (100, 2018300): "bad", (2018300, None): "bad",
    (100, 2018008): "bad", (100, 2018047): "bad", (100, 2018074): "bad", (100, 2018294): "bad",
    (10, 1893063): "configuration",
}  # fmt: skip
_FIELDS: Final = (
    "messages,messaging_postbacks,messaging_referrals,messaging_optins,message_deliveries,message_reads,"
    "message_echoes,message_reactions,message_edits,messaging_handovers,standby,messaging_account_linking"
)
_LOCALES: Final = {"default": "uk", "uk_UA": "uk", "ru_RU": "ru", "be_BY": "be", "en_US": "en"}


class Sent(msgspec.Struct):
    """`message_id` for a message, `recipient_id` alone for a sender action."""

    recipient_id: str = ""
    message_id: str = ""


class Uploaded(msgspec.Struct):
    attachment_id: str | int


class Done(msgspec.Struct):
    """`success` of a subscription, `result` of the page's profile."""

    success: bool = False
    result: str = ""


_sent: Final = msgspec.json.Decoder(Sent)
_uploaded: Final = msgspec.json.Decoder(Uploaded)
_done: Final = msgspec.json.Decoder(Done)


class MessengerClient:
    def __init__(self, app: MetaApp, page_token: str, page_id: str, transport: Transport, clock: Clock) -> None:
        self._graph = Graph(app, page_token, transport, VERDICTS)
        self._page = page_id
        self._files = KnownFiles(clock)

    async def deliver(self, call: WireCall, file: bytes) -> str:
        """The message id, "" for a sender action. Raises a `SendError`."""
        try:
            return await self._send(await self._with_file(call, file) if call.upload else call.payload)
        except WindowClosed:
            if call.outside_window is None:
                raise
        return await self._send(call.outside_window)

    async def register(self, own_pages: str) -> None:
        """Subscribe our app to the page and set its menus. The address of the webhook and the verify token stand in the
        app's dashboard. Raises a `SendError`."""
        await self._set(f"{self._page}/subscribed_apps?subscribed_fields={_FIELDS}", {})
        await self._set("me/messenger_profile", _profile(own_pages))

    async def _send(self, payload: dict[str, Any]) -> str:
        sent = await self._graph.ask(f"{self._page}/messages", payload, _sent)
        if sent.message_id or (sent.recipient_id and "sender_action" in payload):
            return sent.message_id
        raise OutcomeUnknown("messages: an answer without a message id")

    async def _set(self, path: str, payload: dict[str, Any]) -> None:
        done = await self._graph.ask(path, payload, _done)
        if not done.success and done.result != "success":
            name = path.partition("?")[0].rpartition("/")[2]
            raise Misconfigured(f"{name} was not set; check MESSENGER__PAGE_ID and PAGE_TOKEN")

    async def _with_file(self, call: WireCall, file: bytes) -> dict[str, Any]:
        message = call.payload["message"]
        kind = message["attachment"]["type"]
        if not 0 < len(file) <= FILE_BYTES_MAX:
            raise BadMessage(f"{call.method}: a file has 1..{FILE_BYTES_MAX} bytes, got {len(file)}")

        async def upload() -> str:
            fields = {"message": {"attachment": {"type": kind, "payload": {"is_reusable": True}}}}
            path = f"{self._page}/message_attachments"
            answer = await self._graph.upload(path, fields, "filedata", file, call.file_name, _uploaded)
            return str(answer.attachment_id)

        identity = await self._files.id_of(call.file_name, file, upload)
        attachment = {"type": kind, "payload": {"attachment_id": identity}}
        return {**call.payload, "message": {**message, "attachment": attachment}}


def _profile(own_pages: str) -> dict[str, Any]:
    """The Get Started button, the menu that stays, and the pages that may open inside Messenger."""
    profile: dict[str, Any] = {"get_started": {"payload": GET_STARTED}}
    if own_pages.startswith("https://"):
        profile["whitelisted_domains"] = [own_pages.rstrip("/")]
    profile["persistent_menu"] = [
        {
            "locale": locale,
            "composer_input_disabled": False,
            "call_to_actions": [
                {"type": "postback", "title": words[lang], "payload": f"{MENU}_{name.upper()}"}
                for name, words in COMMANDS.items()
            ],
        }
        for locale, lang in _LOCALES.items()
    ]
    return profile
