"""What goes wrong with a file: a careless hand, a bad merge, a broken disk, somebody who means harm."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

Mutation = Callable[[str, random.Random], str | bytes]
_WORD: Final = re.compile(r"[\w|.]+")
_JUNK: Final = (
    "\x00",
    "\x07",
    "\x1b[2J",
    "\ufeff",
    "\u2028",
    "\u202e",
    "\t",
    "&a ",
    "*a",
    "!!python/object:os.system ",
    "<<: ",
    "- ",
    "? ",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "{",
    "]",
    '"',
    "'",
    "|",
    ">",
    "#",
    ": ",
)
_VALUES: Final = (
    "",
    "null",
    "true",
    "yes",
    "0",
    "-1",
    "1e999",
    "0501234567",
    "9" * 400,
    "{}",
    "[]",
    '"{"',
    "{a: {b: {}}}",
    "source",
    "amount",
    "pay",
    "review",
    "login",
    "done",
    "money",
    "none",
    "secret",
    "unknown",
    "ok",
)


def _on_lines(change: Callable[[list[str], random.Random], None]) -> Mutation:
    def mutated(text: str, chance: random.Random) -> str:
        lines = text.splitlines(keepends=True)
        change(lines, chance)
        return "".join(lines)

    return mutated


def _delete(lines: list[str], chance: random.Random) -> None:
    start = chance.randrange(len(lines))
    del lines[start : start + chance.choice((1, 1, 2, 3))]


def _duplicate(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    lines.insert(chance.choice((place, chance.randrange(len(lines)))), lines[place])


def _swap(lines: list[str], chance: random.Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _indent(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    lines[place] = (
        chance.choice((" ", "  ", "    ", "\t")) + lines[place] if chance.random() < 0.5 else lines[place][1:]
    )


def _swap_arms(lines: list[str], chance: random.Random) -> None:
    """Two targets of one `on:` change places, or one of them leads to another step of the flow."""
    steps = [match[1] for line in lines if (match := re.search(r"\bid: (\w+)", line))]
    with_arms = [place for place, line in enumerate(lines) if re.search(r"\b(on|yes|no|else|expired|go): ", line)]
    if not steps or not with_arms:
        return
    place = chance.choice(with_arms)
    targets = list(re.finditer(r"(?<=: )\w+(?=[,}\n])", lines[place]))
    if targets:
        target = chance.choice(targets)
        lines[place] = lines[place][: target.start()] + chance.choice(steps) + lines[place][target.end() :]


def _drop_step(lines: list[str], chance: random.Random) -> None:
    starts = [place for place, line in enumerate(lines) if line.startswith("  - ")]
    if not starts:
        return
    start = chance.choice(starts)
    end = next((place for place in starts if place > start), len(lines))
    del lines[start:end]


def _run_instead(lines: list[str], chance: random.Random) -> None:
    """Another flow is run than was meant, or one is run where none was."""
    runs = [place for place, line in enumerate(lines) if re.search(r"\brun: \w+", line)]
    flow = chance.choice(("login", "menu", "card_transfer", "top_up", "who_are_you", "whom"))
    if runs and chance.random() < 0.5:
        place = chance.choice(runs)
        lines[place] = re.sub(r"\brun: \w+", f"run: {flow}", lines[place])
        return
    steps = [place for place, line in enumerate(lines) if line.startswith("  - ")]
    if steps:
        lines.insert(chance.choice(steps), f"  - {{id: put_in, run: {flow}}}\n")


def _drop_guard(lines: list[str], chance: random.Random) -> None:
    """What keeps money safe goes: a line that speaks of auth, of a confirmation or of an arm."""
    guards = [place for place, line in enumerate(lines) if re.search(r"auth|confirm|effect|unknown|else|edit", line)]
    if guards:
        del lines[chance.choice(guards)]


def _junk(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_JUNK) + text[place:]


def _value(text: str, chance: random.Random) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + chance.choice(_VALUES) + text[word.end() :]


def _other_word(text: str, chance: random.Random) -> str:
    """A word takes the place of another one of the same file: a step, a slot, an operation, a key."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + chance.choice(words).group() + text[word.end() :]


def _drop_word(text: str, chance: random.Random) -> str:
    """One item of a list or mapping is forgotten."""
    items = list(re.finditer(r"[\w]+(?:: [\w.|]+)?, ", text))
    if not items:
        return text
    item = chance.choice(items)
    return text[: item.start()] + text[item.end() :]


def _truncate(text: str, chance: random.Random) -> bytes:
    raw = text.encode()
    return raw[: chance.randrange(len(raw) + 1)]


def _random_bytes(text: str, chance: random.Random) -> bytes:
    raw = bytearray(text.encode())
    for _ in range(chance.choice((1, 4, 40))):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def _rename(text: str, chance: random.Random) -> str:
    names = re.findall(r"\bid: (\w+)", text)
    if not names:
        return text
    name = chance.choice(names)
    return re.sub(rf"\b{name}\b", chance.choice((f"{name}_2", *names)), text, count=chance.choice((1, 0)))


CARELESS: Final[tuple[Mutation, ...]] = (
    _on_lines(_delete),
    _on_lines(_duplicate),
    _on_lines(_swap),
    _on_lines(_indent),
    _on_lines(_swap_arms),
    _on_lines(_drop_step),
    _on_lines(_drop_guard),
    _on_lines(_run_instead),
    _other_word,
    _drop_word,
    _rename,
    _value,
)
HOSTILE: Final[tuple[Mutation, ...]] = (_junk, _value, _truncate, _random_bytes)


def mutated(text: str, chance: random.Random) -> str | bytes:
    """The text after one to three changes."""
    changed: str | bytes = text
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if isinstance(changed, bytes) or not changed.strip():
            return changed
        changed = chance.choice(CARELESS * 2 + HOSTILE)(changed, chance)
    return changed
