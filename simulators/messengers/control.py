"""The control API: people, faults, records. For tests, demonstrations and whoever plays a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulators.messengers.actions import ACTIONS, MAX_DELAY_MS, ControlError, NewPerson, Outcome, Raw, Release
from simulators.messengers.bodies import BodyTooBig, read_body
from simulators.messengers.calls import Fault, FaultName
from simulators.messengers.channel import Channel
from simulators.messengers.context import Context
from simulators.messengers.delivery import QueueFull, Target, Timing

Body = TypeVar("Body", bound=BaseModel)

MAX_BODY: Final = 8 << 20
WAIT_MAX_S: Final = 60.0


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fault: FaultName
    method: str = ""
    times: int = Field(1, ge=1, le=100_000)
    retry_after: int = Field(3, ge=1, le=86_400)
    delay_ms: int = Field(1000, ge=0, le=MAX_DELAY_MS)
    code: int = Field(0, ge=0)
    subcode: int = Field(0, ge=0)


class _Advance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(gt=0, le=366 * 86_400)


class Control:
    """`channels` by name, as in the paths `/control/<channel>/...`."""

    def __init__(self, context: Context, channels: Mapping[str, Channel]) -> None:
        self._context = context
        self._channels = channels

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/control/reset", self._reset, methods=["POST"]),
            Route("/control/clock", self._clock, methods=["POST"]),
            Route("/control/{channel}/users", self._users, methods=["POST"]),
            Route("/control/{channel}/raw", self._raw, methods=["POST"]),
            Route("/control/{channel}/release", self._release, methods=["POST"]),
            Route("/control/{channel}/faults", self._faults, methods=["POST"]),
            Route("/control/{channel}/calls", self._calls, methods=["GET"]),
            Route("/control/{channel}/deliveries", self._deliveries, methods=["GET"]),
            Route("/control/{channel}/chat/{user:path}", self._chat, methods=["GET"]),
            Route("/control/{channel}/picture/{seq:int}", self._picture, methods=["GET"]),
            Route("/control/{channel}/document/{seq:int}", self._document, methods=["GET"]),
            Route("/control/{channel}/{action}", self._act, methods=["POST"]),
        ]

    def _channel(self, request: Request) -> Channel:
        channel = self._channels.get(request.path_params["channel"])
        if channel is None:
            raise ControlError(404, "unknown_channel", f"there is no channel {request.path_params['channel']}")
        return channel

    async def _reset(self, _: Request) -> Response:
        for channel in self._channels.values():
            await channel.reset()
        self._context.clock.ahead_s = 0.0
        return JSONResponse({"ok": True})

    async def _clock(self, request: Request) -> Response:
        self._context.clock.ahead_s += (await _read(request, _Advance)).seconds
        return JSONResponse({"now": self._context.clock.now()})

    async def _users(self, request: Request) -> Response:
        channel = self._channel(request)
        return JSONResponse(channel.add_person(await _read(request, NewPerson)), 201)

    async def _act(self, request: Request) -> Response:
        channel, name = self._channel(request), request.path_params["action"]
        action = channel.actions.get(name)
        if action is None:
            raise ControlError(404, "unknown_action", f"{request.path_params['channel']} knows no {name}")
        outcome = await action(await _read(request, ACTIONS[name]))
        return JSONResponse(outcome.as_json())

    async def _raw(self, request: Request) -> Response:
        channel = self._channel(request)
        raw = await _read(request, Raw)

        def target(content: bytes) -> Target | None:
            usual = channel.target(content)
            return None if usual is None else usual.with_headers(raw.headers)

        body = raw.content()
        if target(body) is None:
            raise ControlError(409, "no_webhook", "the bot has set no webhook")
        outcome = Outcome(await channel.deliverer.dispatch("raw", body, target, Timing()))
        return JSONResponse(outcome.as_json())

    async def _release(self, request: Request) -> Response:
        channel = self._channel(request)
        release = await _read(request, Release)
        try:
            if release.batch is None:
                released = await channel.deliverer.release(release.order)
            else:
                join = partial(channel.join, deep=release.batch == "events")
                released = await channel.deliverer.release_joined(release.order, join)
        except KeyError as error:
            raise ControlError(404, "not_held", f"delivery {error.args[0]} is not held") from error
        statuses = [delivery.statuses[0] for delivery in released if delivery.statuses]
        return JSONResponse({"deliveries": [delivery.id for delivery in released], "statuses": statuses})

    async def _faults(self, request: Request) -> Response:
        channel = self._channel(request)
        fault = await _read(request, _Fault)
        if fault.fault in ("error", "fails_later") and fault.code not in channel.codes(fault.fault):
            raise ControlError(400, "bad_request", f"this platform has no {fault.fault} with code {fault.code}")
        channel.calls.plan(
            Fault(
                fault.fault, fault.method, fault.times, fault.retry_after, fault.delay_ms / 1000, fault.code,
                fault.subcode,
            )
        )  # fmt: skip
        return JSONResponse({"ok": True})

    async def _calls(self, request: Request) -> Response:
        return JSONResponse({"calls": self._channel(request).calls.listed()})

    async def _deliveries(self, request: Request) -> Response:
        return JSONResponse({"deliveries": self._channel(request).deliverer.listed()})

    async def _chat(self, request: Request) -> Response:
        channel = self._channel(request)
        chat = channel.chat_of(request.path_params["user"])
        after, wait_s = _number(request, "after"), _number(request, "wait_s")
        changes = request.query_params.get("changes", "") in ("1", "true")
        items = await channel.transcript.wait(chat, int(after), min(wait_s, WAIT_MAX_S), changes=changes)
        newest = max((item.changed if changes else item.seq for item in items), default=int(after))
        return JSONResponse({"items": [item.as_json() for item in items], "next": newest})

    async def _picture(self, request: Request) -> Response:
        channel = self._channel(request)
        item = channel.transcript.item(request.path_params["seq"])
        picture = None if item is None else await channel.picture(item)
        if picture is None:
            raise ControlError(404, "no_picture", "this bubble shows no picture")
        return Response(picture.content, media_type=picture.mime)

    async def _document(self, request: Request) -> Response:
        channel = self._channel(request)
        item = channel.transcript.item(request.path_params["seq"])
        document = None if item is None else await channel.document(item)
        if document is None:
            raise ControlError(404, "no_document", "this bubble shows no document")
        return Response(document.content, media_type=document.mime)


def _number(request: Request, name: str) -> float:
    try:
        number = float(request.query_params.get(name, "0"))
    except ValueError as error:
        raise ControlError(400, "bad_request", f"{name} must be a number") from error
    if not 0 <= number < 2**53:
        raise ControlError(400, "bad_request", f"{name} must be a number of 0 or more")
    return number


async def _read(request: Request, model: type[Body]) -> Body:
    return model.model_validate_json(await read_body(request, MAX_BODY) or b"{}")


async def refused(_: Request, error: Exception) -> Response:
    """The error handler of the control API: `{"error": {"code", "message"}}`."""
    status, code = 500, "internal"
    if isinstance(error, ControlError):
        status, code = error.status, error.code
    elif isinstance(error, QueueFull):
        status, code = 503, "queue_full"
    elif isinstance(error, ValidationError | BodyTooBig):
        status, code = 400, "bad_request"
    shown: dict[str, Any] = {"code": code, "message": str(error)}
    return JSONResponse({"error": shown}, status)


HANDLED: Final = (ControlError, QueueFull, ValidationError, BodyTooBig)
