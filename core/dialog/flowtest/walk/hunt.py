"""Walking about in conversations by chance, from a seed: what must not be, in its shortest form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.walk.customer import Line, next_line
from core.dialog.flowtest.walk.path import Path, Walked, Walker, walk_again
from core.dialog.program import Program, ProgramSet

MOST_LINES: Final = 30
MOST_FINDINGS: Final = 5
MOST_TRIES: Final = 400
_KNOWN: Final = {"customer": "anna", "name": "Anna", "auth": "otp"}


@dataclass(frozen=True, slots=True)
class Hunt:
    """`turns`: how many turns of the engine were made in how many `walks`. `found`: shrunk, one for each kind of
    finding and flow."""

    turns: int
    walks: int
    found: tuple[Walked, ...]


def hunt(programs: ProgramSet, look: Look, *, turns: int, seed: int, flow: str = "") -> Hunt:
    """Walks of at most 30 lines, from the beginning of the flow or of each in turn, until the turns are used up.

    The same seed finds the same. Raises `KeyError` for a flow that is not there.
    """
    flows = [programs.flows[flow]] if flow else list(programs.flows.values())
    found: dict[tuple[str, str], Walked] = {}
    made = walks = 0
    while made < turns and len(found) < MOST_FINDINGS:
        # A walk must be the same again wherever the seed comes from: this is chance for tests, not for secrets.
        chance = Random(f"{seed}/{walks}")  # noqa: S311
        walked = _walk(programs, look, flows[walks % len(flows)], chance)
        walks += 1
        made += max(walked.turns, 1)
        if walked.finding is not None:
            key = (walked.finding.rule, walked.path.flow)
            if key not in found:
                found[key] = shrunk(programs, look, walked)
    return Hunt(made, walks, tuple(found.values()))


def _walk(programs: ProgramSet, look: Look, flow: Program, chance: Random) -> Walked:
    given, first = _beginning(flow, chance)
    walker = Walker(programs, look, Path(flow.name, chance.choice(("uk", "uk", "ru", "be", "en")), given), chance)
    mood = chance.choice((0.15, 1.0))
    for number in range(chance.randint(3, MOST_LINES)):
        if walker.finding is not None:
            break
        walker.step(first if number == 0 and first is not None else next_line(walker.world, programs, chance, mood))
    return walker.finish()


def _beginning(flow: Program, chance: Random) -> tuple[dict[str, Any], Line | None]:
    """Who is there, and how the flow begins: as customers begin it, or at its first step where they cannot."""
    given: dict[str, Any] = dict(_KNOWN) if chance.random() < 0.7 else {}
    ways: list[Line] = [{"me": phrase} for phrase in flow.entry.phrases[:20]]
    if flow.entry.command:
        ways.append({"me": f"/{flow.entry.command}"})
    if flow.entry.link:
        ways.append({"start": flow.entry.link})
    if flow.entry.start:
        ways.append({"start": ""})
    if ways:
        return given, chance.choice(ways)
    return {**given, "at": flow.first}, None


def shrunk(programs: ProgramSet, look: Look, walked: Walked) -> Walked:
    """The shortest conversation that still finds the same, as far as 400 tries come."""
    best = walk_again(programs, look, walked.path)
    if not _same(best, walked):
        # Only by chance does the rest go so; the walk is told as it was.
        return walked
    tries = 0
    smaller = True
    while smaller and tries < MOST_TRIES:
        smaller = False
        for path in _smaller(best.path):
            tries += 1
            again = walk_again(programs, look, path)
            if _same(again, walked):
                best, smaller = again, True
                break
            if tries >= MOST_TRIES:
                break
    return best


def _same(one: Walked, other: Walked) -> bool:
    return one.finding is not None and other.finding is not None and one.finding.rule == other.finding.rule


def _smaller(path: Path) -> Iterator[Path]:
    """With fewer lines, half of them first, then with fewer and plainer answers, then with less given."""
    lines = list(path.lines)
    size = len(lines) // 2
    while size:
        for start in range(0, len(lines), size):
            yield replace(path, lines=[*lines[:start], *lines[start + size :]])
        size //= 2
    for operation, answers in path.answers.items():
        for place, answer in enumerate(answers):
            without = [*answers[:place], *answers[place + 1 :]]
            yield replace(path, answers={**path.answers, operation: without})
            for number in range(len(lines)):
                yield replace(
                    path,
                    lines=[*lines[:number], *lines[number + 1 :]],
                    answers={**path.answers, operation: without},
                )
            yield from (
                replace(path, answers={**path.answers, operation: [*answers[:place], plainer, *answers[place + 1 :]]})
                for plainer in _plainer(answer)
            )
    for key in path.given:
        if key not in ("customer", "at"):
            yield replace(path, given={name: value for name, value in path.given.items() if name != key})


def _plainer(answer: Any) -> Iterator[Any]:
    if not isinstance(answer, dict):
        return
    for key in ("after", "times", "reason"):
        if key in answer:
            yield {name: value for name, value in answer.items() if name != key}
    if set(answer) == {"arm"}:
        yield answer["arm"]
