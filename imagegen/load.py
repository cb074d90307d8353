"""A template file becomes a checked Template, or a TemplateError with file, line and a sentence for each fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.kernel.errors import ConfigurationError
from core.kernel.strict_yaml import read_yaml, read_yaml_file
from imagegen.checks import faults
from imagegen.errors import Problem, TemplateError
from imagegen.source import TemplateSource, accepted
from imagegen.template import Template

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class LoadedTemplate:
    """A checked template under the name of its file, with the source for errors that show up later."""

    name: str
    template: Template
    source: TemplateSource


def load_template(path: Path) -> LoadedTemplate:
    """Raises TemplateError with every fault found."""
    return _checked(path.stem, accepted(read_yaml_file(path, path.name)))


def parse_template(name: str, text: str, file: str) -> LoadedTemplate:
    """The same for a text that is already read; `file` is what errors show."""
    return _checked(name, accepted(read_yaml(text, file)))


def _checked(name: str, source: TemplateSource) -> LoadedTemplate:
    file = source.yaml.file
    try:
        template = Template.model_validate(source.yaml.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise TemplateError([Problem(file, source.line(*item["loc"]), _sentence(item)) for item in details]) from error
    problems = [Problem(file, source.line(*place), sentence) for place, sentence in faults(template)]
    if problems:
        raise TemplateError(problems)
    return LoadedTemplate(name, template, source)


def _sentence(item: ErrorDetails) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "the template"
    key = item["loc"][-1] if item["loc"] else ""
    match item["type"]:
        case "union_tag_invalid":
            return f"unknown layer kind '{item['ctx']['tag']}'; the kinds are {item['ctx']['expected_tags']}"
        case "union_tag_not_found":
            return "the layer does not say its kind:"
        case "extra_forbidden":
            return f"the key '{key}' is not known here"
        case "missing":
            return f"the key '{key}' is missing"
        case "value_error":
            return str(item["ctx"]["error"])
        case _:
            return f"{where}: {item['msg']}"


def load_folder(folder: Path) -> list[LoadedTemplate]:
    """Every `*.yaml` of the folder, by name.

    Raises TemplateError with the faults of all of them together, ConfigurationError if there is none.
    """
    loaded: list[LoadedTemplate] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            loaded.append(load_template(path))
        except TemplateError as error:
            problems.extend(error.problems)
    if problems:
        raise TemplateError(problems)
    if not loaded:
        raise ConfigurationError(f"the folder {folder} has no templates (*.yaml)")
    return loaded
