"""The flows that run now. A folder that does not compile changes nothing: the flows of before keep running."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final

import structlog

from core.bank_api.contracts import Declaration
from core.dialog.compiler import Compilation, compile_folder
from core.dialog.problems import FlowProblem
from core.dialog.program import ProgramSet
from core.dialog.signatures import Signature
from core.kernel.errors import TellerError, where

_LOOK_EVERY_S: Final = 1.0
_log = structlog.get_logger("teller.flows")


class FlowsRefused(TellerError):
    """The folder has errors; the message lists each with file, line and a sentence."""

    code = "flows_refused"

    def __init__(self, problems: Iterable[FlowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FlowLibrary:
    """Compiles the folder, and again when its files change."""

    def __init__(self, folder: Path, signatures: tuple[Signature, ...]) -> None:
        self._folder = folder
        self._signatures = signatures
        self._seen = self._stamp()
        self._programs = self._checked()

    @property
    def programs(self) -> ProgramSet:
        return self._programs

    def reload(self) -> Compilation:
        """Compile now. With errors the running flows stay and the errors are in the result and in the log."""
        compilation = compile_folder(self._folder, self._signatures)
        if compilation.programs is None:
            for problem in compilation.errors:
                _log.error("flow_refused", problem=str(problem))
            return compilation
        self._programs = compilation.programs.adopt(self._programs)
        _log.info("flows_loaded", flows=len(self._programs.flows))
        return compilation

    async def watch(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look for changed files for ever; a half-written file is simply refused until it is whole."""
        while True:
            await sleep(_LOOK_EVERY_S)
            try:
                await asyncio.to_thread(self._look)
            except Exception as error:
                # A file that goes while it is read, for one; the next look sees what became of it.
                _log.error("flows_not_read", error=type(error).__name__, where=where(error))

    def _look(self) -> None:
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self.reload()

    def _checked(self) -> ProgramSet:
        compilation = compile_folder(self._folder, self._signatures)
        if compilation.programs is None:
            raise FlowsRefused(compilation.errors)
        return compilation.programs

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        files = sorted(self._folder.rglob("*.yaml"))
        return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file in files if (stat := file.stat()))


def signatures_of(declarations: Iterable[Declaration]) -> tuple[Signature, ...]:
    """The catalogue's declarations as the flow language reads them."""
    return tuple(
        Signature(
            name=declared.name, about=declared.about, params=declared.params, returns=declared.returns,
            effect=declared.effect, arms=declared.arms, settles=declared.settles, grants=declared.grants,
        )
        for declared in declarations
    )  # fmt: skip
