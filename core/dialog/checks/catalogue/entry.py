"""What is known of a check: what it finds, why that matters, how to mend it, and the smallest example that it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core.dialog.problems import Severity

EXAMPLE_FILE: Final = "example.yaml"


@dataclass(frozen=True, slots=True)
class Entry:
    """`files`: the example by file name; None stands for a folder of that name. `shown` is how the reference describes
    an example that is too large to be printed. `removed`: files that are not there. `beside`: codes that are always
    found with this one. `langs`: languages that texts must have. `checked`: the example is checked for a channel with
    few abilities, too."""

    code: str
    severity: Severity
    about: str
    why: str
    fix: str
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    shown: str = ""
    removed: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    langs: tuple[str, ...] = ("uk",)
    checked: bool = False


def flow(steps: str, slots: str = "{note: text}", head: str = "entry: {command: example}") -> dict[str, str]:
    """A flow called `example` with these steps, one a line."""
    lines = "".join(f"  {line}\n" for line in steps.strip("\n").splitlines())
    return {EXAMPLE_FILE: f"flow: example\n{head}\nslots: {slots}\nsteps:\n{lines}"}


_PAYMENT: Final = """\
flow: example
entry: {command: example}
auth: {level: otp}
slots: {amount: {type: money, in: UAH}}
steps:
  - {id: login, auth: otp, else: {end: failed}}
  - {id: sum, ask: amount, text: How much?}
  - {id: review, confirm: [amount], text: "Send {amount|money}?", ttl: 3m, yes: pay}
  - id: pay
    call: bank.pay
    effect: money
    with: {amount: amount}
    on: {ok: over, refused: over, pending: over, unknown: over}
  - {id: over, say: The bank has it, end: done}
"""


def payment(*changes: tuple[str, str]) -> dict[str, str]:
    """A flow that moves money as it should, with some passages replaced."""
    text = _PAYMENT
    for old, new in changes:
        if old not in text:
            raise ValueError(f"the payment has no {old!r}")
        text = text.replace(old, new, 1)
    return {EXAMPLE_FILE: text}
