"""The whole line from stored spans to linted proposals, with real segments on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.analysts.parallel import diagnose_all
from analyzers.analysts.playbook import Playbook
from analyzers.detectors import default_detectors
from analyzers.evidence import check_finding
from analyzers.lint import lint_proposal
from analyzers.mine_view import RunsView
from analyzers.observing import observe_each
from analyzers.patterns import Found, find_patterns
from analyzers.proposal import Proposal
from analyzers.proposals import rank_proposals
from analyzers.quality import sift
from analyzers.testing import unverified_run
from harness.apply_edits import apply_edits
from harness.edits import Tree
from harness.manifest_file import parse_manifest
from traces.normal import assemble_all
from traces.run import Run
from traces.segments import SegmentWriter, read_spans


@pytest.fixture
def stored(runs: tuple[Run, ...], tmp_path: Path) -> tuple[Run, ...]:
    """The runs as they come back from disk, with one whose infrastructure broke."""
    with SegmentWriter(tmp_path) as writer:
        for run in (*runs, unverified_run(900, "errored", task="task-1")):
            for span in run.spans:
                writer.append(span)
    return tuple(assemble_all(read_spans(tmp_path)))


def mined(runs: tuple[Run, ...]) -> Found:
    return find_patterns(observe_each(sift(runs).kept, default_detectors()))


def proposed(runs: tuple[Run, ...], harness: Tree, tried: tuple[str, ...] = ()) -> tuple[Proposal, ...]:
    view = RunsView(sift(runs).kept)
    reports = diagnose_all(mined(runs).patterns, view, harness, [Playbook()], workers=2)
    findings = [check_finding(report.finding, view).finding for report in reports if report.finding]
    return rank_proposals(findings, tried=tried)


def test_what_is_read_back_gives_the_same_patterns(stored: tuple[Run, ...], runs: tuple[Run, ...]) -> None:
    """Deleting whatever was derived loses nothing."""
    assert mined(stored) == mined(runs)
    assert sift(stored).set_apart == {"errored": (f"{900:032x}",)}


def test_proposals_begin_with_the_fitting_remedies(stored: tuple[Run, ...], harness: Tree) -> None:
    """The best of each pattern first, and all of them clean."""
    proposals = proposed(stored, harness)

    assert {proposal.remedy for proposal in proposals[:2]} == {"completion_checklist", "loop_detection"}
    assert all(lint_proposal(proposal, harness)[1] == () for proposal in proposals)
    assert len({proposal.id for proposal in proposals}) == len(proposals)


def test_among_them_are_some_that_only_sound_good(stored: tuple[Run, ...], harness: Tree) -> None:
    """The gate must have something to refuse."""
    remedies = {proposal.remedy for proposal in proposed(stored, harness)}

    assert {"careful_paragraph", "more_steps"} & remedies


def test_the_same_round_gives_the_same_proposals(stored: tuple[Run, ...], harness: Tree) -> None:
    """However its threads were scheduled."""
    assert proposed(stored, harness) == proposed(stored, harness)


def test_after_a_promotion_the_remedy_is_not_proposed_again(stored: tuple[Run, ...], harness: Tree) -> None:
    """Where the pattern is still there, the next idea has its turn."""
    best = proposed(stored, harness)[0]
    promoted = apply_edits(harness, best.edits)
    later = proposed(stored, promoted, tried=(best.id,))

    assert parse_manifest(promoted).middleware
    assert best.id not in {proposal.id for proposal in later}
    assert all(lint_proposal(proposal, promoted)[1] == () for proposal in later)


def test_refused_proposals_do_not_come_back(stored: tuple[Run, ...], harness: Tree) -> None:
    """Round after round something else is tried, until there is nothing left."""
    tried: tuple[str, ...] = ()
    for _ in range(12):
        round_of = proposed(stored, harness, tried)
        assert not {proposal.id for proposal in round_of} & set(tried)
        tried = (*tried, *(proposal.id for proposal in round_of))

    assert proposed(stored, harness, tried) == ()
