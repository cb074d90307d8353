"""Telegram over HTTP: `/telegram/bot<token>/<method>` and `/telegram/file/bot<token>/<path>`."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulators.messengers.actions import ControlError, NewPerson, Outcome
from simulators.messengers.bodies import BodyTooBig, read_body
from simulators.messengers.calls import Calls, Fault, FaultName
from simulators.messengers.context import Context
from simulators.messengers.delivery import Deliverer, Target
from simulators.messengers.documents import Document
from simulators.messengers.losses import Wire
from simulators.messengers.pictures import Picture
from simulators.messengers.telegram.body import MAX_BODY
from simulators.messengers.telegram.methods import answer, method_name
from simulators.messengers.telegram.people import People
from simulators.messengers.telegram.refusal import Refusal
from simulators.messengers.telegram.state import State
from simulators.messengers.transcript import Item, Transcript

_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{8,128}")


class Telegram:
    """One bot with its people. `token` "" is learned from the first call."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._token = context.options.telegram_token
        self._state = State(context)
        self._people = People(self._state)

    @property
    def transcript(self) -> Transcript:
        return self._state.transcript

    @property
    def calls(self) -> Calls:
        return self._state.calls

    @property
    def deliverer(self) -> Deliverer:
        return self._state.webhook.deliverer

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
            "edit": people.edit,
            "location": people.location,
            "block": people.block,
            "unblock": people.unblock,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/telegram/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/telegram/file/bot{token}/{path:path}", self._file, methods=["GET"]),
        ]

    def add_person(self, person: NewPerson) -> dict[str, Any]:
        added = self._people.add(person)
        return {"id": added.id, "name": added.name, "lang": added.lang, "phone": added.phone}

    def chat_of(self, user: str) -> str:
        return str(self._people.find(user).id)

    def target(self, content: bytes) -> Target | None:
        return self._state.webhook.target(content)

    def codes(self, fault: FaultName) -> Collection[int]:
        return ()

    def join(self, bodies: Sequence[bytes], *, deep: bool) -> bytes:
        raise ControlError(400, "bad_request", "Telegram sends one event at a time")

    async def picture(self, item: Item) -> Picture | None:
        return item.picture

    async def document(self, item: Item) -> Document | None:
        return item.document

    async def reset(self) -> None:
        await self.close()
        self._state = State(self._context)
        self._people = People(self._state)

    async def close(self) -> None:
        await self.deliverer.close()

    def _authorize(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise Refusal(404, "Not Found")
        if not self._token:
            self._token = token
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Refusal(401, "Unauthorized")

    async def _call(self, request: Request) -> Response:
        try:
            self._authorize(request.path_params["token"])
            method = method_name(request.path_params["method"])
            body = await read_body(request, MAX_BODY)
        except Refusal as refusal:
            return JSONResponse(refusal.as_json(), refusal.status)
        except BodyTooBig:
            return JSONResponse(Refusal(413, "Request Entity Too Large").as_json(), 413)
        content_type = request.headers.get("content-type", "")

        async def proceed(fault: Fault | None) -> Response:
            reply = await answer(self._state, method, content_type, request.query_params, body, fault)
            return JSONResponse(reply.body, reply.status)

        broken = {"garbage": HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)}
        late = JSONResponse(Refusal(500, "Internal Server Error").as_json(), 500)
        return await Wire(self.calls, self._context, broken, late).carry(request, method, proceed)

    async def _file(self, request: Request) -> Response:
        try:
            self._authorize(request.path_params["token"])
        except Refusal as refusal:
            return JSONResponse(refusal.as_json(), refusal.status)
        file = self._state.files.at_path(request.path_params["path"])
        if file is None:
            return JSONResponse(Refusal(404, "Not Found").as_json(), 404)
        return Response(file.content, media_type=file.mime)
