"""A simulated person's phone: writes, presses, shares, and reads the chat through the messengers' control API."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec

from core.kernel.errors import TellerError

_LOOK_S: Final = 2.0


class NoAnswer(TellerError):
    """The bot did not say what was waited for in time."""

    code = "no_answer"


class Button(msgspec.Struct, frozen=True):
    label: str
    token: str = ""
    kind: str = ""
    url: str = ""


class Bubble(msgspec.Struct, frozen=True, rename={"author": "from"}):
    """One bubble of the chat as the person sees it."""

    seq: int
    author: str
    kind: str
    text: str = ""
    buttons: tuple[Button, ...] = ()
    ask_contact: bool = False
    deleted: bool = False
    picture: dict[str, Any] | None = None
    document: dict[str, Any] | None = None


class Phone:
    """One person in one messenger. Use as an async context manager."""

    def __init__(self, messengers_url: str, channel: str, user: str, name: str, phone: str, lang: str = "uk") -> None:
        self.channel = channel
        self.user = user
        self.name = name
        self.phone = phone
        self._lang = lang
        self._after = 0
        self._http = httpx.AsyncClient(base_url=f"{messengers_url}/control/{channel}", timeout=90, trust_env=False)

    async def __aenter__(self) -> Phone:
        number = self.phone.removeprefix("+")
        user: str | int = int(self.user) if self.user.isdigit() else self.user
        person = {"id": user, "name": self.name, "phone": number, "lang": self._lang}
        answer = await self._http.post("/users", json=person)
        if answer.status_code not in (201, 409):
            answer.raise_for_status()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def start(self, payload: str = "") -> list[int]:
        return await self._act("start", payload=payload)

    async def say(self, text: str, **options: Any) -> list[int]:
        return await self._act("say", text=text, **options)

    async def press(self, label: str = "", *, token: str = "", **options: Any) -> list[int]:
        """Press the newest visible button with that label or token."""
        return await self._act("press", **({"token": token} if token else {"label": label}), **options)

    async def press_index(self, index: int) -> list[int]:
        """Press the button at that place of the newest keyboard."""
        return await self._act("press", index=index)

    async def share_contact(self, **options: Any) -> list[int]:
        return await self._act("contact", **options)

    async def send_photo(self, caption: str = "") -> list[int]:
        return await self._act("photo", caption=caption)

    async def send_document(self, file_name: str = "claim.pdf") -> list[int]:
        return await self._act("document", file_name=file_name)

    async def share_location(self) -> list[int]:
        return await self._act("location")

    async def news(self, wait_s: float = 0.0) -> list[Bubble]:
        """Bubbles that have come since the last look, the person's own too."""
        query = {"after": self._after, "wait_s": wait_s}
        answer = await self._http.get(f"/chat/{quote(self.user, safe='')}", params=query)
        answer.raise_for_status()
        page = answer.json()
        self._after = max(self._after, page["next"])
        return msgspec.convert(page["items"], list[Bubble])

    async def hear(self, *words: str, within_s: float = 20.0, picture: bool = False) -> list[Bubble]:
        """Read until the bot has said every word (and sent a picture, if asked for); all bubbles on the way."""
        heard: list[Bubble] = []
        deadline = asyncio.get_running_loop().time() + within_s
        while True:
            said = "\n".join(bubble.text for bubble in heard if bubble.author == "bot")
            drawn = any(bubble.picture for bubble in heard if bubble.author == "bot")
            if heard and all(word in said for word in words) and (drawn or not picture):
                return heard
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                missing = [word for word in words if word not in said]
                raise NoAnswer(f"waited {within_s:.0f} s for {missing or 'an answer'}; heard: {said or 'nothing'}")
            heard += await self.news(min(_LOOK_S, left))

    async def picture(self, bubble: Bubble) -> bytes:
        """PNG of a bubble's picture, as the messenger shows it."""
        answer = await self._http.get(f"/picture/{bubble.seq}")
        answer.raise_for_status()
        return answer.content

    async def document(self, bubble: Bubble) -> bytes:
        """The file of a bubble that shows one, as the messenger gives it out."""
        answer = await self._http.get(f"/document/{bubble.seq}")
        answer.raise_for_status()
        return answer.content

    async def sms(self, bank_url: str, after: int = 0) -> list[dict[str, Any]]:
        """What the simulated bank sent to this phone: `{seq, phone, text, sent_at}`, oldest first."""
        query: dict[str, str | int] = {"phone": self.phone, "after": after}
        answer = await self._http.get(f"{bank_url}/control/sms", params=query)
        answer.raise_for_status()
        return list(answer.json()["items"])

    async def _act(self, action: str, **fields: Any) -> list[int]:
        user: str | int = int(self.user) if self.user.isdigit() else self.user
        answer = await self._http.post(f"/{action}", json={"user": user, **fields})
        if answer.status_code != 200:
            raise TellerError(f"{action}: {answer.text[:300]}")
        return list(answer.json()["statuses"])
