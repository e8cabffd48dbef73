"""A measurement is charged and planned before it runs, and answered from the ledger afterwards."""

from __future__ import annotations

import pytest

from benchmarks.errors import CampaignError
from flywheel.answer import verdict_text
from flywheel.archive import Archive
from flywheel.campaigns import OpenCampaign, charge
from flywheel.errors import FlywheelError
from flywheel.evaluating import Question, evaluate
from flywheel.history import judged_proposals
from flywheel.measuring import Measurement, Subject, measure
from flywheel.mine_index import count_runs, mine_view
from flywheel.mining import find, mine
from flywheel.observer import SilentObserver
from flywheel.pattern_ledger import known_patterns, record_patterns, round_name
from flywheel.project import Project
from flywheel.proposing import propose
from flywheel.trial import gate_tasks
from flywheel.wheel import Wheel
from harness.errors import ManifestError


def measurement(wheel: Wheel, campaign: OpenCampaign) -> Measurement:
    """As a trial makes it."""
    return Measurement(
        project=wheel.project,
        campaign=campaign,
        policy=wheel.policy,
        suite=wheel.suite,
        tasks=gate_tasks(wheel),
        executor=wheel.executor,
        in_flight=2,
        observer=wheel.observer,
    )


def test_a_measured_subject_is_answered_from_the_ledger(wheel: Wheel, campaign: OpenCampaign) -> None:
    """Whatever candidate commit it is asked with: the one that was measured is named."""
    judged = judged_proposals(wheel.project)[0]
    runs, entries = count_runs(wheel.project), len(wheel.project.ledger.entries())
    subject = Subject(
        name=judged.proposal.id, control=campaign.start, candidate=campaign.start, mechanism="other"
    )

    measured = measure(measurement(wheel, campaign), subject)

    assert (measured.experiment, measured.candidate) == (judged.experiment, judged.candidate)
    assert measured.verdict == judged.verdict
    assert (count_runs(wheel.project), len(wheel.project.ledger.entries())) == (runs, entries)


def test_a_lost_verdict_is_recomputed_from_the_runs(wheel: Wheel, campaign: OpenCampaign) -> None:
    """Killed before its verdict was written: the same numbers, and only what had not ended runs anew."""
    project = wheel.project
    judged = judged_proposals(project)[0]
    verdict = project.ledger.entries("verdict")[0]
    git = project.repository.git
    commits = git.run("rev-list", "--reverse", "flywheel/ledger").decode().split()
    git.run(
        "update-ref",
        "refs/heads/flywheel/ledger",
        commits[verdict.sequence - project.ledger.entries()[0].sequence - 1],
    )
    subject = Subject(
        name=judged.proposal.id,
        control=judged.control,
        candidate=judged.candidate,
        mechanism=judged.proposal.mechanism,
    )

    measured = measure(measurement(wheel, campaign), subject)

    assert measured.verdict == judged.verdict


def test_a_spent_campaign_measures_nothing(wheel: Wheel, campaign: OpenCampaign) -> None:
    """The refusal comes before plan, look and runs."""
    charge(wheel.project, campaign, "p-second")
    before = len(wheel.project.ledger.entries())
    current = wheel.project.repository.current()
    subject = Subject(name="p-third", control=campaign.start, candidate=current, mechanism="other")

    with pytest.raises(CampaignError, match="spent"):
        measure(measurement(wheel, campaign), subject)

    assert len(wheel.project.ledger.entries()) == before


def test_a_question_about_one_harness_is_refused(copied: Project) -> None:
    """Two names of one tree leave nothing to measure, whatever the commits."""
    with pytest.raises(FlywheelError, match="nothing to measure"):
        evaluate(
            copied,
            Question(candidate="HEAD", against="HEAD^2", suite="humaneval-repair"),
            SilentObserver(),
        )


def test_a_candidate_that_does_not_load_is_refused(copied: Project) -> None:
    """Before a suite is opened or a campaign charged."""
    repository = copied.repository
    broken = {**repository.tree(repository.current()), "harness.toml": b"[harness\n"}
    commit = repository.commit_candidate(broken, "broken", repository.current(), "broken")
    before = len(copied.ledger.entries())

    with pytest.raises(ManifestError, match=r"harness\.toml"):
        evaluate(
            copied, Question(candidate=commit, against="HEAD", suite="humaneval-repair"), SilentObserver()
        )

    assert len(copied.ledger.entries()) == before


def test_an_answer_says_the_flips(wheel: Wheel) -> None:
    """For people each task that was fixed, in JSON the whole verdict."""
    judged = judged_proposals(wheel.project)[0]
    text = verdict_text(judged.verdict)

    assert text.startswith("promote: ")
    assert all(f"fixed  {pair.task}" in text for pair in judged.verdict.pairs if pair.difference > 0)


def test_mining_again_runs_and_records_nothing(wheel: Wheel, campaign: OpenCampaign) -> None:
    """The batch is the tree's: the same patterns, from the same runs."""
    before = count_runs(wheel.project), len(wheel.project.ledger.entries())

    mined = mine(wheel, campaign.start, 1)
    proposals = propose(wheel, mined)

    assert (count_runs(wheel.project), len(wheel.project.ledger.entries())) == before
    assert [proposal.id for proposal in proposals] == wheel.project.ledger.entries("proposed")[0].body[
        "proposals"
    ]


def test_a_pattern_keeps_its_identity_over_rounds(wheel: Wheel, campaign: OpenCampaign) -> None:
    """What an earlier round recorded is recognised; recording it twice is recording it once."""
    project = wheel.project
    runs = [run for run in mine_view(project).runs() if run.harness_commit == campaign.start]
    ledger, commit = project.ledger, campaign.start
    known = known_patterns(ledger, before=round_name(2, commit))

    later = find(Archive.of(project), runs, round_number=2, commit=commit)
    record_patterns(ledger, later)
    record_patterns(ledger, later)

    assert known_patterns(ledger, before=round_name(1, commit)) == ()
    assert [pattern.id for pattern in later.patterns] == [each.id for each in known]
    assert len(project.ledger.entries("pattern")) == 2
