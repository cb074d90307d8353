"""The way back of an answer, with the faults that the control API put on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulators.messengers.calls import Calls, Fault
from simulators.messengers.context import Context


@dataclass(frozen=True)
class Wire:
    """`broken`: by fault, what a gateway in front of the platform answers without asking the platform.

    `late`: the answer with status 500 that hides what has been done.
    """

    calls: Calls
    context: Context
    broken: Mapping[str, Response]
    late: Response

    async def carry(
        self, request: Request, method: str, proceed: Callable[[Fault | None], Awaitable[Response]]
    ) -> Response:
        """The answer of `proceed`, unless the next fault for this method loses it. The body has been read."""
        fault = self.calls.next_fault(method)
        name = fault.fault if fault is not None else ""
        if name in self.broken or name == "timeout_before":
            self.calls.record(method, {}, 0, {"fault": name}, self.context.clock.now())
        if name in self.broken:
            return self.broken[name]
        if name == "timeout_before":
            await self._hang(request)
            return DroppedAnswer()
        if fault is not None and name == "delay":
            await self.context.options.sleep(fault.delay_s)
        response = await proceed(fault)
        if name == "http_500_after":
            return self.late
        if name == "timeout_after":
            await self._hang(request)
        return DroppedAnswer() if name in ("timeout_after", "drop") else response

    async def _hang(self, request: Request) -> None:
        """Say nothing until the client gives up or the longest time has passed."""

        async def until_gone() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                continue

        with suppress(TimeoutError):
            await asyncio.wait_for(until_gone(), self.context.options.hang_s)


class DroppedAnswer(Response):
    """Promises a body, does not send it and ends: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"512")]})
