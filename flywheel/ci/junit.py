"""An answer as JUnit XML: one test case for each task, so that a CI server shows which ones were lost.

The format is that of the schema ``junit-10.xsd`` of Jenkins' xUnit plugin, which other readers share: properties
stand at the suite, not at the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal
from xml.etree import ElementTree as ET

from flywheel.answer import Answer
from flywheel.ci.meaning import bound_words, meaning, warnings
from flywheel.ci.task_outcomes import TaskOutcome, task_outcomes
from flywheel.ci.wording import Wording
from flywheel.confirmations import confirmation_words
from harness.runs import RunResult

Mark = Literal["failure", "error", "skipped", "passed"]


def answer_junit(answer: Answer, wording: Wording) -> str:
    """The whole file.

    A case fails where the candidate did worse than the control, is an error where infrastructure left a
    pair unscored, is skipped where neither arm passed, and passes otherwise.
    """
    outcomes = task_outcomes(answer.verdict)
    marks = Counter(_mark(outcome) for outcome in outcomes)
    counts = {
        "tests": str(len(outcomes)),
        "failures": str(marks["failure"]),
        "errors": str(marks["error"]),
    }
    root = ET.Element("testsuites", {"name": "flywheel evaluate", **counts})
    name = wording.plain(answer.question.suite)
    suite = ET.SubElement(root, "testsuite", {"name": name, **counts, "skipped": str(marks["skipped"])})
    properties = ET.SubElement(suite, "properties")
    for key, value in (*_facts(answer), *_control(outcomes)):
        shown = wording.plain(value, 600)
        ET.SubElement(properties, "property", name=wording.plain(key, 200), value=shown)
    for outcome in outcomes:
        suite.append(_case(outcome, answer.runs, wording, classname=name))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _facts(answer: Answer) -> Iterator[tuple[str, str]]:
    verdict, measured = answer.verdict, answer.measured
    yield "question", verdict.question
    yield "decision", verdict.decision.value
    yield "meaning", meaning(verdict)
    yield "reason", verdict.reason
    yield "claim", f"{verdict.claim}: {bound_words(verdict)}"
    yield "blocked_by", verdict.blocked_by or ""
    yield "experiment", measured.experiment
    yield "control", measured.control
    yield "candidate", measured.candidate
    yield "promise", answer.campaign.promise
    for warning in warnings(answer):
        yield "note", warning
    if answer.confirmation is not None:
        yield "confirmation", confirmation_words(answer.confirmation)


def _control(outcomes: tuple[TaskOutcome, ...]) -> Iterator[tuple[str, str]]:
    for outcome in outcomes:
        runs = " ".join(pair.control_run for pair in outcome.pairs)
        yield f"control/{outcome.task}", f"passed {outcome.control_passed} of {len(outcome.pairs)}: {runs}"


def _mark(outcome: TaskOutcome) -> Mark:
    if outcome.is_regression:
        return "failure"
    if len(outcome.scored) < len(outcome.pairs):
        return "error"
    return "passed" if outcome.candidate_passed or outcome.difference > 0 else "skipped"


def _case(
    outcome: TaskOutcome, runs: Mapping[str, RunResult], wording: Wording, *, classname: str
) -> ET.Element:
    seconds = sum(runs[pair.candidate_run].seconds for pair in outcome.pairs if pair.candidate_run in runs)
    case = ET.Element(
        "testcase",
        name=wording.plain(outcome.task, 200),
        classname=f"{classname}.{wording.plain(outcome.group)}",
        time=f"{seconds:.3f}",
    )
    mark = _mark(outcome)
    said = _said(outcome)
    if mark != "passed":
        note = ET.SubElement(case, mark, message=said, type=_TYPES[mark])
        note.text = None if mark == "skipped" else _run_lines(outcome, wording)
    ET.SubElement(case, "system-out").text = f"{said}\n{_run_lines(outcome, wording)}"
    return case


_TYPES: Mapping[str, str] = {"failure": "regression", "error": "infrastructure", "skipped": "neither passed"}


def _said(outcome: TaskOutcome) -> str:
    count = len(outcome.pairs)
    unscored = count - len(outcome.scored)
    return (
        f"candidate passed {outcome.candidate_passed} of {count}, control {outcome.control_passed} of {count}"
        + (f"; {unscored} unscored" if unscored else "")
    )


def _run_lines(outcome: TaskOutcome, wording: Wording) -> str:
    return "\n".join(
        f"candidate {wording.plain(pair.candidate_run)} {pair.candidate_outcome.value}, "
        f"control {wording.plain(pair.control_run)} {pair.control_outcome.value}"
        for pair in outcome.pairs
    )
