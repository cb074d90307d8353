"""The folder in which flows are written: compiled when asked, and looked at for changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.dialog.compiler import Compilation, compile_folder
from core.dialog.problems import FlowProblem
from core.dialog.program import ProgramSet
from core.dialog.signatures import Signature
from core.kernel.errors import TellerError


class FlowsRefused(TellerError):
    """Flows have errors; the message lists each with file, line and a sentence."""

    code = "flows_refused"

    def __init__(self, problems: Iterable[FlowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class WrittenFlows:
    """`changed` tells once for each change of a file; `compile` reads whatever is there now."""

    def __init__(self, folder: Path, signatures: tuple[Signature, ...]) -> None:
        self.folder = folder
        self._signatures = signatures
        self._seen = self._stamp()

    def compile(self) -> Compilation:
        return compile_folder(self.folder, self._signatures)

    def programs(self) -> ProgramSet:
        """The flows that are written there now. Raises FlowsRefused."""
        compilation = self.compile()
        if compilation.programs is None:
            raise FlowsRefused(compilation.errors)
        return compilation.programs

    def changed(self) -> bool:
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        return True

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        files = sorted(self.folder.rglob("*.yaml"))
        return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file in files if (stat := file.stat()))
