"""The flows that this process runs: the current release, with every revision that somebody still stands on.

What cannot be run changes nothing: the flows of before keep running. A swap is one reference; no turn waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import asyncpg
import structlog

from app.flow_folder import FlowsRefused, WrittenFlows
from core.bank_api.contracts import Declaration
from core.dialog.compiler import Compilation
from core.dialog.problems import FlowProblem
from core.dialog.program import Program, ProgramSet
from core.dialog.session import Session
from core.dialog.signatures import Catalogue, Signature, build_catalogue
from core.kernel.errors import TellerError, where
from core.messages.store import StoreUnavailable, database_failed
from core.messages.turn import NotReady
from core.publishing.candidate import candidate_of
from core.publishing.running import compile_release, compile_revisions
from core.publishing.schema import Current, Kind, NothingPublished, Published, ReleaseMoved
from core.publishing.service import Publishing
from core.publishing.store import TOPIC

_LOOK_AT_FOLDER_S: Final = 1.0
_LOOK_AT_RELEASE_S: Final = 10.0
_MOST_KEPT: Final = 500
_MOST_GONE: Final = 10_000
_log = structlog.get_logger("teller.flows")

Sleep = Callable[[float], Awaitable[None]]
Connect = Callable[[], Awaitable[asyncpg.Connection]]


class ReleaseNotRunnable(TellerError):
    """A conversation stands on flows of a release that this program is too old for; another process can go on."""

    code = "release_not_runnable"
    http_status = 503
    retryable = True


class FlowLibrary:
    """`start` before anything else. `release` is the number of the release that runs here; `refused` that of a newer
    one that this program cannot run, 0 if there is none, and `refusal` why."""

    def __init__(self, written: WrittenFlows, publishing: Publishing, signatures: tuple[Signature, ...]) -> None:
        self._written = written
        self._publishing = publishing
        self._catalogue = build_catalogue(signatures)
        self._programs: ProgramSet | None = None
        self._problems: tuple[FlowProblem, ...] = ()
        self._gone: dict[str, None] = {}
        self._to_wake: set[str] = set()
        self._changing = asyncio.Lock()
        self._news = asyncio.Event()
        self.release = 0
        self.refused = 0
        self.refusal = ""

    @property
    def programs(self) -> ProgramSet:
        if self._programs is None:
            raise NothingPublished("the library was not started")
        return self._programs

    async def start(self, *, watch: bool = False) -> None:
        """Load the current release; where nothing was ever published, the folder becomes the first release.

        `watch`: the folder is published also where it differs from the current release. Raises FlowsRefused.
        """
        current = await self._publishing.current()
        if not current.number:
            await self._publish_folder("start", expected=0)
        elif watch:
            await self.publish_folder()
        await self.refresh()
        if self._programs is None:
            raise FlowsRefused(self._problems)

    # Turns.

    def need(self, session: Session) -> None:
        """Raises NotReady when the session stands on a revision that is not in memory and may be had."""
        revisions = self.programs.revisions
        frames = session.stack if session.person is None else [*session.stack, *session.person.frames]
        for frame in frames:
            if frame.rev not in revisions and frame.rev not in self._gone:
                raise NotReady(partial(self._bring, [frame.rev for frame in frames]))

    async def _bring(self, hashes: list[str]) -> None:
        """A newer release, if there is one, and these revisions. Raises StoreUnavailable, ReleaseNotRunnable."""
        try:
            await self.refresh()
            async with self._changing:
                await self._load([digest for digest in hashes if digest not in self.programs.revisions])
        except Exception as error:
            if database_failed(error):
                raise StoreUnavailable(f"flows not read: {type(error).__name__}") from error
            raise

    async def _load(self, hashes: list[str]) -> None:
        if not hashes:
            return
        if self.refused:
            newer = await self._publishing.release(self.refused)
            if set(hashes) & set(newer.release.manifest.values()):
                raise ReleaseNotRunnable(f"release {self.refused} cannot be run by this program")
        found = await self._compiled(hashes, self.programs.flows)
        for digest in hashes:
            if digest not in found:
                self._gone[digest] = None
        while len(self._gone) > _MOST_GONE:
            del self._gone[next(iter(self._gone))]
        self._programs = self.programs.keeping({**self.programs.revisions, **found}, self.programs.retired)

    # Releases.

    async def refresh(self) -> None:
        """Run what is published now. A release that this program cannot run leaves the one of before."""
        async with self._changing:
            current = await self._publishing.current()
            if current.number not in (self.release, self.refused, 0):
                await self._switch(await self._publishing.release())
            self._retire(current)
        if self._to_wake:
            waking = frozenset(self._to_wake)
            people = await self._publishing.wake(waking)
            self._to_wake -= waking
            _log.info("flows_retired", revisions=len(waking), people=people)

    async def serve(self, connect: Connect, every_s: float = _LOOK_AT_RELEASE_S) -> None:
        """Follow what is published, for ever: at once when PostgreSQL tells, and otherwise every few seconds."""
        listener: asyncpg.Connection | None = None
        try:
            while True:
                try:
                    if listener is None or listener.is_closed():
                        listener = await connect()
                        listener.add_termination_listener(self._on_news)
                        await listener.add_listener(TOPIC, self._on_news)
                    await self.refresh()
                except Exception as error:
                    # The flows of before go on; the next look sees what became of it.
                    _log.error("release_not_read", error=type(error).__name__, where=where(error))
                try:
                    async with asyncio.timeout(every_s):
                        await self._news.wait()
                except TimeoutError:
                    pass
                self._news.clear()
        finally:
            if listener is not None:
                listener.terminate()

    def _on_news(self, *about: object) -> None:
        self._news.set()

    async def _switch(self, published: Published) -> None:
        number = published.release.number
        programs, errors = await asyncio.to_thread(_compiled_release, published, self._catalogue)
        if programs is None:
            self._refuse(number, errors)
            return
        kept = await self._kept(programs)
        retired = self._programs.retired if self._programs is not None else frozenset()
        left = list(self._programs.revisions.values()) if self._programs is not None else []
        self._programs = programs.keeping(kept, retired)
        self._gone.clear()
        self.release, self.refused, self.refusal = number, 0, ""
        _log.info("flows_loaded", release=number, flows=len(self._programs.flows), kept=len(kept))
        await asyncio.to_thread(_let_go, left)

    async def _kept(self, programs: ProgramSet) -> Mapping[str, Program]:
        """The revisions that somebody stands on, and the ones of before that somebody may be entering just now."""
        before = dict(self._programs.revisions) if self._programs is not None else {}
        needed = {one.revision for one in await self._publishing.standing()}
        missing = [digest for digest in needed if digest not in programs.revisions and digest not in before]
        rest = [digest for digest in before if digest not in needed]
        for digest in rest[: max(0, len(rest) - _MOST_KEPT)]:
            del before[digest]
        return before | await self._compiled(missing, programs.flows)

    async def _compiled(self, hashes: Iterable[str], flows: Mapping[str, Program]) -> dict[str, Program]:
        revisions = await self._publishing.revisions(hashes)
        kept = await asyncio.to_thread(compile_revisions, revisions, self._catalogue, flows)
        for digest, problem in kept.refused.items():
            _log.error("revision_not_runnable", revision=digest, problem=str(problem))
        return dict(kept.programs)

    def _retire(self, current: Current) -> None:
        """From now on these end their conversations. Whoever has had a turn here before has it once more."""
        if self._programs is not None and current.retired != self._programs.retired:
            self._to_wake |= current.retired - self._programs.retired
            self._programs = self._programs.keeping(self._programs.revisions, current.retired)

    def _refuse(self, number: int, errors: tuple[FlowProblem, ...]) -> None:
        self._problems = errors
        self.refused, self.refusal = number, str(errors[0])
        _log.error("release_not_runnable", release=number, running=self.release, errors=len(errors))
        for problem in errors[:20]:
            _log.error("flow_refused", problem=str(problem))

    # The folder.

    async def watch(self, sleep: Sleep = asyncio.sleep) -> None:
        """Publish the folder whenever its files change, for ever; a half-written file is simply refused until it is
        whole."""
        while True:
            await sleep(_LOOK_AT_FOLDER_S)
            try:
                if await asyncio.to_thread(self._written.changed):
                    await self.publish_folder()
                    await self.refresh()
            except Exception as error:
                # A file that goes while it is read, for one; the next look sees what became of it.
                _log.error("flows_not_read", error=type(error).__name__, where=where(error))

    async def publish_folder(self) -> Compilation:
        """The folder as a new release, if it differs from the current one. With errors nothing changes and the errors
        are in the result and in the log."""
        current = await self._publishing.current()
        return await self._publish_folder("watch", expected=current.number)

    async def _publish_folder(self, kind: Kind, expected: int) -> Compilation:
        compilation = await asyncio.to_thread(self._written.compile)
        if compilation.programs is None:
            for problem in compilation.errors:
                _log.error("flow_refused", problem=str(problem))
            if kind == "start":
                raise FlowsRefused(compilation.errors)
            return compilation
        candidate = candidate_of(compilation)
        if expected and await self._is_published(candidate.manifest, candidate.engine_hash):
            return compilation
        try:
            # People on a step that is gone are told so: whoever watches a folder is trying things out.
            await self._publishing.publish(
                candidate, compilation.programs.flows, by="teller", expected=expected, kind=kind, strand=True,
                note=f"the folder {self._written.folder.name}",
            )  # fmt: skip
        except ReleaseMoved:
            _log.info("folder_published_elsewhere")
        return compilation

    async def _is_published(self, manifest: Mapping[str, str], engine_hash: str) -> bool:
        release = (await self._publishing.release()).release
        return release.manifest == manifest and release.engine_hash == engine_hash


def _compiled_release(
    published: Published, catalogue: Catalogue
) -> tuple[ProgramSet | None, tuple[FlowProblem, ...]]:  # fmt: skip
    """The programs and the errors; everything else that compiling makes stays in the thread that it is done in."""
    compilation = compile_release(published, catalogue)
    programs, errors, flows = compilation.programs, compilation.errors, compilation.folder.flows
    del compilation
    _let_go([flows.pop(name) for name in list(flows)])
    return programs, errors


def _let_go(left: list[Any]) -> None:
    """One after the other: hundreds of flows freed in one go would hold every thread for a tenth of a second."""
    while left:
        left.pop()


def signatures_of(declarations: Iterable[Declaration]) -> tuple[Signature, ...]:
    """The catalogue's declarations as the flow language reads them."""
    return tuple(
        Signature(
            name=declared.name, about=declared.about, params=declared.params, returns=declared.returns,
            effect=declared.effect, arms=declared.arms, settles=declared.settles, grants=declared.grants,
        )
        for declared in declarations
    )  # fmt: skip
