"""The reference is current, its links lead somewhere, and everything that it shows compiles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.dialog.checks.catalogue import SIGNATURES
from core.dialog.compiler import compile_loaded
from core.dialog.expressions.functions import FUNCTIONS
from core.dialog.loader import FlowFiles
from core.dialog.problems import FlowProblem
from core.dialog.reference import tables
from core.dialog.reference.page import checks_page, reference_page
from core.dialog.signatures import build_catalogue
from core.dialog.slot_types import KINDS as SLOT_KINDS
from core.dialog.source import read_source
from core.dialog.steps import KINDS
from core.dialog.system_flows import SYSTEM_FLOWS
from core.dialog.texts.filters import FILTERS
from tests.dialog.compiled import UK, with_changes

DOCS = Path(__file__).resolve().parents[2] / "docs" / "flows"


@pytest.mark.parametrize(("name", "page"), [("reference.md", reference_page), ("checks.md", checks_page)])
def test_a_page_is_current(name: str, page: Any) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == page(), "run: make docs"


@pytest.mark.parametrize("page", [reference_page, checks_page])
def test_every_link_within_a_page_leads_to_a_heading(page: Any) -> None:
    text = page()
    headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in text.splitlines()
                if line.startswith("#")}  # fmt: skip

    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= headings


def test_nothing_that_the_language_has_is_left_out() -> None:
    assert tables.TYPES.keys() == set(SLOT_KINDS)
    assert tables.FILTERS.keys() == {*FILTERS, "plural"}
    assert tables.FUNCTIONS.keys() == {*FUNCTIONS, "known"}
    assert tables.SYSTEM_FLOWS.keys() == SYSTEM_FLOWS.keys()


@pytest.mark.parametrize("verb", KINDS)
def test_every_key_of_a_step_has_a_line_that_says_what_it_means(verb: str) -> None:
    section = reference_page().partition(f"\n### {verb}\n")[2].partition("\n### ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]

    assert {row[0].strip("| `") for row in rows} >= {"id", verb}
    assert [row[0] for row in rows if not row[-1].strip(" |")] == []


# What the examples of steps speak of, and what is not asked of a part of a flow.
SLOTS = """\
slots:
  source: {type: card, pii: card}
  card: {type: card, pii: card}
  target: {type: payee, pii: card}
  amount: {type: money, in: source.currency, label: the sum}
  fee: {type: money, in: source.currency}
  total: {type: money, in: source.currency}
  cards: list of card
  payee: text
  choice: choice
  topic: choice
  ref: id
  fee_ref: id
  quote: id
  paper: file
  place: location
  due_day: date
"""
HEAD = "flow: example\nentry: {command: example}\nauth: {level: otp, fresh: 5m}\n" + SLOTS
PARTIAL = {"unassigned", "unreachable", "auth_missing", "not_sealed", "not_asked", "unused_slot", "pii_unmasked",
           "after_window", "dead_end", "not_shown", "loop_without_wait"}  # fmt: skip
STUB = "  - {{id: {step}, say: Stub, end: done}}\n"
# Steps that examples match events with.
CALLS = "".join(
    f"  - {{id: {name}, call: bank.pay, effect: money, with: {{amount: amount}}, on: {{ok: stub, refused: stub, "
    "pending: stub, unknown: stub}}\n"
    for name in ("pay", "fee_pay")
)
FLOWS = {
    "order_card": "flow: order_card\ntakes: [currency]\nreturns: [card]\nslots: {currency: text, card: card}\nsteps:\n"
    "  - {id: which, ask: card, text: Which?, choices: {of: bank.my_cards, label: '{it.name}'}, none: {end: failed}}\n"
    "  - {id: over, end: done}\n",
    "feedback": "flow: feedback\ntakes: [about]\nslots: {about: text}\nsteps:\n"
    '  - {id: how, say: "How was {about}?", end: done}\n',
}


@pytest.mark.parametrize("verb", KINDS)
def test_the_example_of_a_step_compiles_with_what_it_speaks_of(verb: str) -> None:
    example = KINDS[verb].example.strip("\n")
    steps = yaml.load(example, Loader=yaml.CBaseLoader)  # noqa: S506
    ids = {step["id"] for step in steps}
    lines = "".join(f"  {line}\n" for line in example.splitlines())
    stubs: set[str] = {"stub"}
    if verb == "wait":
        lines += CALLS

    found = compiled(HEAD + "steps:\n" + lines, stubs)
    missing = {found_step(problem) for problem in found if problem.code == "unknown_step"}
    found = compiled(HEAD + "steps:\n" + lines, stubs | (missing - ids))

    assert [str(problem) for problem in found if problem.code not in PARTIAL] == []


def found_step(problem: FlowProblem) -> str:
    match = re.search(r"no step '(\w+)'", problem.sentence)
    assert match is not None
    return match[1]


def compiled(text: str, stubs: set[str]) -> list[FlowProblem]:
    whole = text + "".join(STUB.format(step=step) for step in sorted(stubs))
    folder = with_changes()
    # The example of `run` hands it a currency, that of `ask` does not.
    order_card = (
        FLOWS["order_card"] if "with: {currency" in text else "flow: order_card\nsteps:\n  - {id: o, end: done}\n"
    )
    for name, content in {**FLOWS, "order_card": order_card, "example": whole}.items():
        folder.flows[name] = FlowFiles(name, read_source(content, f"{name}.yaml", folder.problems))
    problems = compile_loaded(folder, build_catalogue(SIGNATURES), UK).problems
    return [problem for problem in problems if problem.file == "example.yaml"]
