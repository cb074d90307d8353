"""The typed errors of the language and of the running engine. None of them holds a value that a customer typed."""

from __future__ import annotations

from core.kernel.errors import TellerError


class DialogError(TellerError):
    """A flow could not go on; the session is left as it was before the step."""

    code = "dialog"


class RunawayFlow(DialogError):
    """A turn ran more steps than any conversation needs; the flow goes round without waiting."""

    code = "flow_runaway"


class FlowMissing(DialogError):
    """A flow, step or text that the engine needs is not in the published set."""

    code = "flow_missing"


class NoConversation(DialogError):
    """The first event of a conversation must come from a messenger; anything else names no conversation."""

    code = "conversation_missing"
    http_status = 404


class LanguageError(TellerError):
    """Something written in a flow cannot be read, does not fit its types, or met a value that is not there.

    `column` counts characters from 1; 0 means the whole of it. The message never holds a slot's value.
    """

    http_status = 422

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message, column=column)
        self.message = message
        self.column = column
