"""Viber over HTTP: `/viber/pa/<method>`, and the media that people send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from simulators.messengers.actions import ControlError, NewPerson, Outcome
from simulators.messengers.bodies import BodyTooBig, read_body
from simulators.messengers.calls import Calls, Fault, FaultName
from simulators.messengers.context import Context
from simulators.messengers.delivery import Deliverer, Target
from simulators.messengers.documents import Document
from simulators.messengers.losses import Wire
from simulators.messengers.pictures import Picture
from simulators.messengers.transcript import Item, Transcript
from simulators.messengers.viber.methods import answer, is_method
from simulators.messengers.viber.people import People
from simulators.messengers.viber.state import State

TOKEN_HEADER: Final = "X-Viber-Auth-Token"  # noqa: S105 - the name of a header, no secret
MAX_BODY: Final = 1 << 20


class Viber:
    """One account with its people. The token "" is learned from the first call."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = State(context, context.options.viber_token)
        self._people = People(self._state)

    @property
    def transcript(self) -> Transcript:
        return self._state.transcript

    @property
    def calls(self) -> Calls:
        return self._state.calls

    @property
    def deliverer(self) -> Deliverer:
        return self._state.deliverer

    @property
    def actions(self) -> Mapping[str, Callable[[Any], Awaitable[Outcome]]]:
        people = self._people
        return {
            "start": people.start,
            "say": people.say,
            "press": people.press,
            "contact": people.contact,
            "photo": people.photo,
            "document": people.document,
            "location": people.location,
            "block": people.block,
            "unblock": people.unblock,
            "look": people.look,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/viber/pa/{method}", self._call, methods=["POST"]),
            Route("/viber/media/{name}", self._media, methods=["GET"]),
        ]

    def add_person(self, person: NewPerson) -> dict[str, Any]:
        added = self._people.add(person)
        return {"id": added.id, "name": added.name, "lang": added.lang, "phone": added.phone}

    def chat_of(self, user: str) -> str:
        return self._people.find(user).id

    def target(self, content: bytes) -> Target | None:
        return self._state.target(content)

    def codes(self, fault: FaultName) -> Collection[int]:
        return ()

    def join(self, bodies: Sequence[bytes], *, deep: bool) -> bytes:
        raise ControlError(400, "bad_request", "Viber sends one event at a time")

    async def picture(self, item: Item) -> Picture | None:
        return await self._state.picture(item)

    async def document(self, item: Item) -> Document | None:
        return await self._state.document(item)

    async def reset(self) -> None:
        await self.close()
        self._state = State(self._context, self._state.token)
        self._people = People(self._state)

    async def close(self) -> None:
        await self._state.close()

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if not is_method(method):
            return PlainTextResponse("Not Found", 404)
        try:
            body = await read_body(request, MAX_BODY)
        except BodyTooBig:
            return PlainTextResponse("Payload Too Large", 413)
        header = request.headers.get(TOKEN_HEADER, "")

        async def proceed(fault: Fault | None) -> Response:
            return JSONResponse(await answer(self._state, method, header, body, fault))

        broken = {
            "http_500": PlainTextResponse("Internal Server Error", 500),
            "garbage": HTMLResponse("<html><body>upstream error</body></html>", 502),
        }
        return await Wire(self.calls, self._context, broken, broken["http_500"]).carry(request, method, proceed)

    async def _media(self, request: Request) -> Response:
        file = self._state.media.get(request.path_params["name"])
        if file is None:
            return PlainTextResponse("Not Found", 404)
        return Response(file.content, media_type=file.mime)
