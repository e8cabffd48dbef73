"""Code checks every claim against the span that it cites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.analysts.playbook import Playbook
from analyzers.evidence import check_finding, problem_of
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Claim, Finding
from harness.edits import Tree


@pytest.fixture
def finding(unverified: Pattern, view: RunsView, harness: Tree) -> Finding:
    return Playbook().diagnose(unverified, view, harness)


def lie(claim: Claim) -> Claim:
    return replace(claim, text="The agent was lazy.", quote="I did not feel like testing")


def test_a_finding_with_true_quotes_stands_unchanged(finding: Finding, view: RunsView) -> None:
    """Nothing is dropped."""
    checked = check_finding(finding, view)

    assert checked.finding == finding
    assert checked.dropped == ()


def test_an_invented_quote_drops_its_claim_only(finding: Finding, view: RunsView) -> None:
    """The others stand, and the loss is recorded."""
    mixed = replace(finding, claims=(lie(finding.claims[0]), *finding.claims[1:]))
    checked = check_finding(mixed, view)

    assert checked.finding.claims == finding.claims[1:]
    assert "lazy" in checked.dropped[0]


def test_a_proposal_without_a_surviving_claim_is_dropped(finding: Finding, view: RunsView) -> None:
    """However good it is."""
    first, *others = finding.proposals
    unfounded = replace(first, evidence=tuple(lie(claim) for claim in first.evidence))
    checked = check_finding(replace(finding, proposals=(unfounded, *others)), view)

    assert checked.finding.proposals == tuple(others)
    assert any(first.id in sentence for sentence in checked.dropped)


def test_a_scripted_analyst_that_invents_all_quotes_gets_nothing_through(
    finding: Finding, view: RunsView
) -> None:
    """Neither claims nor proposals."""
    liar = replace(
        finding,
        claims=tuple(lie(claim) for claim in finding.claims),
        proposals=tuple(replace(p, evidence=tuple(lie(c) for c in p.evidence)) for p in finding.proposals),
    )
    checked = check_finding(liar, view)

    assert (checked.finding.claims, checked.finding.proposals) == ((), ())


def test_a_quote_from_another_span_is_no_evidence(finding: Finding, view: RunsView) -> None:
    """It must be in the span that is cited, not just somewhere."""
    claim = finding.claims[0]
    others = [span for span in view.run(claim.run_id).spans if span.span_id != claim.span_id]
    moved = [replace(claim, span_id=span.span_id, quote="I have fixed the comparison.") for span in others]

    assert all("not in span" in (problem_of(other, view) or "") for other in moved)


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"run_id": "e" * 32}, "no run"), ({"span_id": "e" * 16}, "no span"), ({"quote": ""}, "not in span")],
)
def test_the_reason_names_what_is_wrong(
    finding: Finding, view: RunsView, change: dict[str, str], problem: str
) -> None:
    """Run, span or quote."""
    found = problem_of(replace(finding.claims[0], **change), view)

    assert found is not None
    assert problem in found


def test_a_proposal_for_another_pattern_is_dropped(finding: Finding, view: RunsView) -> None:
    """An analyst answers for the pattern that it was given."""
    stray = replace(finding, proposals=(replace(finding.proposals[0], pattern="p-other"),))

    assert check_finding(stray, view).finding.proposals == ()


def test_what_an_analyst_was_refused_is_reported_too(finding: Finding, view: RunsView) -> None:
    """Together with what the check drops."""
    refused = replace(finding, refused=("choice 'x': it was not offered",))

    assert check_finding(refused, view).dropped == refused.refused
