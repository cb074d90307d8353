"""Messenger behind the Graph API, and the files of its messages at `/graph/attachments/<id>`."""

from __future__ import annotations

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
from simulators.messengers.messenger.happenings import Happenings
from simulators.messengers.messenger.methods import answer
from simulators.messengers.messenger.people import People
from simulators.messengers.messenger.refusal import WORDINGS
from simulators.messengers.messenger.state import State
from simulators.messengers.pictures import Picture
from simulators.messengers.transcript import Item, Transcript


class Messenger:
    """One page. The token "" is learned from the first call."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.token = context.options.messenger_token
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
            "referral": people.referral,
            "look": happenings.look,
            "status": happenings.status,
            "block": happenings.block,
            "unblock": happenings.unblock,
            "edit": happenings.edit,
            "react": happenings.react,
            "handover": happenings.handover,
            "event": happenings.event,
            "webhook": happenings.webhook,
            "template": happenings.template,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/graph/attachments/{number}", self._attachment, methods=["GET"])]

    def add_person(self, person: NewPerson) -> dict[str, Any]:
        added = self._people.add(person)
        return {"id": added.id, "name": added.name, "lang": added.lang, "phone": added.phone}

    def chat_of(self, user: str) -> str:
        return self._people.find(user).id

    def target(self, content: bytes) -> Target | None:
        return self._state.webhook.target(content)

    def codes(self, fault: FaultName) -> Collection[int]:
        """A message that was accepted never fails later."""
        return {code for code, _ in WORDINGS} if fault == "error" else ()

    def join(self, bodies: Sequence[bytes], *, deep: bool) -> bytes:
        return join(bodies, deep=deep)

    async def picture(self, item: Item) -> Picture | None:
        return item.picture

    async def document(self, item: Item) -> Document | None:
        return item.document

    async def reset(self) -> None:
        await self.close()
        self._begin()

    async def close(self) -> None:
        await self._state.close()

    def owns(self, node: str) -> bool:
        return node in ("me", self._context.options.messenger_page_id) or node in self._state.people

    async def answer(self, call: Call, fault: Fault | None) -> dict[str, Any]:
        return await answer(self._state, call, fault)

    async def _attachment(self, request: Request) -> Response:
        file = self._state.attachments.find(request.path_params["number"])
        if file is None:
            return PlainTextResponse("Not Found", 404)
        return Response(file.document.content, media_type=file.document.mime)
