"""Telegram's errors: `{"ok":false,"error_code":...,"description":"..."}` with the same HTTP status."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A call that Telegram refuses. `retry_after` in seconds, 0 if it names none."""

    def __init__(self, status: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def blocked() -> Refusal:
    return Refusal(403, "Forbidden: bot was blocked by the user")
