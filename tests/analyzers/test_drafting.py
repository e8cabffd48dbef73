"""Drafts fit the harness at hand and stay within its surfaces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.drafting import draft, passing_tasks_that_show, proposal_id, surface_for
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.remedies.catalogue import remedy_named
from harness.edits import AddMiddleware, SetValue, Tree
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest


@pytest.fixture
def manifest(harness: Tree) -> Manifest:
    return parse_manifest(harness)


@pytest.mark.parametrize(
    ("touched", "surface"),
    [
        ("harness.toml:middleware", "harness.toml:middleware"),
        ("harness.toml:limits.steps", "harness.toml:limits"),
        ("prompts/system.md", "prompts/**"),
        ("harness.toml:model.name", None),
        ("policy.toml", None),
    ],
)
def test_a_change_is_put_under_the_surface_that_opens_it(
    manifest: Manifest, touched: str, surface: str | None
) -> None:
    """Or under none, and is then not proposed."""
    assert surface_for(touched, manifest.surfaces) == surface


def test_a_draft_holds_the_whole_manifest(unverified: Pattern, manifest: Manifest) -> None:
    """Hypothesis, surface, mechanism, predictions."""
    proposal = draft(remedy_named("completion_checklist"), unverified, manifest, claims=(), breakages=("t",))

    assert proposal is not None
    assert proposal.mechanism == "middleware:stock:PreCompletionChecklist"
    assert proposal.surface == "harness.toml:middleware"
    assert proposal.expected_fixes == unverified.tasks
    assert proposal.plausible_breakages == ("t",)
    assert "12 failing runs" in proposal.hypothesis


def test_nothing_is_drafted_outside_the_surfaces(unverified: Pattern, manifest: Manifest) -> None:
    """A harness that opens its prompts only gets wording only."""
    closed = replace(manifest, surfaces=("prompts/**",))

    assert draft(remedy_named("loop_detection"), unverified, closed, claims=()) is None
    assert draft(remedy_named("verify_paragraph"), unverified, closed, claims=()) is not None


def test_the_hypothesis_admits_that_there_was_no_contrast(unverified: Pattern, manifest: Manifest) -> None:
    """No number is made up."""
    bare = replace(unverified, contrast=replace(unverified.contrast, basis="none"))
    proposal = draft(remedy_named("loop_detection"), bare, manifest, claims=())

    assert proposal is not None
    assert "no passing run" in proposal.hypothesis


def test_an_id_depends_on_surface_and_edits_only() -> None:
    """What was tried for one pattern is known again when another asks for it."""
    edits = (AddMiddleware(use="stock:X", parameters={"a": 1, "b": ("c",)}),)
    same = (AddMiddleware(use="stock:X", parameters={"b": ("c",), "a": 1}),)

    assert proposal_id("s", edits) == proposal_id("s", same)
    assert proposal_id("s", edits) != proposal_id("t", edits)
    assert proposal_id("s", (SetValue(key="a", value=1),)) != proposal_id("s", (SetValue(key="a", value=2),))


def test_tasks_that_pass_with_the_signal_may_break(view: RunsView) -> None:
    """Three of the twelve tasks pass without a test."""
    assert passing_tasks_that_show("no_verification", view) == ("task-0", "task-4", "task-8")
    assert passing_tasks_that_show("unheard_of", view) == ()
