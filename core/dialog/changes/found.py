"""The changes of one flow as they are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.dialog.changes.model import Change, Importance
from core.dialog.changes.words import are_texts, arrow, listed, shown


@dataclass(slots=True)
class Found:
    """`flow` names what is compared, "" for the texts of the engine."""

    flow: str
    changes: list[Change] = field(default_factory=list)

    def add(
        self,
        importance: Importance,
        what: str,
        sentence: str,
        *,
        step: str = "",
        before: Any = None,
        after: Any = None,
        lang: str = "",
    ) -> None:
        self.changes.append(
            Change(
                flow=shown(self.flow), step=shown(step), importance=importance, what=what, sentence=sentence,
                before=shown(before), after=shown(after), lang=lang,
            )
        )  # fmt: skip

    def value(
        self, importance: Importance, what: str, subject: str, before: Any, after: Any, *, step: str = "",
        lang: str = "",
    ) -> None:  # fmt: skip
        """Something that was added, removed or changed; None stands for what is not there."""
        if before is None:
            sentence = f"{subject} was added: {shown(after)}"
        elif after is None:
            sentence = f"{subject} was removed: {shown(before)}"
        else:
            sentence = f"{subject} was changed: {arrow(before, after)}"
        self.add(importance, what, sentence, step=step, before=before, after=after, lang=lang)

    def names(
        self, importance: Importance, what: str, before: Any, after: Any, *, more: str, fewer: str, order: str,
        step: str = "", lang: str = "",
    ) -> None:  # fmt: skip
        """A list of names: which were added (`more`), which removed (`fewer`), or only their `order`.

        The three are the beginnings of sentences.
        """
        if not are_texts(before, after):
            self.value(importance, what, order, before, after, step=step, lang=lang)
            return
        old, new = before or [], after or []
        added = [name for name in dict.fromkeys(new) if name not in old]
        removed = [name for name in dict.fromkeys(old) if name not in new]
        if added:
            self.add(importance, f"{what}_added", f"{more}: {listed(added)}", step=step, after=added, lang=lang)
        if removed:
            self.add(importance, f"{what}_removed", f"{fewer}: {listed(removed)}", step=step, before=removed, lang=lang)
        if not added and not removed:
            self.value(importance, what, order, before, after, step=step, lang=lang)
