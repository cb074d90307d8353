"""The app's webhook for one kind of object: its registration with the challenge, and events as Meta writes them.

Source: developers.facebook.com/docs/graph-api/webhooks/getting-started. The signature is the hexadecimal HMAC of the
exact bytes under the app's secret; the bytes are ASCII, with `/` and some other signs escaped too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from collections.abc import Collection, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from simulators.messengers.context import Context, FetchFailed, read_limited
from simulators.messengers.delivery import Deliverer, Delivery, Target, Timing
from simulators.messengers.graph.refusal import CALLBACK, PARAMETER, refuse

CONNECTIONS: Final = 40
PATIENCE_S: Final = 5.0
ANSWER_MAX: Final = 4096

_ESCAPED: Final = re.compile(r"[/<%@]")


def encode(body: dict[str, Any]) -> bytes:
    """Compact JSON in ASCII, escaped as Meta escapes it."""
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return _ESCAPED.sub(lambda found: _escape(found.group()), text).encode()


def _escape(sign: str) -> str:
    return "\\/" if sign == "/" else f"\\u{ord(sign):04x}"


def join(bodies: Sequence[bytes], *, deep: bool) -> bytes:
    """One webhook with the entries of several; `deep` puts events of one account into the same lists."""
    whole: dict[str, Any] = {}
    for content in bodies:
        body = json.loads(content)
        entries = whole.setdefault("entry", [])
        whole.setdefault("object", body["object"])
        for entry in body["entry"]:
            # An entry has either `messaging` or `standby`.
            same = next((known for known in entries if deep and known.keys() == entry.keys()), None)
            if same is None:
                entries.append(entry)
            else:
                _merge(same, entry)
    return encode(whole)


def _merge(into: dict[str, Any], entry: dict[str, Any]) -> None:
    for name in ("messaging", "standby"):
        if name in entry:
            into.setdefault(name, []).extend(entry[name])
    for change in entry.get("changes", []):
        changes = into.setdefault("changes", [])
        same = next((known for known in changes if _alike(known, change)), None)
        if same is None:
            changes.append(change)
            continue
        for name, content in change["value"].items():
            if isinstance(content, list):
                known = same["value"].setdefault(name, [])
                known.extend(member for member in content if member not in known)


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two changes fit into one: system messages, which come without `contacts`, stay among themselves."""
    named = [("contacts" in change["value"]) for change in (one, other)]
    return one["field"] == other["field"] == "messages" and named[0] == named[1]


class Webhook:
    """`subscribed`: whether the account sends its events to the app; `fields`: those that the app takes."""

    def __init__(
        self, context: Context, object_name: str, known_fields: Collection[str], unsubscribed_after_s: float = math.inf
    ) -> None:
        """`unsubscribed_after_s`: how long deliveries may fail before the account stops to send."""
        self._context = context
        self.object_name = object_name
        self.known_fields = frozenset(known_fields)
        self.deliverer = Deliverer(context, CONNECTIONS, accepted=range(200, 201), patience_s=PATIENCE_S)
        self.url = ""
        self.fields: frozenset[str] = frozenset()
        self.subscribed = False
        self._unsubscribed_after_s = unsubscribed_after_s

    def subscribe(self) -> None:
        self.subscribed = True
        self.deliverer.failing_since = None

    async def register(self, url: str, verify_token: str, fields: Collection[str]) -> None:
        """Ask the bot to repeat a challenge, then remember it. Raises `Refusal`."""
        unknown = set(fields) - self.known_fields
        if unknown:
            raise refuse(PARAMETER, f"Invalid parameter: unknown fields {', '.join(sorted(unknown))}")
        self._check_url(url)
        challenge = str(self._context.random.randrange(2_000_000_000))
        await self._challenge(url, verify_token, challenge)
        self.url, self.fields = url, frozenset(fields)

    def _check_url(self, url: str) -> None:
        """HTTPS; plain HTTP only to hosts that cannot have a certificate."""
        try:
            parts = urlsplit(url)
            plain = parts.scheme == "http" and parts.hostname in self._context.options.plain_http_hosts
            valid = (plain or parts.scheme == "https") and bool(parts.hostname) and (parts.port or 443) > 0
        except ValueError:
            valid = False
        if not valid:
            raise refuse(CALLBACK, "the callback URL must be an https URL")

    async def _challenge(self, url: str, verify_token: str, challenge: str) -> None:
        query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
        try:
            async with self._context.http.get(
                URL(url, encoded=True).update_query(query),
                timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
                allow_redirects=False,
            ) as answer:
                content = await read_limited(answer.content, ANSWER_MAX)
                status = answer.status
        except (FetchFailed, aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise refuse(CALLBACK, type(error).__name__) from error
        if status != 200:
            raise refuse(CALLBACK, f"HTTP Status Code = {status}; HTTP Message = Callback refused the challenge")
        if content != challenge.encode():
            raise refuse(CALLBACK, "the answer is not the challenge")

    def remove(self) -> None:
        self.url, self.fields = "", frozenset()

    def as_json(self) -> list[dict[str, Any]]:
        if not self.url:
            return []
        fields = [{"name": name, "version": "v26.0"} for name in sorted(self.fields)]
        return [{"object": self.object_name, "callback_url": self.url, "active": True, "fields": fields}]

    def target(self, body: bytes) -> Target | None:
        """The webhook with the signatures of this body: the one that counts and the old one."""
        failing_since = self.deliverer.failing_since
        now = self._context.clock.now()
        if failing_since is not None and now - failing_since >= self._unsubscribed_after_s:
            self.subscribed = False
        if not self.url or not self.subscribed:
            return None
        key = self._context.options.meta_app_secret.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature": f"sha1={hmac.new(key, body, hashlib.sha1).hexdigest()}",
            "X-Hub-Signature-256": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}",
        }
        return Target(self.url, headers)

    async def emit(self, lane: str, entry: dict[str, Any], timing: Timing) -> list[Delivery]:
        """Send one entry if the account's events go to the app. Raises `QueueFull`."""
        if not self.subscribed or not self.url:
            return []
        body = encode({"object": self.object_name, "entry": [entry]})
        return await self.deliverer.dispatch(lane, body, self.target, timing)
