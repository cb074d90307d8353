"""The YAML of a template, with the line of every value for faults that show up only later."""

from __future__ import annotations

from dataclasses import dataclass

from core.kernel.strict_yaml import Reading, Source
from imagegen.errors import Problem, TemplateError


@dataclass(frozen=True)
class TemplateSource:
    """A template as it was written; errors point into it."""

    yaml: Source

    def line(self, *place: str | int) -> int:
        """The line of the deepest part of the place that was written; parts that were not are skipped."""
        return self.yaml.key_mark(self.yaml.written(place)).line

    def error(self, sentence: str, *place: str | int) -> TemplateError:
        return TemplateError.at(self.yaml.file, self.line(*place), sentence)


def accepted(reading: Reading) -> TemplateSource:
    """Raises TemplateError with every problem of the reading."""
    if reading.source is None or reading.problems:
        raise TemplateError([Problem(one.mark.file, one.mark.line, one.sentence) for one in reading.problems])
    return TemplateSource(reading.source)
