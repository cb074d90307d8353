"""A recorded talk as a flow test: what the customer did, what the bank answered, and what the bot said, to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from core.dialog.contracts import InboundEvent, Send
from core.dialog.program import ProgramSet
from core.dialog.recording.row import Row
from core.dialog.recording.stand_ins import NAME
from core.dialog.replay.as_lines import bank_line, customer_line, length, value_text
from core.dialog.replay.compare import compare
from core.dialog.replay.player import Player, Step, Unrecorded, ready
from core.dialog.replay.talks import Talk
from core.dialog.schema import OUTCOMES
from core.dialog.signatures import spoken

_WORTH_MS: Final = 30_000
_SYSTEM: Final = "/system/"
_ENGINE: Final = frozenset(("did_you_mean",))


@dataclass(slots=True)
class Draft:
    """`flow` is the flow in whose `<flow>.test.yaml` the test belongs. `doubts`: what of the talk a test cannot say."""

    flow: str
    test: dict[str, Any]
    doubts: list[str] = field(default_factory=list)

    def as_yaml(self) -> str:
        """The test as it is written into the file."""
        return yaml.safe_dump([self.test], allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)


def as_test(talk: Talk, programs: ProgramSet, name: str) -> Draft:
    """The talk as a test of these flows, which are those that it was recorded with, or play it the same way."""
    draft = Draft(main_flow(talk, programs), {})
    verdict = compare(talk, ready(programs))
    if verdict.unknown or verdict.parting is not None:
        where = f" from {verdict.parting.at} on" if verdict.parting is not None else f": {verdict.unknown}"
        draft.doubts.append(f"in these flows the conversation goes another way{where}")
    lines = list(_Lines(talk, programs, draft.doubts).lines())
    given = _given(talk)
    if given:
        lines = [*_age(talk), *lines]
    rows = [recorded.row for recorded in talk.rows]
    draft.test = {
        "test": name,
        "channel": talk.conversation.partition(":")[0],
        "lang": talk.given.lang,
        **({"given": given} if given else {}),
        **({"bank": bank} if (bank := _bank(rows, programs)) else {}),
        "talk": lines,
        **({"then": then} if (then := _then(rows, draft.flow)) else {}),
    }
    return draft


def main_flow(talk: Talk, programs: ProgramSet) -> str:
    """The flow that the talk is about: the one that moved money, or the one with the most steps; the bank's before
    those of the engine."""
    steps: Counter[str] = Counter()
    for recorded in talk.rows:
        for call in recorded.row.calls:
            if call.step:
                return call.step.partition(".")[0]
        steps.update(entered.partition(".")[0] for entered in recorded.row.path)
    ranked = sorted(steps, key=lambda flow: (_is_system(flow, programs), -steps[flow]))
    return ranked[0] if ranked else ""


def _is_system(flow: str, programs: ProgramSet) -> bool:
    program = programs.flows.get(flow)
    return flow in _ENGINE or program is None or _SYSTEM in f"/{program.file}"


def _given(talk: Talk) -> dict[str, Any]:
    given = talk.given
    if not given.greeted:
        return {}
    level = given.auth[0] if given.auth is not None else "none"
    return {
        "customer": "customer1" if given.customer else "",
        "auth": level,
        "name": NAME if given.named else "",
    }


def _age(talk: Talk) -> Iterator[dict[str, Any]]:
    """How long ago the customer had been proven to be who they are."""
    auth = talk.given.auth
    old = talk.rows[0].at - auth[1] if auth is not None else 0
    if old >= _WORTH_MS:
        yield {"after": length(old)}


def _bank(rows: list[Row], programs: ProgramSet) -> dict[str, Any]:
    """The answers by operation, in the order of the calls; a call that was never answered is one without an outcome."""
    results = {row.call: row for row in reversed(rows) if row.event == "result"}
    answers: dict[str, list[Any]] = {}
    for row in rows:
        for call in row.calls:
            name = spoken(call.op)
            answers.setdefault(name, []).append(_answer(results.get(call.id), name, programs))
    # The same answer every time is one answer, which serves any number of calls.
    return {name: found[0] if all(one == found[0] for one in found) else found for name, found in answers.items()}


def _answer(row: Row | None, name: str, programs: ProgramSet) -> Any:
    operation = programs.operations.get(name)
    if row is None or operation is None:
        return "unknown"
    if row.arm != "ok":
        return {"arm": row.arm, "reason": row.reason} if row.reason else row.arm
    types = operation.returns
    return {key: value_text(value, types[key]) for key, value in row.data.items() if key in types} or "ok"


def _then(rows: list[Row], flow: str) -> dict[str, Any]:
    calls = Counter(spoken(call.op) for row in rows for call in row.calls)
    ends = [end.partition(":")[2] for row in rows for end in row.ends if end.startswith(f"{flow}:")]
    then: dict[str, Any] = {"calls": dict(calls)} if calls else {}
    if ends and ends[-1] in OUTCOMES:
        then["end"] = ends[-1]
    return then


class _Lines:
    """The talk line by line; what the bot says is looked up by playing it."""

    def __init__(self, talk: Talk, programs: ProgramSet, doubts: list[str]) -> None:
        self._talk = talk
        self._programs = programs
        self._doubts = doubts
        self._calls = {call.id: call.step for recorded in talk.rows for call in recorded.row.calls}

    def lines(self) -> Iterator[dict[str, Any]]:
        last = self._talk.rows[0].at
        for step in self._steps():
            recorded = step.recorded
            line = self._line(step, recorded.row) if recorded is not None else None
            if line is not None and recorded is not None:
                gap = recorded.at - last
                if "timer" not in line and gap >= _WORTH_MS:
                    yield {"after": length(gap)}
                yield line
            if recorded is not None:
                last = recorded.at
            if line is not None or recorded is None or recorded.row.event == "result":
                yield from _said(step)

    def _steps(self) -> Iterator[Step]:
        try:
            yield from Player(ready(self._programs), self._talk).steps()
        except Unrecorded:
            return

    def _line(self, step: Step, row: Row) -> dict[str, Any] | None:
        """None for what happens by itself in a test, or changes nothing."""
        if row.event == "result":
            return None
        if row.event == "timer":
            return {"timer": "fires"}
        if row.event == "ticket":
            return {"person": "done"}
        if row.event == "bank":
            return bank_line(row, self._calls, self._programs, self._doubts)
        event = step.event
        if not isinstance(event, InboundEvent):
            self._doubts.append(f"a test has no line for the event '{row.event}'")
            return None
        if row.quiet or "old button" in row.notes or _is_busy(step, row):
            return None
        return customer_line(step, event, row, self._programs, self._doubts)


def _is_busy(step: Step, row: Row) -> bool:
    """The bank was being asked, so nothing came of it; in a test the bank answers at once."""
    wait = step.before.wait
    return wait is not None and bool(wait.call) and not (row.path or row.arms or row.began)


def _said(step: Step) -> Iterator[dict[str, Any]]:
    """What the bot said in the turn, message by message, each by its step."""
    for effect, steps in zip(step.turned.effects, step.turned.said_by, strict=True):
        if isinstance(effect, Send) and steps[-1]:
            found = {"step": steps[-1].rpartition(".")[2]}
            if effect.message.picture is not None:
                found["image"] = effect.message.picture.template
            yield {"bot": found}
