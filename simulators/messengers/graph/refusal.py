"""Errors of the Graph API: `{"error": {"message", "type", "code", "error_subcode"?, ..., "fbtrace_id"}}`.

Source: developers.facebook.com/docs/graph-api/guides/error-handling. A platform's own codes lie in its `refusal.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

UNKNOWN: Final = 1
SERVICE: Final = 2
TOO_MANY_CALLS: Final = 4
PARAMETER: Final = 100
TOKEN: Final = 190
CALLBACK: Final = 2200
PATH: Final = 2500

NO_SUCH_OBJECT: Final = 33


@dataclass(frozen=True)
class Wording:
    """`message` may have `{detail}`; without it the detail goes into `error_data` or is left out."""

    status: int
    message: str
    kind: str = "OAuthException"
    transient: bool = False


class Refusal(Exception):
    """A refused call. `retry_after` in seconds, 0 if it names none. `product`: who adds `error_data.details`."""

    def __init__(
        self,
        wording: Wording,
        code: int,
        detail: str = "",
        *,
        subcode: int = 0,
        product: str = "",
        retry_after: int = 0,
    ) -> None:
        super().__init__(wording.message.format(detail=detail))
        self.wording = wording
        self.code = code
        self.subcode = subcode
        self.detail = detail
        self.product = product
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        return 429 if self.retry_after else self.wording.status

    def as_json(self, trace_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": str(self), "type": self.wording.kind, "code": self.code}
        if self.product and self.detail:
            error["error_data"] = {"messaging_product": self.product, "details": self.detail}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.wording.transient:
            error["is_transient"] = True
        return {"error": error | {"fbtrace_id": trace_id}}


# By code and subcode; what both platforms answer alike.
GENERAL: Final[Mapping[tuple[int, int], Wording]] = {
    (UNKNOWN, 0): Wording(500, "An unknown error occurred", transient=True),
    (SERVICE, 0): Wording(503, "(#2) Service temporarily unavailable", transient=True),
    (TOO_MANY_CALLS, 0): Wording(400, "(#4) Application request limit reached", transient=True),
    (PARAMETER, 0): Wording(400, "(#100) {detail}"),
    (PARAMETER, NO_SUCH_OBJECT): Wording(
        400,
        "Unsupported request. Object with ID '{detail}' does not exist, cannot be loaded due to missing permissions, "
        "or does not support this operation",
        "GraphMethodException",
    ),
    (TOKEN, 0): Wording(401, "Invalid OAuth access token - Cannot parse access token"),
    (CALLBACK, 0): Wording(400, "(#2200) Callback verification failed with the following errors: {detail}"),
    (PATH, 0): Wording(400, "Unknown path components: {detail}"),
}


def refuse(code: int, detail: str = "", subcode: int = 0) -> Refusal:
    return Refusal(GENERAL[code, subcode], code, detail, subcode=subcode)
