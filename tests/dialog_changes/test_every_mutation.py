"""The law of the comparison: it finds nothing exactly where nothing was changed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from core.dialog.changes.comparing import changes_between
from core.dialog.changes.model import Change, edition_of
from core.dialog.changes.words import same
from core.dialog.loader import load_files
from tests.dialog_hardening.mutations import CARELESS, HOSTILE
from tests.dialog_hardening.shipped import FLOWS, flow_files, text_of

SEEDS = 6
SHIPPED = {name: (Path(FLOWS) / name).read_bytes() for name in flow_files()}
BEFORE = edition_of(load_files(SHIPPED, "flows"))


def found_in(file: str, content: bytes) -> tuple[tuple[Change, ...], bool]:
    """The changes, and whether anything that is written there differs."""
    after = edition_of(load_files({**SHIPPED, file: content}, "flows"))
    untouched = same(_plain(BEFORE.flows), _plain(after.flows)) and same(dict(BEFORE.engine), dict(after.engine))
    return changes_between(BEFORE, after), not untouched


def _plain(flows: object) -> object:
    assert isinstance(flows, dict)
    return {name: [flow.data, dict(flow.translations)] for name, flow in flows.items()}


@pytest.mark.parametrize("file", flow_files())
@pytest.mark.parametrize("mutation", [*CARELESS, *HOSTILE], ids=lambda mutation: mutation.__name__.strip("_"))
def test_every_mutation_is_found(file: str, mutation: object) -> None:
    assert callable(mutation)
    for seed in range(SEEDS):
        text = mutation(text_of(file), random.Random(f"{file} {seed}"))
        content = text.encode(errors="surrogatepass") if isinstance(text, str) else text

        changes, differs = found_in(file, content)

        assert bool(changes) == differs, f"{file} seed {seed}: {[change.sentence for change in changes]}"
        assert all(change.sentence and change.sentence.isprintable() for change in changes)


def test_the_shipped_flows_compared_with_themselves() -> None:
    assert changes_between(BEFORE, edition_of(load_files(SHIPPED, "elsewhere"))) == ()


def test_there_and_back_are_found_alike() -> None:
    file = "card_transfer.yaml"
    for seed in range(40):
        mutation = random.Random(seed).choice(CARELESS)
        text = mutation(text_of(file), random.Random(f"{file} {seed}"))
        content = text.encode() if isinstance(text, str) else text
        after = edition_of(load_files({**SHIPPED, file: content}, "flows"))
        assert bool(changes_between(BEFORE, after)) == bool(changes_between(after, BEFORE))
