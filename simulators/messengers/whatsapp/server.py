"""WhatsApp behind the Graph API, and the files that it gives out at `/graph/media/<key>`."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from simulators.messengers.actions import NewPerson, Outcome
from simulators.messengers.calls import Calls, Fault, FaultName
from simulators.messengers.context import Context
from simulators.messengers.delivery import Deliverer, Target
from simulators.messengers.documents import Document
from simulators.messengers.graph.body import Call
from simulators.messengers.graph.webhook import Webhook, join
from simulators.messengers.pictures import Picture
from simulators.messengers.transcript import Item, Transcript
from simulators.messengers.whatsapp.happenings import Happenings
from simulators.messengers.whatsapp.methods import answer
from simulators.messengers.whatsapp.people import People
from simulators.messengers.whatsapp.refusal import WORDINGS
from simulators.messengers.whatsapp.state import State


class WhatsApp:
    """One number of one business account. The token "" is learned from the first call."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.token = context.options.whatsapp_token
        self._begin()

    def _begin(self) -> None:
        self._state = State(self._context)
        self._people = People(self._state)
        self._happenings = Happenings(self._state, self._people)

    @property
    def transcript(self) -> Transcript:
        return self._state.transcript

    @property
    def calls(self) -> Calls:
        return self._state.calls

    @property
    def webhook(self) -> Webhook:
        return self._state.webhook

    @property
    def deliverer(self) -> Deliverer:
        return self._state.webhook.deliverer

    @property
    def actions(self) -> Mapping[str, Callable[[Any], Awaitable[Outcome]]]:
        people, happenings = self._people, self._happenings
        return {
            "start": people.start,
            "say": people.say,
            "press": people.press,
            "contact": people.contact,
            "photo": people.photo,
            "document": people.document,
            "media": people.media,
            "location": people.location,
            "submit": people.submit,
            "look": happenings.look,
            "status": happenings.status,
            "block": happenings.block,
            "unblock": happenings.unblock,
            "edit": happenings.edit,
            "revoke": happenings.revoke,
            "react": happenings.react,
            "referral": happenings.referral,
            "renumber": happenings.renumber,
            "identity": happenings.identity,
            "event": happenings.event,
            "webhook": happenings.webhook,
            "template": happenings.template,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/graph/media/{key}", self._media, methods=["GET"])]

    def add_person(self, person: NewPerson) -> dict[str, Any]:
        added = self._people.add(person)
        shown = {"id": added.id, "name": added.name, "lang": added.lang, "phone": added.phone}
        return shown | {"wa_id": added.phone, "user_id": added.user_id}

    def chat_of(self, user: str) -> str:
        return self._people.find(user).id

    def target(self, content: bytes) -> Target | None:
        return self._state.webhook.target(content)

    def codes(self, fault: FaultName) -> Collection[int]:
        return WORDINGS.keys()

    def join(self, bodies: Sequence[bytes], *, deep: bool) -> bytes:
        return join(bodies, deep=deep)

    async def picture(self, item: Item) -> Picture | None:
        await self._state.fetched(item)
        return item.picture

    async def document(self, item: Item) -> Document | None:
        await self._state.fetched(item)
        return item.document

    async def reset(self) -> None:
        await self.close()
        self._begin()

    async def close(self) -> None:
        await self._state.close()

    def owns(self, node: str) -> bool:
        options = self._context.options
        return node in (options.whatsapp_phone_number_id, options.whatsapp_waba_id) or self._state.files.has(node)

    async def answer(self, call: Call, fault: Fault | None) -> dict[str, Any]:
        return await answer(self._state, call, fault)

    async def _media(self, request: Request) -> Response:
        """The address alone opens nothing: the token of the number must come along."""
        _, _, token = request.headers.get("authorization", "").partition(" ")
        if not token or not hmac.compare_digest(token.encode(), self.token.encode()):
            return PlainTextResponse("Unauthorized", 401)
        file = self._state.files.at_url(request.path_params["key"])
        if file is None:
            return PlainTextResponse("Not Found", 404)
        return Response(file.content, media_type=file.mime)
