"""Proof, before a flow is published, that it cannot move money unasked, get stuck, or show what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dialog.channel_limits import ChannelLimits
from core.dialog.checks.channels import check_channels
from core.dialog.checks.graph import Graph
from core.dialog.checks.labels import check_labels
from core.dialog.checks.money import check_effects
from core.dialog.checks.once import check_once
from core.dialog.checks.secrets import check_secrets
from core.dialog.checks.usage import check_usage
from core.dialog.checks.ways import check_ways
from core.dialog.problems import Problems


def verify_flow(
    graph: Graph, problems: Problems, channels: Sequence[ChannelLimits] = ()
) -> Mapping[str, frozenset[str]]:  # fmt: skip
    """Reports every problem of one flow. Returns the slots that surely have a value at each step.

    `channels`: those that the flow is to run in; what one of them cannot do is told, too.
    """
    for check in (check_ways, check_effects, check_once, check_usage, check_secrets, check_labels):
        check(graph, problems)
    if channels:
        check_channels(graph, channels, problems)
    return {step: facts.assigned for step, facts in graph.facts.items()}
