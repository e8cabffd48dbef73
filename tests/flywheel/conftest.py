"""Hand-made values of a finished wheel, for what only reads them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from analyzers.pattern import Contrast, Pattern, Signature
from analyzers.proposal import Claim, Proposal
from benchmarks.gate.verdict import Decision, EvidencePoint, PairResult, Verdict
from benchmarks.sealed import SealedResult
from flywheel.history import Judged
from flywheel.project import Project, open_project
from flywheel.records import proposal_record, verdict_record
from flywheel.starting import start_harness
from flywheel.wheel import Mined, Settings, Trial, WheelResult
from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, AppendText, SetValue
from traces.outcome import Outcome


def pair(position: int, control: Outcome, candidate: Outcome) -> PairResult:
    """A scored pair whose scores follow from its outcomes."""
    return PairResult(
        position=position,
        task=f"suite/G{position}/m1",
        group=f"G{position}",
        control_run=f"{position:032x}",
        candidate_run=f"{position + 1000:032x}",
        control_score=float(control is Outcome.PASSED),
        candidate_score=float(candidate is Outcome.PASSED),
        control_outcome=control,
        candidate_outcome=candidate,
    )


@pytest.fixture
def proposal() -> Proposal:
    """A proposal with one edit of several kinds."""
    return Proposal(
        id="p-0123456789",
        pattern="pattern-1",
        title="Check before ending",
        hypothesis="Runs end without a test; a checklist makes them test.",
        surface="harness.toml:middleware",
        mechanism="middleware:stock:PreCompletionChecklist",
        edits=(
            AddMiddleware(
                use="stock:PreCompletionChecklist", parameters={"checks": ("a", "b"), "max_gates": 2}
            ),
            SetValue(key="limits.steps", value=40),
            AppendText(path="prompts/system.md", text="Look first."),
        ),
        expected_fixes=("suite/G0/m1",),
        plausible_breakages=(),
        evidence=(
            Claim(
                text="It ended untested.", run_id="a" * 32, span_id="b" * 16, quote="Done \x1b[31m<b>now</b>"
            ),
        ),
        remedy="checklist",
        priority=0.4,
    )


@pytest.fixture
def verdict() -> Verdict:
    """A promotion with one task fixed, one broken and two unchanged."""
    return Verdict(
        decision=Decision.PROMOTE,
        reason="the evidence reached 170 of 160",
        claim="groups",
        effect_at_stop=0.25,
        interval=(0.03, 0.6),
        wealth=170.0,
        threshold=160.0,
        groups_used=4,
        pairs=(
            pair(0, Outcome.FAILED, Outcome.PASSED),
            pair(1, Outcome.PASSED, Outcome.TIMED_OUT),
            pair(2, Outcome.PASSED, Outcome.PASSED),
            pair(3, Outcome.FAILED, Outcome.LIMIT_REACHED),
        ),
        evidence=tuple(
            EvidencePoint(bet=bet, group=f"G{bet}", difference=1.0, wealth=3.6**bet, lower_bound=-0.1)
            for bet in range(5)
        ),
        diverged=2,
        activation="fired",
    )


@pytest.fixture
def pattern() -> Pattern:
    """A pattern of three runs."""
    return Pattern(
        id="pattern-1",
        name="ended without testing",
        signature=Signature(cause="assertion", mechanism="no_verification"),
        run_ids=("a" * 32, "b" * 32, "c" * 32),
        tasks=("suite/G0/m1",),
        share=0.6,
        contrast=Contrast(difference=0.5, interval=(0.2, 0.8), basis="task"),
        rank=0.3,
        medoid="a" * 32,
        typical=("b" * 32, "c" * 32),
        terms=("done",),
        signals=(),
    )


@pytest.fixture
def wheel_result(proposal: Proposal, verdict: Verdict, pattern: Pattern) -> WheelResult:
    """One round with one promotion and one refusal, and an opened sealed split."""
    promoted = Trial(
        round=1,
        proposal=proposal,
        status="promoted",
        candidate="d" * 40,
        control="e" * 40,
        experiment="experiment-1",
        verdict=verdict,
        promotion="f" * 40,
    )
    refused = Trial(round=1, proposal=proposal, status="refused", refusals=("does not load",))
    mined = Mined(
        round=1,
        commit="e" * 40,
        runs=60,
        passed=20,
        set_apart={"errored": 1},
        patterns=(pattern,),
        unexplained=3,
    )
    return WheelResult(
        settings=Settings(suite="humaneval-repair", seed=3),
        campaign="humaneval-repair/epoch-1",
        start="e" * 40,
        end="f" * 40,
        rounds=(mined,),
        trials=(promoted, refused),
        sealed=SealedResult(
            before_passed=20,
            before_total=80,
            after_passed=60,
            after_total=80,
            effect=0.5,
            lower_bound=0.41,
            groups=40,
            pairs=(),
        ),
        runs=200,
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A real harness repository from the template."""
    start_harness(tmp_path / "harness", model="simulated:coder")
    return open_project(tmp_path / "harness")


@pytest.fixture
def judged(project: Project, proposal: Proposal, verdict: Verdict) -> Judged:
    """A proposal with a candidate commit and its verdict, all of it in the ledger of ``project``."""
    control = project.repository.current()
    edits = (SetValue(key="limits.steps", value=40),)
    single = dataclasses.replace(proposal, edits=edits)
    tree = apply_edits(project.repository.tree(control), edits)
    candidate = project.repository.commit_candidate(tree, "try it", control, single.id)
    project.ledger.append("proposal", single.id, proposal_record(single))
    project.ledger.append(
        "verdict",
        "experiment-1",
        {
            "campaign": "suite/epoch-1",
            "budgeted_as": single.id,
            "proposal": single.id,
            "control": control,
            "candidate": candidate,
            "verdict": verdict_record(verdict),
        },
    )
    return Judged(
        proposal=single, experiment="experiment-1", control=control, candidate=candidate, verdict=verdict
    )
