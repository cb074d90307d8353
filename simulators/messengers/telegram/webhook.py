"""The bot's one webhook: its registration and the updates that go to it or wait for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.context import Context
from simulators.messengers.delivery import Deliverer, Delivery, Target, Timing
from simulators.messengers.telegram.fields import UPDATES_BY_REQUEST
from simulators.messengers.telegram.refusal import Refusal, bad_request
from simulators.messengers.telegram.updates import encode

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, no secret
DEFAULT_CONNECTIONS: Final = 40
PORTS: Final = frozenset({443, 80, 88, 8443})

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass
class Registration:
    url: str
    secret: str
    connections: int
    allowed: frozenset[str]


def _check_url(url: str, plain_http_hosts: frozenset[str]) -> None:
    """HTTPS on one of four ports; some hosts may have plain HTTP, as a self-hosted Bot API server allows."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise bad_request("bad webhook: invalid URL") from error
    if not parts.hostname:
        raise bad_request("bad webhook: invalid URL")
    if parts.hostname in plain_http_hosts and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


class Webhook:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.deliverer = Deliverer(context, DEFAULT_CONNECTIONS, accepted=range(200, 300))
        self._registration: Registration | None = None
        self._allowed: frozenset[str] = frozenset()
        self._backlog: list[tuple[str, dict[str, Any]]] = []
        self._next_update = 810_000_000 + context.random.randrange(1_000_000)

    def register(self, fields: dict[str, Any]) -> str:
        """Do setWebhook and return its description. Raises `Refusal`."""
        if not fields["url"]:
            return self.remove(drop=fields.get("drop_pending_updates", False))
        _check_url(fields["url"], self._context.options.plain_http_hosts)
        secret = fields.get("secret_token", "")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        connections = fields.get("max_connections", DEFAULT_CONNECTIONS)
        if not 1 <= connections <= 100:
            raise bad_request("max_connections must be in 1..100")
        self._allowed = frozenset(fields.get("allowed_updates", self._allowed))
        self.deliverer.set_connections(connections)
        self._registration = Registration(fields["url"], secret, connections, self._allowed)
        if fields.get("drop_pending_updates"):
            self._drop()
        backlog, self._backlog = self._backlog, []
        for lane, update in backlog:
            self.deliverer.send(self.deliverer.create(lane, encode(update, escaped=False), self.target))
        return "Webhook was set"

    def remove(self, *, drop: bool) -> str:
        if drop:
            self._drop()
        was_set = self._registration is not None
        self._registration = None
        return "Webhook was deleted" if was_set else "Webhook is already deleted"

    def _drop(self) -> None:
        self._backlog.clear()
        self.deliverer.drop_pending()

    def info(self) -> dict[str, Any]:
        registration = self._registration
        pending = self.deliverer.pending + len(self._backlog)
        shown: dict[str, Any] = {
            "url": registration.url if registration else "",
            "has_custom_certificate": False,
            "pending_update_count": pending,
        }
        if registration is not None:
            shown["max_connections"] = registration.connections
            if registration.allowed:
                shown["allowed_updates"] = sorted(registration.allowed)
        if self.deliverer.last_error is not None:
            at, reason = self.deliverer.last_error
            shown |= {"last_error_date": int(at), "last_error_message": f"Wrong response from the webhook: {reason}"}
        return shown

    def fetch(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        """Do getUpdates, without waiting. Raises a `Refusal` 409 while a webhook is set."""
        if self._registration is not None:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        offset = fields.get("offset", 0)
        self._backlog = [entry for entry in self._backlog if entry[1]["update_id"] >= offset]
        return [update for _, update in self._backlog[: fields.get("limit", 100)]]

    def target(self, _: bytes) -> Target | None:
        if self._registration is None:
            return None
        headers = {"Content-Type": "application/json"}
        if self._registration.secret:
            headers[SECRET_HEADER] = self._registration.secret
        return Target(self._registration.url, headers)

    async def emit(self, lane: str, kind: str, payload: dict[str, Any], timing: Timing) -> tuple[int, list[Delivery]]:
        """Number an update and send it; its number is 0 if the bot did not ask for this kind. Raises `QueueFull`."""
        wanted = kind in self._allowed if self._allowed else kind not in UPDATES_BY_REQUEST
        if not wanted:
            return 0, []
        self._next_update += 1
        update = {"update_id": self._next_update, kind: payload}
        if self._registration is None:
            self._backlog.append((lane, update))
            return self._next_update, []
        body = encode(update, escaped=timing.escaped)
        return self._next_update, await self.deliverer.dispatch(lane, body, self.target, timing)
