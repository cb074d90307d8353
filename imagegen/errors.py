"""What can go wrong with a picture. No error repeats a value: values are the customer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.kernel.errors import ConfigurationError, TellerError, ValidationFailed


@dataclass(frozen=True)
class Problem:
    """One fault of a template: file name, line counted from 1, and a sentence for its author."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class TemplateError(ConfigurationError):
    """Templates that cannot be used; `problems` has every fault found, the message shows one a line."""

    code = "template_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

    @classmethod
    def at(cls, file: str, line: int, sentence: str) -> TemplateError:
        return cls([Problem(file, line, sentence)])


class UnknownTemplate(TellerError):
    """No template of this name is in the folder."""

    code = "template_unknown"
    http_status = 404


class UnknownLanguage(ValidationFailed):
    """The template is not translated into this language."""

    code = "template_language_unknown"


class FieldMissing(ValidationFailed):
    """The data lack a field that the template declares."""

    code = "picture_field_missing"


class ValueRefused(ValidationFailed):
    """A value is no text, blank, too long, or does not fit its place even at the smallest size."""

    code = "picture_value_refused"


class StudioBusy(TellerError):
    """More pictures wait than may; nothing was drawn, another try later is right."""

    code = "picture_studio_busy"
    http_status = 503
    retryable = True
