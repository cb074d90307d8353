"""The Graph API over HTTP: `/graph/<version>/<node>/<edge>`, answered by the platform that owns the node."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulators.messengers.bodies import BodyTooBig, read_body
from simulators.messengers.calls import Calls, Fault
from simulators.messengers.context import Context
from simulators.messengers.graph.body import MAX_BODY, Call, read_call
from simulators.messengers.graph.refusal import NO_SUCH_OBJECT, PARAMETER, PATH, TOKEN, UNKNOWN, Refusal, refuse
from simulators.messengers.graph.webhook import Webhook
from simulators.messengers.losses import Wire
from simulators.messengers.shapes import ShapeError, Shapes

# Versions that still answer.
VERSIONS: Final = range(21, 27)

_VERSION: Final = re.compile(r"v([0-9]{1,3})\.0")
_SHAPES: Final = Shapes(
    {
        "subscribe": "object:String! callback_url:String! verify_token:String! fields:String|String[]! "
        "include_values:Boolean|String",
        "unsubscribe": "object:String",
        "list": "",
    },
    null_is_absent=False,
)


class Platform(Protocol):
    """One of the platforms behind the API. `token` "" is learned from the first call."""

    token: str

    @property
    def calls(self) -> Calls: ...

    @property
    def webhook(self) -> Webhook: ...

    def owns(self, node: str) -> bool: ...

    async def answer(self, call: Call, fault: Fault | None) -> dict[str, Any]:
        """Raises `Refusal`."""
        ...


class Graph:
    """The one app and the platforms that it uses; the first one also records calls that concern nobody."""

    def __init__(self, context: Context, platforms: Sequence[Platform]) -> None:
        self._context = context
        self._platforms = platforms

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/graph/{version}/{path:path}", self._call, methods=["GET", "POST", "DELETE"])]

    async def _call(self, request: Request) -> Response:
        node, _, edge = request.path_params["path"].strip("/").partition("/")
        app = node == self._context.options.meta_app_id
        owner = next((platform for platform in self._platforms if platform.owns(node)), None)
        platform = owner or self._platforms[0]
        try:
            body = await read_body(request, MAX_BODY)
        except BodyTooBig:
            return self._refused(refuse(PARAMETER, "The request is too large"))

        async def proceed(fault: Fault | None) -> Response:
            fields: dict[str, Any] = {}
            status = 200
            try:
                self._check_version(request.path_params["version"], edge)
                call = read_call(request.method, (node, edge), request.headers, request.query_params, body)
                fields = call.fields | {name: upload.as_json() for name, upload in call.uploads.items()}
                if app:
                    reply = await self._subscriptions(call)
                elif owner is None:
                    raise refuse(PARAMETER, node, NO_SUCH_OBJECT)
                else:
                    self._authorize(owner, call)
                    reply = await owner.answer(call, fault)
            except Refusal as refusal:
                answer = self._refused(refusal)
                status, reply = refusal.status, refusal.as_json(self._trace_id())
            else:
                answer = JSONResponse(reply)
            platform.calls.record(edge or node, fields, status, reply, self._context.clock.now())
            return answer

        return await self._wire(platform).carry(request, edge or node, proceed)

    def _wire(self, platform: Platform) -> Wire:
        failure = self._refused(refuse(UNKNOWN))
        broken: Mapping[str, Response] = {
            "http_500": failure,
            "garbage": HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502),
        }
        return Wire(platform.calls, self._context, broken, failure)

    def _trace_id(self) -> str:
        return "A" + base64.urlsafe_b64encode(self._context.random.randbytes(16)).decode().rstrip("=")

    def _refused(self, refusal: Refusal) -> Response:
        headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        return JSONResponse(refusal.as_json(self._trace_id()), refusal.status, headers)

    def _check_version(self, version: str, edge: str) -> None:
        number = _VERSION.fullmatch(version)
        if number is None or int(number[1]) not in VERSIONS:
            raise refuse(PATH, f"/{version}/{edge}")

    def _authorize(self, platform: Platform, call: Call) -> None:
        if not platform.token:
            platform.token = call.token
        if not call.token or not hmac.compare_digest(call.token.encode(), platform.token.encode()):
            raise refuse(TOKEN)
        key = self._context.options.meta_app_secret.encode()
        expected = hmac.new(key, call.token.encode(), hashlib.sha256).hexdigest()
        if not call.proof and self._context.options.meta_proof_required:
            raise refuse(PARAMETER, "API calls from the server require an appsecret_proof argument")
        if call.proof and not hmac.compare_digest(call.proof.encode(), expected.encode()):
            raise refuse(PARAMETER, "Invalid appsecret_proof provided in the API argument")

    async def _subscriptions(self, call: Call) -> dict[str, Any]:
        """`/{app id}/subscriptions`, with the app's own token `<app id>|<app secret>`."""
        options = self._context.options
        expected = f"{options.meta_app_id}|{options.meta_app_secret}"
        if not hmac.compare_digest(call.token.encode(), expected.encode()):
            raise refuse(TOKEN)
        if call.edge != "subscriptions":
            raise refuse(PARAMETER, call.node, NO_SUCH_OBJECT)
        name = {"POST": "subscribe", "DELETE": "unsubscribe"}.get(call.verb, "list")
        try:
            _SHAPES.check(call.typed(_SHAPES.fields(name)), name)
        except ShapeError as error:
            raise refuse(PARAMETER, str(error)) from error
        if name == "list":
            return {"data": [entry for platform in self._platforms for entry in platform.webhook.as_json()]}
        webhooks = {platform.webhook.object_name: platform.webhook for platform in self._platforms}
        if name == "unsubscribe":
            for webhook in webhooks.values():
                if call.fields.get("object", webhook.object_name) == webhook.object_name:
                    webhook.remove()
            return {"success": True}
        chosen = webhooks.get(call.fields["object"])
        if chosen is None:
            raise refuse(PARAMETER, "Param object must be one of {page, whatsapp_business_account}")
        fields = call.fields["fields"]
        names = fields.split(",") if isinstance(fields, str) else fields
        await chosen.register(call.fields["callback_url"], call.fields["verify_token"], [one.strip() for one in names])
        return {"success": True}
