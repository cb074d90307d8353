"""A strict stand-in for `sessions.detectIntent` of Dialogflow CX v3, as its reference documentation describes it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.channels.servers import web_server

AGENT: Final = "projects/kasa-test/locations/europe-west1/agents/0f0e0d0c-1111-2222-3333-444455556666"
_PATH: Final = re.compile(rf"/v3/{AGENT}/sessions/[A-Za-z0-9_\-]{{1,36}}:detectIntent")
_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_FILE: Final = {
    "type": "service_account",
    "private_key_id": "kid-1",
    "client_email": "asker@kasa-test.iam.gserviceaccount.com",
    "private_key": _KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode(),
}


class DetectIntent:
    """`intents`: what each text means, with the confidence. `answer`: a status and body for everybody instead.

    `silent`: no answer at all until it is set free.
    """

    def __init__(self) -> None:
        self.intents: dict[str, tuple[str, float]] = {}
        self.answer: tuple[int, bytes] | None = None
        self.silent = False
        self.asked: list[str] = []
        self.sessions: set[str] = set()
        self.bodies: list[bytes] = []
        self.freed = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        refusal = await self._refusal(request)
        if refusal:
            return web.json_response({"error": {"code": 400, "message": refusal}}, status=400)
        body = json.loads(self.bodies[-1])
        self.asked.append(body["queryInput"]["text"]["text"])
        self.sessions.add(request.path)
        if self.silent:
            await self.freed.wait()
        if self.answer is not None:
            return web.Response(status=self.answer[0], body=self.answer[1], content_type="application/json")
        return web.json_response(self._result(self.asked[-1], body["queryInput"]["languageCode"]))

    async def _refusal(self, request: web.Request) -> str:
        self.bodies.append(await request.read())
        if request.method != "POST" or not _PATH.fullmatch(request.path):
            return f"no such method: {request.method} {request.path}"
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            claims = jwt.decode(
                token, _KEY.public_key(), algorithms=["RS256"], audience="https://dialogflow.googleapis.com/",
                options={"verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            return f"token: {error}"
        if scheme != "Bearer" or claims["iss"] != claims["sub"] or claims["exp"] - claims["iat"] > 3600:
            return "token: wrong claims"
        body = json.loads(self.bodies[-1])
        query = body.get("queryInput", {})
        if (
            body.keys() != {"queryInput"}
            or query.keys() != {"text", "languageCode"}
            or query["text"].keys() != {"text"}
        ):
            return "unknown name"
        return "" if 0 < len(query["text"]["text"]) <= 256 else "text: too long"

    def _result(self, text: str, lang: str) -> dict[str, Any]:
        name, confidence = self.intents.get(text, ("", 0.3))
        match: dict[str, Any] = {"confidence": confidence, "matchType": "INTENT" if name else "NO_MATCH"}
        if name:
            match |= {"intent": {"name": f"{AGENT}/intents/1", "displayName": name}, "resolvedInput": text}
        result = {"text": text, "languageCode": lang, "responseMessages": [], "match": match}
        return {"responseId": "r-1", "queryResult": result, "responseType": "FINAL"}


@asynccontextmanager
async def detect_intent() -> AsyncIterator[tuple[DetectIntent, str]]:
    """The stand-in and its root address."""
    service = DetectIntent()
    async with web_server(service.handle) as address:
        try:
            yield service, address
        finally:
            service.freed.set()
