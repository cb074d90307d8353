"""The YAML of a flow, its texts or its tests; what is wrong with it joins the problems of the flow."""

from __future__ import annotations

from pathlib import Path

from core.dialog.problems import Problems
from core.kernel.strict_yaml import Reading, Source, read_yaml, read_yaml_file


def read_source(content: bytes | str, file: str, problems: Problems) -> Source | None:
    """The content as plain data with marks; None after a problem that ends the reading, which is then in `problems`."""
    return _reported(read_yaml(content, file), problems)


def read_source_file(path: Path, problems: Problems) -> Source | None:
    """The same for a file; one that cannot be opened is a problem, too."""
    return _reported(read_yaml_file(path, str(path)), problems)


def _reported(reading: Reading, problems: Problems) -> Source | None:
    for problem in reading.problems:
        problems.error(problem.code, problem.mark, problem.sentence, problem.fix)
    return reading.source
