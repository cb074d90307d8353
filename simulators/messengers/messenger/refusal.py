"""Messenger's errors (developers.facebook.com/docs/messenger-platform/error-codes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulators.messengers.graph import refusal as graph
from simulators.messengers.graph.refusal import Refusal, Wording

PARAMETER: Final = graph.PARAMETER
PERMISSION: Final = 10
CALLS_RATE: Final = 613
TEMPORARY: Final = 1200
UNAVAILABLE: Final = 551

NO_SUCH_PERSON: Final = 2018001
FETCH_FAILED: Final = 2018008
ATTACHMENT_FAILED: Final = 2018047
NO_ATTACHMENT: Final = 2018074
NEEDS_GET_STARTED: Final = 2018145
WINDOW_CLOSED: Final = 2018278
OTHER_APP: Final = 2018300
PERSON_UNAVAILABLE: Final = 1545041

_SENT_OUTSIDE: Final = (
    "(#10) This message is sent outside of allowed window. Learn more about the new policy here: "
    "https://developers.facebook.com/docs/messenger-platform/policy-overview"
)

# By code and subcode.
WORDINGS: Final[Mapping[tuple[int, int], Wording]] = {
    **graph.GENERAL,
    (PARAMETER, NO_SUCH_PERSON): Wording(400, "(#100) No matching user found"),
    (PARAMETER, FETCH_FAILED): Wording(400, "(#100) Failed to fetch the file from the url"),
    (PARAMETER, ATTACHMENT_FAILED): Wording(400, "(#100) Upload attachment failure."),
    (PARAMETER, NO_ATTACHMENT): Wording(400, "(#100) Invalid attachment id"),
    (PARAMETER, 2018294): Wording(400, "(#100) Video upload timed out or video corrupted."),
    (PARAMETER, 2018218): Wording(400, "(#100) Profile of this user is not available."),
    (PARAMETER, NEEDS_GET_STARTED): Wording(
        400, "(#100) You must set a Get Started button if you also wish to use persistent menu"
    ),
    (PERMISSION, 0): Wording(403, "(#10) Application does not have permission for this action"),
    (PERMISSION, WINDOW_CLOSED): Wording(403, _SENT_OUTSIDE),
    (PERMISSION, OTHER_APP): Wording(
        403, "(#10) Message failed to send because another app is controlling this thread now."
    ),
    (PERMISSION, 1893063): Wording(403, "(#10) This Page is restricted from sending messages."),
    (17, 0): Wording(400, "(#17) User request limit reached", transient=True),
    (32, 0): Wording(400, "(#32) Page request limit reached", transient=True),
    (200, 0): Wording(403, "(#200) Permissions error"),
    (230, 0): Wording(403, "(#230) Permissions disallow message to user"),
    (368, 0): Wording(403, "(#368) The action attempted has been deemed abusive or is otherwise disallowed"),
    (UNAVAILABLE, 0): Wording(400, "(#551) This person isn't available right now."),
    (UNAVAILABLE, PERSON_UNAVAILABLE): Wording(400, "(#551) This person isn't available right now."),
    (CALLS_RATE, 0): Wording(400, "(#613) Calls to this api have exceeded the rate limit.", transient=True),
    (TEMPORARY, 0): Wording(400, "(#1200) Temporary send message failure. Please try again later.", transient=True),
}


def refuse(code: int, detail: str = "", *, subcode: int = 0, retry_after: int = 0) -> Refusal:
    """Raises `KeyError` for an unknown pair."""
    return Refusal(WORDINGS[code, subcode], code, detail, subcode=subcode, retry_after=retry_after)


def bad(detail: str) -> Refusal:
    return refuse(PARAMETER, detail)
