"""Hand-made values of a finished wheel, for what only reads them, and a small wheel that really turned."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzers.pattern import Contrast, Pattern, Signature
from analyzers.proposal import Claim, Proposal
from benchmarks.gate.campaign import Campaign
from benchmarks.gate.verdict import Decision, EvidencePoint, PairResult, Verdict
from benchmarks.leak_lint import LeakLint
from benchmarks.sealed import SealedResult
from benchmarks.splits import assign_splits
from benchmarks.suite_cache import write_cached
from benchmarks.suites.humaneval_repair.generation import generate
from benchmarks.suites.humaneval_repair.problem import all_problems
from benchmarks.suites.humaneval_repair.source import HumanEvalRepair
from benchmarks.task import Split
from flywheel.answer import Answer
from flywheel.campaigns import OpenCampaign, open_campaign
from flywheel.comparison import Question
from flywheel.history import Judged
from flywheel.measuring import Measured
from flywheel.observer import SilentObserver
from flywheel.optimizing import Outputs, optimize
from flywheel.project import Project, open_executor, open_project
from flywheel.records import proposal_record, verdict_record
from flywheel.shared_ledger import Sharing
from flywheel.starting import start_harness
from flywheel.suites import open_suite
from flywheel.wheel import Mined, Settings, Trial, Wheel, WheelResult
from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, AppendText, SetValue
from harness.repository import HarnessRepository
from harness.sandboxes.choose import choose_sandbox
from harness.simulated.profile import Profile
from harness.template import coder_template
from traces.outcome import Outcome

POLICY = "[campaign]\nerror_budget = 0.8\ncandidates = 2\n"
PROFILE = Profile(unverified_finish=0.8)
SETTINGS = Settings(suite="humaneval-repair", autonomy="autonomous", rounds=2, open_sealed=True)


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


def make_suite_cache(folder: Path, *, mine: int = 6, gate: int = 14, sealed: int = 2) -> Path:
    """A cache in which humaneval-repair has few problems, in the splits that are theirs; really generated."""
    problems = all_problems()
    splits = assign_splits((problem.group for problem in problems), key="humaneval-repair")
    chosen = [
        problem
        for split, count in ((Split.MINE, mine), (Split.GATE, gate), (Split.SEALED, sealed))
        for problem in [problem for problem in problems if splits[problem.group] is split][:count]
    ]
    sandbox = choose_sandbox()
    source = HumanEvalRepair(problems=problems, seed=1, cache=folder, sandbox=sandbox)
    made = generate(chosen, seed=1, sandbox=sandbox)
    write_cached(source._file(), key=source._key(), records=[blueprint.to_record() for blueprint in made])
    return folder


@pytest.fixture(scope="session")
def small_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small suite's cache: 6 mine, 14 gate and 2 sealed groups of up to three tasks."""
    return make_suite_cache(tmp_path_factory.mktemp("suites"))


@pytest.fixture(scope="session")
def small_suite(small_cache: Path) -> Iterator[None]:
    """``humaneval-repair`` is the small suite, here and in the processes that are started from here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLYWHEEL_CACHE", str(small_cache))
        yield


@pytest.fixture
def larger_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``humaneval-repair`` has 40 gate groups: enough for the gate to decide at its usual thresholds."""
    monkeypatch.setenv("FLYWHEEL_CACHE", str(make_suite_cache(tmp_path / "suites", gate=40)))


def start_lenient(path: Path, *, model: str = "simulated:coder") -> Project:
    """A harness repository whose policy lets 14 groups decide."""
    tree = {**coder_template(model=model), "policy.toml": POLICY.encode()}
    HarnessRepository.init(path, tree, "Start the harness", clock=lambda: 1_700_000_000.0)
    return open_project(path)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Optimized:
    """A project on which ``optimize`` has ended, its document, and where that was written."""

    project: Project
    document: dict[str, Any]
    outputs: Outputs


@pytest.fixture(scope="session")
def optimized(small_suite: None, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Optimized:
    """A whole autonomous ``optimize`` of a model that seldom tests its work; what uses it must not change it.

    The processes of one test session share it: the first to come makes it, the others wait.
    """
    alone = worker_id == "master"
    base = tmp_path_factory.getbasetemp()
    folder = (base if alone else base.parent) / "optimized-wheel"
    folder.mkdir(exist_ok=True)
    outputs = Outputs(result=folder / "out" / "result.json", report=folder / "out" / "report.html")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not outputs.result.exists():
            shutil.rmtree(folder / "harness", ignore_errors=True)
            made = start_lenient(folder / "harness")
            optimize(made, SETTINGS, outputs, SilentObserver(), model_profile=PROFILE)
    project = open_project(folder / "harness")
    return Optimized(project=project, document=json.loads(outputs.result.read_text()), outputs=outputs)


@pytest.fixture
def copied(optimized: Optimized, tmp_path: Path) -> Project:
    """A copy of the optimized project, to be changed."""
    shutil.copytree(optimized.project.repository.path, tmp_path / "harness", symlinks=True)
    return open_project(tmp_path / "harness")


@pytest.fixture
def lenient(small_suite: None, tmp_path: Path) -> Project:
    """A harness repository beside nothing, ready to be optimized on the small suite."""
    return start_lenient(tmp_path / "lenient")


@pytest.fixture
def settings() -> Settings:
    """What the small wheel is turned with."""
    return SETTINGS


@pytest.fixture
def profile() -> Profile:
    """The weakness that is planted in the small wheel's model."""
    return PROFILE


@pytest.fixture
def wheel(copied: Project) -> Iterator[Wheel]:
    """The wheel of the copied project; its executor starts nothing before something is to be run."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    with open_executor(copied, in_flight=2, model_profile=PROFILE) as executor:
        yield Wheel(
            project=copied,
            settings=SETTINGS,
            policy=copied.policy(),
            suite=suite,
            executor=executor,
            leak_lint=LeakLint(suite),
            observer=SilentObserver(),
        )


@pytest.fixture
def campaign(wheel: Wheel) -> OpenCampaign:
    """The campaign that was opened when the wheel was turned."""
    return open_campaign(wheel.project, suite="humaneval-repair", seed=1, policy=wheel.policy)


@pytest.fixture
def answer_of() -> Callable[..., Answer]:
    """Makes the answer that ends in a verdict, asked for ``my-change`` unless told otherwise."""

    def make(verdict: Verdict, *, candidate: str = "my-change", sharing: Sharing = "alone") -> Answer:
        return Answer(
            question=Question(
                candidate=candidate, against="main", suite="humaneval-repair", asks=verdict.question
            ),
            measured=Measured(experiment="e" * 16, control="c" * 40, candidate="d" * 40, verdict=verdict),
            planned_runs=40,
            campaign_id="humaneval-repair/epoch-1",
            campaign=Campaign(candidates=8).charge("my-change"),
            sharing=sharing,
        )

    return make


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """A repository with a change of it on a branch, both of which load."""

    project: Project
    branch: str = "my-change"

    @property
    def words(self) -> list[str]:
        """The command that asks about the change, in a process or not."""
        return ["evaluate", self.branch, "-C", str(self.project.repository.path)]


@pytest.fixture
def change(lenient: Project) -> Change:
    """A change that makes the small suite's runs end early: three steps are too few for most."""
    repository = lenient.repository
    tree = apply_edits(repository.tree("HEAD"), (SetValue(key="limits.steps", value=3),))
    commit = repository.commit_candidate(tree, "fewer steps", repository.current(), "fewer")
    repository.git.run("branch", "my-change", commit)
    return Change(project=lenient)
