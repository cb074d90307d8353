"""From YAML files to bank systems; a wrong file is refused with `file:line:` and a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from core.bank_api.errors import SystemFileError
from core.bank_api.systems.model import RestSystem, SoapSystem, System
from core.kernel.strict_yaml import Mark, Source, read_yaml_file

SHIPPED: Final = Path(__file__).parent

_PROTOCOLS: Final[dict[str, type[SoapSystem] | type[RestSystem]]] = {"soap": SoapSystem, "rest": RestSystem}


def load_systems(directory: Path = SHIPPED) -> dict[str, System]:
    """Every `*.yaml` of the directory, by the code of its system. Raises `SystemFileError` for the first wrong one."""
    systems: dict[str, System] = {}
    for path in sorted(directory.glob("*.yaml")):
        system = load_system(path)
        if system.system in systems:
            raise SystemFileError(f"{path}:1: the system {system.system} is described by another file, too")
        systems[system.system] = system
    if not systems:
        raise SystemFileError(f"{directory}:1: no bank system is described here")
    return systems


def load_system(path: Path) -> System:
    """Raises `SystemFileError`."""
    source = _source(path)
    model = _PROTOCOLS.get(str(source.data.get("protocol")))
    if model is None:
        raise _error(source.key_mark(("protocol",)), f"`protocol` must be one of {', '.join(_PROTOCOLS)}")
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise _error(source.key_mark(first["loc"]), f"{place}: {first['msg']}") from None


def _source(path: Path) -> Source:
    reading = read_yaml_file(path, str(path))
    if reading.source is None or reading.problems:
        problem = reading.problems[0]
        raise _error(problem.mark, problem.sentence)
    if not isinstance(reading.source.data, dict):
        raise _error(reading.source.mark(()), "expected a mapping")
    return reading.source


def _error(mark: Mark, sentence: str) -> SystemFileError:
    return SystemFileError(f"{mark.file}:{mark.line}: {sentence}")
