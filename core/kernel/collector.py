"""The cyclic garbage collector, kept out of work that makes very many objects which all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """No collections inside; what is there at the end is not looked at by later ones.

    Reading a folder of flows makes a million objects. Collections would go through them again and again for nothing,
    and the first one afterwards would hold every thread of the process for a tenth of a second.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
