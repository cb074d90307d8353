"""The section of RESULTS.md about the dialog engine."""

from __future__ import annotations

from typing import Final

from benchmarks.language.engine import measure_engine
from benchmarks.language.figures import Figure, table
from benchmarks.language.loading import measure_loading
from benchmarks.language.understanding import measure_understanding
from benchmarks.replay import FLOOR_RATE, Measured, measure_replay

HEADING: Final = "## The dialog engine"


def measure_language() -> str:
    """Runs everything: about two minutes on one core."""
    figures = [*measure_engine(), *measure_loading(), *measure_understanding()]
    return render_language(figures, measure_replay())


def render_language(figures: list[Figure], replay: Measured) -> str:
    return f"""{HEADING}

CPU of one core; a figure and its bound are taken in turn in the same rounds.

{table(figures)}

{_replay(replay)}

- *A turn*: the nine turns of a card transfer, from the customer's wish to the receipt, on average: the stored session
  is decoded, the engine runs, the next session is encoded. Masking, the recording for the journal, texts in the
  customer's language and the seal are in it. Against the codec of Python itself it is within four times, against
  msgspec, which the turn uses, it is not: a session of 600 bytes takes msgspec less than three microseconds.
- *300 flows*: each is the transfer flow with its own name, title and texts. The classifier of phrases is learned again
  only when phrases change; that is the row *learning*. A file that did not change is read again all the same.
- *Longest wait*: how late a task that wakes every millisecond is at most while a thread beside it loads the flows."""


def _replay(measured: Measured) -> str:
    replayed, engine = measured.replayed, measured.engine
    verdict = "reached" if replayed.median >= FLOOR_RATE else "**missed**"
    return (
        f"Replay before publish: **{replayed.median:,.0f} recorded turns/s** ({replayed.least:,.0f} to "
        f"{replayed.greatest:,.0f}), {replayed.median / engine.median:.2f} times the rate of the engine alone in the "
        f"same rounds ({engine.median:,.0f}); asked for {FLOOR_RATE:,}: {verdict}. "
        f"A row of the journal takes {measured.row_bytes:,.0f} bytes."
    )
