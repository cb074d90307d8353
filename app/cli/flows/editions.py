"""A folder or a release, as the commands name it, read and compiled for comparing and publishing."""

from __future__ import annotations

from pathlib import Path

from app.cli.flows.shared import flows_folder
from app.declarations import catalogue_signatures
from core.dialog.changes.model import Edition, edition_of
from core.dialog.compiler import Compilation, compile_folder
from core.dialog.loader import load_folder
from core.dialog.signatures import build_catalogue
from core.kernel.errors import ConfigurationError
from core.publishing.candidate import folder_of
from core.publishing.running import compile_release
from core.publishing.schema import Published
from core.publishing.service import Publishing

NOTHING = Edition({}, {})


def is_release(name: str) -> bool:
    """Whether the name is a release's number and not a folder's."""
    return name.isdecimal() and not Path(name).is_dir()


def edition_of_folder(name: str) -> Edition:
    path = flows_folder(Path(name) if name else None)
    if not path.is_dir():
        raise ConfigurationError(f"there is no folder {path} and no release of that number")
    return edition_of(load_folder(path))


async def edition_of_release(publishing: Publishing, number: int | None) -> tuple[Edition, str]:
    """The edition and what it is called; an empty one where nothing is published. Raises ReleaseUnknown."""
    current = (await publishing.current()).number
    if number is None and not current:
        return NOTHING, "nothing"
    published = await publishing.release(number)
    return edition_of(folder_of(published)), f"release {published.release.number}"


def compiled_folder(folder: Path | None) -> Compilation:
    return compile_folder(flows_folder(folder), catalogue_signatures())


def compiled_release(published: Published) -> Compilation:
    return compile_release(published, build_catalogue(catalogue_signatures()))
