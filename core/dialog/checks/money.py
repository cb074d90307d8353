"""No effect without proof: who it is, and that they confirmed exactly these values."""

from __future__ import annotations

from collections.abc import Callable

from core.dialog.auth_levels import rank
from core.dialog.checks.facts import Facts
from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.program import Program
from core.dialog.steps.call import CallStep


def check_effects(graph: Graph, problems: Problems) -> None:
    """Every call with an effect: auth of the flow's level, all arguments sealed and shown, all arms there."""
    for step in graph.program.steps.values():
        if not isinstance(step, CallStep) or not step.has_effect:
            continue
        _check_arms(step, problems)
        _check_revisions(step, graph.program, problems)
        facts = graph.facts.get(step.id)
        if facts is not None:
            _check_auth(step, facts, graph, problems)
            _check_arguments(step, facts, graph, problems)
            _check_age(step, facts, problems)


def _check_revisions(step: CallStep, program: Program, problems: Problems) -> None:
    """What was confirmed must meet the flow that showed it, and money under way its own wait."""
    if program.revisions != "pin":
        does = "follows its newest revision" if program.revisions == "follow" else "begins anew with each revision"
        sentence = f"'{step.id}' has an effect, but this flow {does} while people are in it"
        problems.error(f"effect_in_{program.revisions}", step.mark, sentence, "Write `revisions: pin`.")


def _check_arms(step: CallStep, problems: Problems) -> None:
    for arm in dict.fromkeys((*step.operation.signature.arms, "unknown")):
        if arm not in step.arms:
            sentence = f"'{step.id}' has an effect and no arm '{arm}'"
            why = "The bank's silence is neither success nor failure. " if arm == "unknown" else ""
            problems.error(f"{arm}_arm_missing", step.mark, sentence, f"{why}Add `{arm}: <step>` under `on`.")


def _check_auth(step: CallStep, facts: Facts, graph: Graph, problems: Problems) -> None:
    auth = graph.program.auth
    if auth is None or rank(auth.level) == 0:
        sentence = f"'{step.id}' has an effect, but the flow does not say which auth it needs"
        problems.error("auth_undeclared", step.mark, sentence, "Write `auth: {level: otp, fresh: 5m}` at the flow.")
    elif facts.auth.least < rank(auth.level):
        way = _lacking(step, graph, lambda after: after.auth.least < rank(auth.level))
        sentence = f"'{step.id}' has an effect, but can be reached without auth '{auth.level}'{way}"
        problems.error("auth_missing", step.mark, sentence, f"Put a step with `auth: {auth.level}` before it.")


def _check_arguments(step: CallStep, facts: Facts, graph: Graph, problems: Problems) -> None:
    for name, expression in step.args.items():
        slot = expression.source.strip()
        if slot not in graph.program.slots:
            sentence = f"'{step.id}' passes '{expression.source}' as '{name}'; an effect takes only confirmed slots"
            problems.error("effect_argument", step.mark, sentence, "Put the value into a slot and confirm it.")
        elif graph.program.slots[slot].type.kind == "secret":
            continue
        elif slot not in facts.sealed:
            way = _lacking(step, graph, _unsealed(slot))
            sentence = f"'{step.id}' sends '{slot}', which is not confirmed{way}"
            problems.error("not_sealed", step.mark, sentence, f"Put '{slot}' into the `confirm` right before it.")
        elif slot not in facts.shown:
            _report_unshown(step, slot, graph.program, problems)


def _check_age(step: CallStep, facts: Facts, problems: Problems) -> None:
    """The seal would be refused then, so nothing wrong is sent; but the customer has said yes and reads a refusal."""
    if facts.aged:
        sentence = f"the flow waits between the confirmation and '{step.id}', which may find it no longer valid"
        fix = "Ask before the `confirm`, or write `hold: true` at the question and a long `ttl`."
        problems.warning("wait_after_confirm", step.mark, sentence, fix)


def _unsealed(slot: str) -> Callable[[Facts], bool]:
    return lambda after: slot not in after.sealed


def _report_unshown(step: CallStep, slot: str, program: Program, problems: Problems) -> None:
    """An id means nothing to a customer; the customer's own card is worth a warning; everything else must be seen."""
    kind = program.slots[slot].type.kind
    sentence = f"'{step.id}' sends '{slot}', which the confirmation does not show"
    fix = f"Show {{{slot}}} in the text of the `confirm`."
    if kind == "card":
        problems.warning("not_shown", step.mark, sentence, fix)
    elif kind != "id":
        problems.error("not_shown", step.mark, sentence, fix)


def _lacking(step: CallStep, graph: Graph, lacks: Callable[[Facts], bool]) -> str:
    """The first way into the step on which the fact does not hold."""
    for way in graph.into(step.id):
        facts = graph.facts.get(way.step.id)
        if facts is not None and lacks(way.passed(facts)):
            return f" on the way {way}"
    return ""
