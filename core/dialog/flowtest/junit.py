"""The outcomes of flow tests in the XML that build servers read: a suite for each flow, a case for each channel."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from xml.etree import ElementTree

from core.dialog.flowtest.runner import TestOutcome


def junit(outcomes: Iterable[TestOutcome]) -> str:
    root = ElementTree.Element("testsuites", name="flows")
    for flow, found in groupby(sorted(outcomes, key=attrgetter("flow")), key=attrgetter("flow")):
        cases = list(found)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=flow or "flows",
            tests=str(len(cases)),
            failures=str(sum(not case.passed for case in cases)),
            errors="0",
            skipped="0",
            time=f"{sum(case.seconds for case in cases):.3f}",
        )
        for case in cases:
            _case(suite, case)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, outcome: TestOutcome) -> None:
    channel = f" [{outcome.channel}]" if outcome.channel else ""
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"flows.{outcome.flow or 'all'}",
        name=_xml(f"{outcome.test}{channel}"),
        file=outcome.file,
        line=str(outcome.line),
        time=f"{outcome.seconds:.3f}",
    )
    if outcome.passed:
        return
    first = outcome.failures[0]
    failure = ElementTree.SubElement(case, "failure", type=first.code, message=_xml(str(first)))
    lines = [*map(str, outcome.failures), *(("", *outcome.conversation) if outcome.conversation else ())]
    failure.text = _xml("\n".join(lines))


def _xml(text: str) -> str:
    """Without the signs that XML cannot hold, whatever a test has the customer type."""
    return "".join(sign if sign in "\n\t" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"
                   else "\ufffd" for sign in text)  # fmt: skip
