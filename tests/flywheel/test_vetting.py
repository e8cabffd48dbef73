"""New code is no candidate before it has been linted and tried."""

from __future__ import annotations

import dataclasses

import pytest

from analyzers.drafting import proposal_id
from analyzers.proposal import Finding, Proposal
from analyzers.remedies.new_middleware import NewMiddleware
from benchmarks.leak_lint import LeakLint
from benchmarks.task import Suite
from flywheel.trial import may_promote_alone
from flywheel.vetting import vet, vetted
from flywheel.wheel import Wheel
from harness.edits import AppendText, Edit, SetValue, Tree, WriteFile
from harness.manifest_file import parse_manifest
from harness.sandboxes.choose import ANY_SANDBOX, SandboxChoice
from harness.template import coder_template

NOWHERE = SandboxChoice(name="directory")
CODE = """
from langchain.agents.middleware import AgentMiddleware

class Guard(AgentMiddleware):
    def before_model(self, state, runtime):
        return {"messages": []}
"""
TEST = """
from guard import Guard

def test_it_acts():
    assert Guard().before_model({}, None) == {"messages": []}
"""


@pytest.fixture(scope="module")
def harness() -> Tree:
    return coder_template()


@pytest.fixture(scope="module")
def leaks() -> LeakLint:
    """The rules for a suite without tasks: those about what code reads hold all the same."""
    return LeakLint(Suite(name="empty", tasks=(), splits={}))


def edited(proposal: Proposal, *edits: Edit) -> Proposal:
    return dataclasses.replace(proposal, id=proposal_id("s", edits), edits=edits)


def own(proposal: Proposal, harness: Tree, code: str = CODE, test: str = TEST) -> Proposal:
    """A proposal of new middleware."""
    remedy = NewMiddleware(class_name="Guard", code=code, test=test)
    return edited(proposal, *remedy.edits(parse_manifest(harness)))


def test_what_brings_no_code_needs_no_trial(proposal: Proposal, harness: Tree, leaks: LeakLint) -> None:
    """Not even a sandbox."""
    plain = edited(proposal, SetValue(key="limits.steps", value=60))

    assert vet(plain, harness, leak_lint=leaks, sandbox=NOWHERE) is None


def test_without_isolation_code_is_refused(proposal: Proposal, harness: Tree, leaks: LeakLint) -> None:
    """And the finding keeps its other proposals."""
    said: list[str] = []
    finding = Finding(
        pattern="p",
        analyst="model",
        diagnosis="d",
        claims=(),
        proposals=(own(proposal, harness), edited(proposal, SetValue(key="limits.steps", value=60))),
    )
    kept = vetted(finding, harness, leak_lint=leaks, sandbox=NOWHERE, note=said.append)

    assert kept.proposals == finding.proposals[1:]
    assert "neither namespaces nor containers" in said[0]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (CODE + "\nimport gc\nSEEN = gc.get_objects()", "runtime"),
        (CODE + "\nROWS = '.flywheel/segments'", "task_source"),
        ("class Other: pass", "defines no class 'Guard'"),
        (CODE + "\nTOKEN = 'ghp_" + "a1B2" * 9 + "'", "holds a secret"),
    ],
)
def test_lint_comes_before_any_run(
    proposal: Proposal, harness: Tree, leaks: LeakLint, code: str, reason: str
) -> None:
    """What shows without running it is refused without running it."""
    assert reason in (vet(own(proposal, harness, code), harness, leak_lint=leaks, sandbox=NOWHERE) or "")


def test_code_comes_with_one_entry_and_its_test(proposal: Proposal, harness: Tree, leaks: LeakLint) -> None:
    """Neither a lone file nor a middleware without a test is tried."""
    file, _, entry = own(proposal, harness).edits
    lone = edited(proposal, WriteFile(path="middleware/a.py", content="x = 1\n"))
    untested = edited(proposal, file, entry)

    assert "0 entries" in (vet(lone, harness, leak_lint=leaks, sandbox=NOWHERE) or "")
    assert "its file and its test" in (vet(untested, harness, leak_lint=leaks, sandbox=NOWHERE) or "")


@pytest.mark.slow
def test_code_whose_test_means_something_is_let_through(
    proposal: Proposal, harness: Tree, leaks: LeakLint
) -> None:
    """In the sandbox of this machine; a test that passes whatever the class does is none."""
    empty = own(proposal, harness, test="from guard import Guard\n\ndef test_it():\n    assert Guard\n")

    assert vet(own(proposal, harness), harness, leak_lint=leaks, sandbox=ANY_SANDBOX) is None
    assert "tests nothing" in (vet(empty, harness, leak_lint=leaks, sandbox=ANY_SANDBOX) or "")


def test_new_code_and_imported_wording_wait_for_a_person(
    wheel: Wheel, proposal: Proposal, harness: Tree
) -> None:
    """However autonomous the wheel is."""
    words = edited(proposal, AppendText(path="prompts/system.md", text="Look first."))

    assert wheel.settings.autonomy == "autonomous"
    assert may_promote_alone(wheel, words)
    assert not may_promote_alone(wheel, own(proposal, harness))
    assert not may_promote_alone(wheel, dataclasses.replace(words, analyst="library"))
