"""Webhooks as Messenger writes them (developers.facebook.com/docs/messenger-platform/reference/webhook-events). Pure.

Times are milliseconds. A person is known by a page-scoped id only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

# The app behind the page's inbox.
INBOX_APP_ID: Final = 26390203743090
WINDOW_S: Final = 24 * 3600
HUMAN_WINDOW_S: Final = 7 * WINDOW_S


@dataclass
class Person:
    """`wrote_at`: when the person last did something that opens the window. `owner`: who answers the person.

    `unread`: times in ms of the bot's messages.
    """

    id: str
    name: str
    lang: str
    phone: str
    wrote_at: float | None = None
    blocked: bool = False
    owner: Literal["bot", "inbox"] = "bot"
    unread: list[int] = field(default_factory=list)


def event(person: Person, page_id: str, timestamp: int, content: dict[str, Any]) -> dict[str, Any]:
    """Something that a person did; keys of `content` that are None are left out."""
    usual = {"sender": {"id": person.id}, "recipient": {"id": page_id}, "timestamp": timestamp}
    return {name: value for name, value in (usual | content).items() if value is not None}


def echo(person: Person, page_id: str, timestamp: int, message: dict[str, Any], app_id: int) -> dict[str, Any]:
    """A message of the page as its webhook gets it back."""
    return {
        "sender": {"id": page_id},
        "recipient": {"id": person.id},
        "timestamp": timestamp,
        "message": {"is_echo": True, "app_id": app_id, **message},
    }


def kind_of(happened: dict[str, Any]) -> str:
    """The key that tells what an event is; "echo" for a message of the page."""
    if happened.get("message", {}).get("is_echo"):
        return "echo"
    return next((name for name in happened if name not in ("sender", "recipient", "timestamp")), "")


def on_standby(happened: dict[str, Any]) -> dict[str, Any]:
    """What an app that does not own the thread sees: no payloads."""
    if "postback" not in happened:
        return happened
    stripped = {name: value for name, value in happened["postback"].items() if name != "payload"}
    return happened | {"postback": stripped}
