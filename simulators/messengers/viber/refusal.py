"""Viber's errors: always HTTP 200, the error in `status` (github.com/Viber/creators-hub, bots-api/errors)."""

from __future__ import annotations

from typing import Any, Final

INVALID_URL: Final = 1
INVALID_AUTH_TOKEN: Final = 2
BAD_DATA: Final = 3
MISSING_DATA: Final = 4
RECEIVER_NOT_REGISTERED: Final = 5
RECEIVER_NOT_SUBSCRIBED: Final = 6
WEBHOOK_NOT_SET: Final = 10
TOO_MANY_REQUESTS: Final = 12
API_VERSION_NOT_SUPPORTED: Final = 13
INCOMPATIBLE_WITH_VERSION: Final = 14

_NAMES: Final = {
    INVALID_URL: "invalidUrl",
    INVALID_AUTH_TOKEN: "invalidAuthToken",
    BAD_DATA: "badData",
    MISSING_DATA: "missingData",
    RECEIVER_NOT_REGISTERED: "receiverNotRegistered",
    RECEIVER_NOT_SUBSCRIBED: "receiverNotSubscribed",
    WEBHOOK_NOT_SET: "webhookNotSet",
    TOO_MANY_REQUESTS: "tooManyRequests",
    API_VERSION_NOT_SUPPORTED: "apiVersionNotSupported",
    INCOMPATIBLE_WITH_VERSION: "incompatibleWithVersion",
}


class Refusal(Exception):
    """A call that Viber refuses; `detail` says what and where."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(f"{_NAMES[status]}: {detail}" if detail else _NAMES[status])
        self.status = status

    def as_json(self) -> dict[str, Any]:
        return {"status": self.status, "status_message": str(self), "chat_hostname": "SN-SIM-1"}
