"""WhatsApp's errors (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simulators.messengers.graph import refusal as graph
from simulators.messengers.graph.refusal import Refusal, Wording

PARAMETER: Final = graph.PARAMETER
RATE: Final = 130429
MISSING: Final = 131008
VALUE: Final = 131009
SAME_NUMBER: Final = 131021
UNDELIVERABLE: Final = 131026
WINDOW_CLOSED: Final = 131047
UPLOAD: Final = 131053
PAIR_RATE: Final = 131056
NEEDS_PHONE: Final = 131062
TEMPLATE_PARAMETERS: Final = 132000
NO_TEMPLATE: Final = 132001
TEMPLATE_TOO_LONG: Final = 132005
TEMPLATE_FORMAT: Final = 132012
TEMPLATE_PAUSED: Final = 132015
TEMPLATE_DISABLED: Final = 132016

# By code: HTTP status and title.
_TITLES: Final[Mapping[int, tuple[int, str]]] = {
    3: (500, "API Method"),
    10: (403, "Permission Denied"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    RATE: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    MISSING: (400, "Required parameter is missing"),
    VALUE: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    SAME_NUMBER: (400, "Recipient cannot be sender"),
    UNDELIVERABLE: (400, "Message undeliverable"),
    131031: (403, "Account has been locked"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    WINDOW_CLOSED: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages from this business"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    UPLOAD: (400, "Media upload error"),
    PAIR_RATE: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    NEEDS_PHONE: (400, "Business-scoped user ID cannot receive this message"),
    TEMPLATE_PARAMETERS: (400, "Number of parameters does not match the expected number of params"),
    NO_TEMPLATE: (404, "Template name does not exist in the translation"),
    TEMPLATE_TOO_LONG: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    TEMPLATE_FORMAT: (400, "Parameter format does not match format in the created template"),
    TEMPLATE_PAUSED: (400, "Template is paused"),
    TEMPLATE_DISABLED: (400, "Template is disabled"),
    132068: (400, "Flow is blocked"),
    132069: (400, "Flow is throttled"),
    133004: (503, "Server temporarily unavailable"),
    133010: (400, "Phone number not registered"),
}
_TRANSIENT: Final = frozenset({80007, RATE, 131000, 131016, PAIR_RATE, 131057, 133004})

WORDINGS: Final[Mapping[int, Wording]] = {
    0: Wording(401, "We were unable to authenticate the app user", "AuthException"),
    **{code: wording for (code, subcode), wording in graph.GENERAL.items() if not subcode},
    **{
        code: Wording(status, f"(#{code}) {title}", transient=code in _TRANSIENT)
        for code, (status, title) in _TITLES.items()
    },
}

_DETAILS: Final[Mapping[int, str]] = {
    UNDELIVERABLE: "Message Undeliverable.",
    WINDOW_CLOSED: "Message failed to send because more than 24 hours have passed since the customer last replied to "
    "this number.",
    RATE: "Cloud API message throughput has been reached.",
    PAIR_RATE: "Message failed to send because there were too many messages sent from this phone number to the same "
    "phone number in a short period of time.",
    SAME_NUMBER: "Sender and recipient phone number is the same.",
    NEEDS_PHONE: "Authentication messages need the recipient's phone number.",
}


def refuse(code: int, detail: str = "", *, subcode: int = 0, retry_after: int = 0) -> Refusal:
    """The refusal with this code; without `detail` with the usual one. Raises `KeyError` for an unknown code."""
    shown = detail or _DETAILS.get(code, "")
    return Refusal(WORDINGS[code], code, shown, subcode=subcode, product="whatsapp", retry_after=retry_after)


def late_error(code: int) -> dict[str, Any]:
    """The same as it stands in `errors` of a status or a webhook."""
    title = str(refuse(code)).removeprefix(f"(#{code}) ")
    error: dict[str, Any] = {"code": code, "title": title, "message": title}
    if code in _DETAILS:
        error["error_data"] = {"details": _DETAILS[code]}
    return error
