"""Comparing what the bot said with what the test says, on the channel that the test runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.dialog.flowtest.looks import Shown, shown
from core.dialog.flowtest.model import BotModel, LookModel
from core.dialog.flowtest.talk import Unexpected, names_of, plain
from core.dialog.flowtest.universe import Said, Universe
from core.dialog.session import Option


@dataclass(frozen=True, slots=True)
class Met:
    """The message that stands for a `bot:` line. `complaint`: what is otherwise than wanted, or "". `offered`: the
    buttons under it, where they can still be pressed."""

    said: Said
    seen: Shown
    complaint: str
    offered: tuple[Option, ...]

    @property
    def step(self) -> str:
        """The step whose message it is, the last one of those in a bubble."""
        return self.said.steps[-1].rpartition(".")[2]


class Ear:
    """`heard`: how many of the bot's messages the test has looked at."""

    def __init__(self, world: Universe) -> None:
        self._world = world
        self.heard = 0

    def listen(self) -> None:
        """What was said before does not count for what comes next."""
        self.heard = len(self._world.trace.said)

    def meet(self, wanted: BotModel) -> Met | None:
        """The first message since the customer's last line that is as wanted; else the first one of the wanted step;
        else, with a complaint, the next one at all; None when the bot has said nothing more."""
        said = self._world.trace.said
        fits = [
            place
            for place in range(self.heard, len(said))
            if wanted.step is None or wanted.step in {step.rpartition(".")[2] for step in said[place].steps}
        ]
        metings = [(place, self._met(wanted, said[place])) for place in fits]
        place, met = next(
            ((place, met) for place, met in metings if not met.complaint), metings[-1] if fits else (0, None)
        )
        if met is not None:
            self.heard = place + 1
            return met
        if self.heard == len(said):
            return None
        instead = ", ".join(f"{'+'.join(one.steps)}: {one.message.text[:60]!r}" for one in said[self.heard :])
        complaint = f"nothing came from step '{wanted.step}'; the bot said {instead}"
        self.heard += 1
        return self._met(wanted, said[self.heard - 1], complaint)

    def expect(self, wanted: BotModel | Literal["silent"]) -> None:
        """Raises `Unexpected`."""
        if wanted == "silent":
            said = self._world.trace.said[self.heard :]
            if said:
                raise Unexpected(f"the bot should be silent, but says '{said[0].message.text[:60]}'")
            return
        met = self.meet(wanted)
        if met is None:
            about = f"nothing came from step '{wanted.step}'; " if wanted.step is not None else ""
            raise Unexpected(f"{about}the bot said nothing")
        if met.complaint:
            raise Unexpected(met.complaint)

    def _met(self, wanted: BotModel, said: Said, complaint: str = "") -> Met:
        world = self._world
        seen = shown(said.message, world.look)
        wait = world.wait
        nonce = wait.nonce if wait is not None else "-"
        current = any(choice.token.startswith(nonce) for choice in said.message.choices)
        offered = tuple(wait.options) if wait is not None and current else ()
        return Met(said, seen, complaint or _complaint(wanted.look(world.look.name), seen, offered), offered)


def _complaint(wanted: LookModel, seen: Shown, offered: tuple[Option, ...]) -> str:
    text = plain(seen.text)
    for part in texts(wanted.reads):
        if plain(part) not in text:
            return f"the bot should say '{part}', but says '{seen.text}'"
    for kind, template, drawn in (
        ("picture", wanted.image, seen.picture),
        ("document", wanted.document, seen.document),
    ):
        if template is not None and template != drawn:
            return f"the {kind} should be '{template}', but is '{drawn or 'none'}'"
    known = {name for option in offered for name in names_of(option)} | {plain(label) for label in seen.labels}
    for choice in wanted.choices or ():
        if plain(choice) not in known and choice not in known:
            return f"'{choice}' should be offered; offered is: {', '.join(sorted(seen.labels)) or 'nothing'}"
    return ""


def texts(reads: str | list[str] | None) -> list[str]:
    return [reads] if isinstance(reads, str) else reads or []
