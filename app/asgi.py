"""The web edge: webhooks go straight to plain ASGI, everything else to FastAPI."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from app.assembly import Teller
from core.dialog.contracts import OutboundMessage
from core.kernel.errors import TellerError
from core.messages.api import Receive, Scope, SendAsgi, WebhookApp
from core.messages.store import StoreUnavailable

_DATABASE_ERRORS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_log = structlog.get_logger("teller.edge")


class Edge:
    """The ASGI application of a process with the role `web`."""

    def __init__(self, teller: Teller) -> None:
        self._webhooks = WebhookApp(teller.channels, teller.messages)
        self._rest = _rest(teller)

    async def __call__(self, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/webhooks/"):
            await self._webhooks(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def _rest(teller: Teller) -> FastAPI:
    rest = FastAPI(title="Teller", docs_url=None, redoc_url=None, openapi_url=None)

    @rest.exception_handler(TellerError)
    async def refused(request: Request, error: Exception) -> JSONResponse:
        """The code is for programs; the detail stays in the log."""
        assert isinstance(error, TellerError)
        _log.warning("request_refused", code=error.code, detail=error.detail)
        return JSONResponse({"code": error.code}, error.http_status)

    @rest.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @rest.get("/readyz")
    async def readyz() -> JSONResponse:
        """The process can do its work: the database answers and flows are loaded.

        `release` is the one that runs here, `refused_release` a newer one that this program cannot run. That does not
        make it unready: should all processes be too old for what was published, the flows of before still serve.
        """
        library = teller.library
        checks = {"database": await _database_answers(teller), "flows": bool(library.programs.flows)}
        refused = {"refused_release": library.refused} if library.refused else {}
        status = 200 if all(checks.values()) else 503
        return JSONResponse({**checks, "release": library.release, **refused}, status)

    @rest.get("/pictures/{name}")
    async def picture(name: str) -> Response:
        """A picture of one message, for messengers that fetch pictures by address."""
        outbox_id = teller.pictures.outbox_id(name)
        message = await _message(teller, outbox_id) if outbox_id else None
        if message is None or message.picture is None:
            return Response(status_code=404)
        png = await teller.draw(message.picture)
        return Response(png, media_type="image/png", headers={"cache-control": "private, max-age=3600"})

    @rest.get("/documents/{name}")
    async def document(name: str) -> Response:
        """A document of one message, for messengers that fetch documents by address."""
        outbox_id = teller.pictures.outbox_id(name)
        message = await _message(teller, outbox_id) if outbox_id else None
        if message is None or message.document is None:
            return Response(status_code=404)
        saved_as = f'attachment; filename="{message.document.name}"'
        headers = {"cache-control": "private, max-age=3600", "content-disposition": saved_as}
        return Response(await teller.draw(message.document), media_type="application/pdf", headers=headers)

    return rest


async def _message(teller: Teller, outbox_id: str) -> OutboundMessage | None:
    try:
        async with teller.pool.acquire(timeout=10) as db:
            return await teller.store.message(db, outbox_id)
    except _DATABASE_ERRORS as error:
        raise StoreUnavailable(f"message not read: {type(error).__name__}") from error


async def _database_answers(teller: Teller) -> bool:
    try:
        async with asyncio.timeout(2), teller.pool.acquire() as db:
            return bool(await db.fetchval("SELECT true"))
    except _DATABASE_ERRORS:
        return False
