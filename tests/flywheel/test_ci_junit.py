"""JUnit XML: one case for each task, in the shape that CI servers read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks.gate.verdict import Verdict
from flywheel.answer import Answer
from flywheel.ci.junit import answer_junit
from flywheel.ci.wording import Wording
from traces.outcome import Outcome

AnswerOf = Callable[..., Answer]
# What junit-10.xsd allows: by element its attributes (required ones in capitals) and children.
SCHEMA: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"NAME", "TESTS", "FAILURES", "ERRORS", "group", "time", "skipped", "timestamp", "hostname", "id", "package"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"NAME", "VALUE"}, set()),
    "testcase": ({"NAME", "time", "classname", "group"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}  # fmt: skip


def violations(element: ET.Element) -> list[str]:
    """Where an element or one below it is not as the schema says."""
    attributes, children = SCHEMA[element.tag]
    required = {name.lower() for name in attributes if name.isupper()}
    found = [f"{element.tag}: {name}" for name in required - set(element.attrib)]
    found += [
        f"{element.tag}: {name}" for name in set(element.attrib) - {name.lower() for name in attributes}
    ]
    for child in element:
        found += [f"{child.tag} in {element.tag}"] if child.tag not in children else violations(child)
    return found


def parsed(answer: Answer) -> ET.Element:
    """The file, read."""
    return ET.fromstring(answer_junit(answer, Wording()))


def test_the_file_keeps_to_the_common_schema(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Jenkins' xUnit schema, to which other readers keep too."""
    assert violations(parsed(answer_of(verdict))) == []


def test_each_task_is_a_case(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Lost is a failure, failed in both arms is skipped, and the counts say so."""
    root = parsed(answer_of(verdict))
    marks = {
        case.get("name"): [child.tag for child in case if child.tag != "system-out"]
        for case in root.iter("testcase")
    }

    assert marks == {
        "suite/G0/m1": [],
        "suite/G1/m1": ["failure"],
        "suite/G2/m1": [],
        "suite/G3/m1": ["skipped"],
    }
    suite = root.find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "0", "1"]
    assert root.get("failures") == "1"


def test_a_regression_names_its_runs(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Of both arms, with their outcomes; the control's are among the properties as well."""
    root = parsed(answer_of(verdict))
    failure = root.find(".//failure")
    lost = verdict.pairs[1]
    properties = {entry.get("name"): entry.get("value") for entry in root.iter("property")}

    assert failure is not None
    assert failure.get("message") == "candidate passed 0 of 1, control 1 of 1"
    assert f"candidate {lost.candidate_run} timed_out, control {lost.control_run} passed" in str(failure.text)
    assert properties["control/suite/G1/m1"] == f"passed 1 of 1: {lost.control_run}"
    assert properties["decision"] == "promote"


@pytest.mark.parametrize("arm", ["control", "candidate"])
def test_infrastructure_is_an_error_and_no_regression(
    arm: str, answer_of: AnswerOf, verdict: Verdict
) -> None:
    """A run that stayed unscored says nothing about the harness, in whichever arm."""
    unscored: Any = {f"{arm}_score": None, f"{arm}_outcome": Outcome.ERRORED}
    broken = dataclasses.replace(verdict.pairs[2], **unscored)
    root = parsed(answer_of(dataclasses.replace(verdict, pairs=(broken,))))

    error = root.find(".//error")
    assert error is not None
    assert error.get("type") == "infrastructure"
    assert "1 unscored" in str(error.get("message"))
    assert root.find(".//failure") is None
    assert root.get("errors") == "1"


@pytest.mark.parametrize(
    "name", ['"><x a="', "]]><!--", "&amp;<b>", "a\x00\x1b\ufffe\ud800", "x" * 5000, "日本 🎡"]
)
def test_a_hostile_name_is_text(name: str, answer_of: AnswerOf, verdict: Verdict) -> None:
    """Whatever a task is called or a guard said, the file is well formed and holds no element of theirs."""
    pair = dataclasses.replace(verdict.pairs[1], task=name, group=name, candidate_run=name)
    hostile = dataclasses.replace(verdict, pairs=(pair,), reason=name, blocked_by=name)
    root = parsed(answer_of(hostile, candidate=name))

    assert violations(root) == []
    assert [case.get("name") for case in root.iter("testcase")] == [Wording().plain(name, 200)]
    assert ET.fromstring(answer_junit(answer_of(hostile), Wording()).encode()) is not None


def test_a_verdict_without_pairs_is_an_empty_suite(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Nothing was run: no case, and still a file that can be read."""
    root = parsed(answer_of(dataclasses.replace(verdict, pairs=())))

    assert root.get("tests") == "0"
    assert list(root.iter("testcase")) == []
