"""Asking which flow was meant, when what a customer wrote could mean one of a few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.dialog.system_flows import ASK_FOR_WISHES, DID_YOU_MEAN
from core.dialog.turns.journal import ASKED_WHICH
from core.dialog.turns.notices import leave_guesses
from core.dialog.turns.work import Work


def offer(work: Work, guesses: Iterable[str], heard: Mapping[str, str], fewest: int = 2) -> bool:
    """Ask which of these flows is meant; False when fewer than `fewest` have a title to be named by.

    Only where nothing or the menu is open: in the middle of a flow its own question matters more. `heard`: what was
    said with the wish, for the flow that is chosen.
    """
    if work.session.stack and work.frame.flow not in ASK_FOR_WISHES:
        return False
    flows, lang = work.programs.flows, work.session.lang
    named = [
        {"name": name, "title": title.render({}, lang)}
        for name in guesses
        if name in flows and (title := flows[name].title) is not None
    ]
    if len(named) < fewest:
        return False
    leave_guesses(work)
    if not work.notice(DID_YOU_MEAN, {"guesses": named}):
        return False
    work.journal.notes.append(ASKED_WHICH)
    work.frame.carried = dict(heard)
    return True
