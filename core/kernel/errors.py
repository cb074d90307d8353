"""The root of every error Teller raises on purpose."""

from __future__ import annotations

import traceback
from typing import Any, ClassVar


class TellerError(Exception):
    """An error with a stable code, an HTTP status and a text id for translation.

    `detail` names what went wrong and where, for engineers; a customer reads the text of `text_id`.
    """

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, **context: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context = context

    @property
    def text_id(self) -> str:
        return f"error.{self.code}"


class ConfigurationError(TellerError):
    """A setting is missing or contradicts another; the message says which and what to write."""

    code = "configuration"


class ValidationFailed(TellerError):
    """A value from outside does not have the form it must have."""

    code = "validation_failed"
    http_status = 400


def where(error: BaseException) -> list[str]:
    """The way to an unexpected error, as `file:line function`, innermost last. Never its message or any value:
    a database driver's message, for one, holds the row it could not write."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
