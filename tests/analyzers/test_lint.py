"""Lint refuses what a proposal may not be."""

from __future__ import annotations

import pytest

from analyzers.drafting import proposal_id
from analyzers.lint import lint_proposal, mechanisms
from analyzers.proposal import Proposal
from harness.edits import AddMiddleware, AppendText, Edit, SetValue, Tree, WriteFile
from harness.manifest_file import parse_manifest

LOOP = AddMiddleware(use="stock:LoopDetection")


def proposal(*edits: Edit) -> Proposal:
    return Proposal(
        id=proposal_id("s", edits),
        pattern="p",
        title="t",
        hypothesis="h",
        surface="s",
        mechanism="m",
        edits=edits,
        expected_fixes=(),
        plausible_breakages=(),
        evidence=(),
        remedy="r",
    )


def test_a_clean_proposal_gives_the_candidate(harness: Tree) -> None:
    """The control stays as it was."""
    before = dict(harness)
    candidate, problems = lint_proposal(proposal(LOOP), harness)

    assert problems == ()
    assert [entry.use for entry in parse_manifest(candidate).middleware] == ["stock:LoopDetection"]
    assert harness == before


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (SetValue(key="model.name", value="anthropic:other"), "outside the surfaces"),
        (WriteFile(path="policy.toml", content="error_budget = 1.0\n"), "outside the surfaces"),
        (AddMiddleware(use="stock:Nonsense"), "does not load"),
        (AddMiddleware(use="stock:LoopDetection", parameters={"speed": 3}), "does not load"),
        (SetValue(key="limits.steps", value="many"), "does not load"),
        (SetValue(key="limits.steps", value=30), "does not apply"),
        (AppendText(path="prompts/none.md", text="Hi."), "does not apply"),
        (WriteFile(path="../outside", content="x"), "does not apply"),
        (AppendText(path="prompts/system.md", text="Key: ghp_" + "a1B2" * 9), "secret"),
    ],
)
def test_each_offence_is_named(harness: Tree, edit: Edit, problem: str) -> None:
    """In a sentence that a person can act on."""
    _, problems = lint_proposal(proposal(edit), harness)

    assert any(problem in sentence for sentence in problems), problems


def test_two_mechanisms_are_one_too_many(harness: Tree) -> None:
    """One could not tell which of them helped."""
    _, problems = lint_proposal(proposal(LOOP, SetValue(key="limits.steps", value=60)), harness)

    assert problems == ("touches 2 mechanisms instead of one: limits.steps, middleware:stock:LoopDetection",)


def test_new_middleware_and_its_own_file_are_one_mechanism() -> None:
    """The entry means nothing without the file."""
    edits = (
        WriteFile(path="middleware/guard.py", content=""),
        AddMiddleware(use="./middleware/guard.py:Guard"),
    )

    assert mechanisms(edits) == {"middleware:./middleware/guard.py:Guard"}
    assert len(mechanisms((*edits, WriteFile(path="middleware/other.py", content="")))) == 2


def test_no_edit_at_all_is_no_proposal(harness: Tree) -> None:
    """It would equal its parent."""
    _, problems = lint_proposal(proposal(), harness)

    assert any("equals its parent" in sentence for sentence in problems)
