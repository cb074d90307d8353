"""Proof, before a flow is published, that it cannot move money unasked, get stuck, or show what is not there."""

from __future__ import annotations

from collections.abc import Mapping

from core.dialog.checks.graph import Graph
from core.dialog.checks.labels import check_labels
from core.dialog.checks.money import check_effects
from core.dialog.checks.secrets import check_secrets
from core.dialog.checks.usage import check_usage
from core.dialog.checks.ways import check_ways
from core.dialog.problems import Problems


def verify_flow(graph: Graph, problems: Problems) -> Mapping[str, frozenset[str]]:
    """Reports every problem of one flow. Returns the slots that surely have a value at each step."""
    for check in (check_ways, check_effects, check_usage, check_secrets, check_labels):
        check(graph, problems)
    return {step: facts.assigned for step, facts in graph.facts.items()}
