"""What one simulated platform is to the control API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from starlette.routing import BaseRoute

from simulators.messengers.actions import NewPerson, Outcome
from simulators.messengers.calls import Calls, FaultName
from simulators.messengers.delivery import Deliverer, Target
from simulators.messengers.documents import Document
from simulators.messengers.pictures import Picture
from simulators.messengers.transcript import Item, Transcript


class Channel(Protocol):
    """A platform with one bot. `routes` serve the platform's own API; the rest serves the control API."""

    @property
    def transcript(self) -> Transcript: ...

    @property
    def calls(self) -> Calls: ...

    @property
    def deliverer(self) -> Deliverer: ...

    @property
    def actions(self) -> Mapping[str, Callable[[Any], Awaitable[Outcome]]]:
        """By name; each takes the body of `actions.ACTIONS` and raises `ControlError` or `QueueFull`."""
        ...

    def routes(self) -> Sequence[BaseRoute]: ...

    def add_person(self, person: NewPerson) -> dict[str, Any]: ...

    def chat_of(self, user: str) -> str:
        """The transcript's key of a person's chat. Raises `ControlError` for somebody unknown."""
        ...

    def target(self, content: bytes) -> Target | None:
        """Where a webhook of this content goes, with its signature; None while the bot has set no webhook."""
        ...

    def codes(self, fault: FaultName) -> Collection[int]:
        """The error codes that `error` or `fails_later` can name; empty for a platform without such a fault."""
        ...

    def join(self, bodies: Sequence[bytes], *, deep: bool) -> bytes:
        """One webhook of several; `deep` merges the lists inside. Raises `ControlError` where there is no batching."""
        ...

    async def picture(self, item: Item) -> Picture | None:
        """The picture of a bubble, once it has arrived; None if the bubble has none or it could not be fetched."""
        ...

    async def document(self, item: Item) -> Document | None:
        """The same for a file that is no picture."""
        ...

    async def reset(self) -> None:
        """Forget everything but the token."""
        ...

    async def close(self) -> None:
        """Stop what is on its way."""
        ...
