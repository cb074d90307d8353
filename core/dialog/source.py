"""The YAML of a flow, its texts or its tests; what is wrong with it joins the problems of the flow."""

from __future__ import annotations

from core.dialog.problems import Problems
from core.kernel.strict_yaml import Source, read_yaml


def read_source(content: bytes | str, file: str, problems: Problems) -> Source | None:
    """The content as plain data with marks; None after a problem that ends the reading, which is then in `problems`."""
    reading = read_yaml(content, file)
    for problem in reading.problems:
        problems.error(problem.code, problem.mark, problem.sentence, problem.fix)
    return reading.source
