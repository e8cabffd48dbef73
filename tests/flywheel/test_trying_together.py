"""Proposals of a round against one control: shared runs, shares that stay, staleness, merges, and kills. Runs are simulated."""

from __future__ import annotations

import dataclasses
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from analyzers.drafting import proposal_id
from analyzers.proposal import Proposal
from benchmarks.gate.testing import FAIL, PASS, Ending, SimulatedExecutor, luck, simulated_tasks
from benchmarks.gate.verdict import Verdict
from benchmarks.leak_lint import LeakLint
from benchmarks.task import Split, Suite
from flywheel.campaigns import OpenCampaign, budget, open_campaign
from flywheel.errors import FlywheelError
from flywheel.history import status_of
from flywheel.looks import held_out_keys
from flywheel.measuring_together import known_window
from flywheel.merging import merges_on, plan_merge, propose_merge
from flywheel.observer import SilentObserver
from flywheel.project import Project, open_project
from flywheel.promotion import promote_proposal
from flywheel.records import proposal_of, proposal_record
from flywheel.starting import start_harness
from flywheel.trial import try_in_order
from flywheel.trying_merges import offer_merge, try_merges
from flywheel.trying_together import try_together
from flywheel.wheel import Mined, Settings, Trial, Wheel
from harness.edits import AppendText, Edit, SetValue
from harness.errors import StaleError
from harness.runs import RunRequest

TASKS = simulated_tasks(80)
SUITE = Suite(
    name="simulated",
    tasks=tuple(TASKS.values()),
    splits=dict.fromkeys((f"g{n:02}" for n in range(80)), Split.GATE),
)
STEPS, SECONDS = SetValue(key="limits.steps", value=41), SetValue(key="limits.wall_seconds", value=901)
PROMPT = AppendText(path="prompts/system.md", text="Look twice.")
USELESS = AppendText(path="prompts/system.md", text="Be brave.")
OUTSIDE = SetValue(key="model.name", value="simulated:other")


DRAFT = Proposal(
    id="q",
    pattern="pattern-1",
    title="",
    hypothesis="It helps.",
    surface="any",
    mechanism="other",
    edits=(),
    expected_fixes=(),
    plausible_breakages=(),
    evidence=(),
    remedy="none",
)


def ends(request: RunRequest) -> Ending:
    """Forty-one steps and looking twice gain four and three of ten tasks, 901 seconds lose three, bravery changes nothing."""
    limits = tomllib.loads((request.checkout.path / "harness.toml").read_text())["limits"]
    prompt = (request.checkout.path / "prompts/system.md").read_text()
    rate = (
        0.4
        + 0.4 * (limits["steps"] == 41)
        - 0.3 * (limits["wall_seconds"] == 901)
        + 0.3 * ("twice" in prompt)
    )
    return PASS if luck(request) < rate else FAIL


@dataclass(frozen=True, kw_only=True)
class Round:
    """A wheel on simulated runs with its campaign; proposals are made and tried on the campaign's start."""

    wheel: Wheel
    campaign: OpenCampaign
    draft: Proposal

    @property
    def project(self) -> Project:
        """The repository and its ledger."""
        return self.wheel.project

    @property
    def executor(self) -> SimulatedExecutor:
        """What pretends to run."""
        assert isinstance(self.wheel.executor, SimulatedExecutor)
        return self.wheel.executor

    def proposed(self, *edits: Edit) -> tuple[Proposal, ...]:
        """One proposal for each edit, in the ledger."""
        made = []
        for edit in edits:
            mechanism = "prompt" if isinstance(edit, AppendText) else edit.key
            proposal = dataclasses.replace(
                self.draft,
                id=proposal_id("any", (edit,)),
                edits=(edit,),
                mechanism=mechanism,
                title=str(edit),
            )
            if self.project.ledger.get("proposal", proposal.id) is None:
                self.project.ledger.append("proposal", proposal.id, proposal_record(proposal))
            made.append(proposal)
        return tuple(made)

    def tried(self, proposals: Sequence[Proposal], *, patience: int = 8) -> tuple[Trial, ...]:
        """The trials of a round on the campaign's start."""
        return try_together(
            self.wheel, self.campaign, self.campaign.start, proposals, self.mined(), patience=patience
        )

    def mined(self, number: int = 1) -> Mined:
        """A mining round that knows no pattern."""
        return Mined(
            round=number,
            commit=self.campaign.start,
            runs=60,
            passed=20,
            set_apart={},
            patterns=(),
            unexplained=0,
        )

    def such(self, executor: SimulatedExecutor | None = None, **settings: object) -> Round:
        """The same with another executor or other settings."""
        changed = dataclasses.replace(self.wheel.settings, **settings)  # type: ignore[arg-type]
        wheel = dataclasses.replace(self.wheel, settings=changed, executor=executor or self.executor)
        return dataclasses.replace(self, wheel=wheel)

    def kinds(self) -> list[str]:
        """The kinds of the ledger's entries, in their order."""
        return [entry.kind for entry in self.project.ledger.entries()]


def make_round(project: Project) -> Round:
    """Two seats, applied by us."""
    policy = project.policy()
    wheel = Wheel(
        project=project,
        settings=Settings(suite="simulated", together=2, autonomy="autonomous"),
        policy=policy,
        suite=SUITE,
        executor=SimulatedExecutor(ends=ends),
        leak_lint=LeakLint(SUITE),
        observer=SilentObserver(),
    )
    return Round(
        wheel=wheel, campaign=open_campaign(project, suite="simulated", seed=1, policy=policy), draft=DRAFT
    )


@pytest.fixture
def round_of(project: Project) -> Round:
    """A round in a fresh repository."""
    return make_round(project)


def copy_of(source: Round, folder: Path) -> Round:
    """The same repository and ledger elsewhere, to go on with; what ran before it is in the ledger only."""
    shutil.copytree(source.project.repository.path, folder, symlinks=True)
    return make_round(open_project(folder)).such(autonomy=source.wheel.settings.autonomy)


def fresh(folder: Path) -> Round:
    """A round in a repository of its own."""
    start_harness(folder, model="simulated:coder")
    return make_round(open_project(folder))


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A round in which both patches that help were tried, not to be changed."""

    round: Round
    trials: tuple[Trial, ...]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """Two candidates of one window pass: one is promoted, the other stale."""
    made = fresh(tmp_path_factory.mktemp("tried") / "harness")
    return Tried(round=made, trials=made.tried(made.proposed(PROMPT, STEPS)))


def by_status(trials: Sequence[Trial]) -> list[str]:
    return [trial.status for trial in trials]


def test_the_best_is_promoted_and_what_passed_beside_it_is_stale(tried: Tried) -> None:
    """By the lower bound, whatever their order; promoting the stale one is refused with the way on."""
    round_of, trials = tried.round, tried.trials
    promoted = next(trial for trial in trials if trial.status == "promoted")
    stale = next(trial for trial in trials if trial.status == "stale")

    assert promoted.verdict is not None
    assert stale.verdict is not None
    assert promoted.verdict.interval[0] >= stale.verdict.interval[0] > 0
    assert round_of.project.repository.current() == promoted.promotion
    assert status_of(round_of.project, stale.proposal) == "stale"
    with pytest.raises(
        StaleError, match=f"flywheel proposals merge {stale.proposal.id} && flywheel evaluate"
    ):
        promote_proposal(round_of.project, stale.proposal.id)


def test_the_control_runs_once_for_both(tried: Tried) -> None:
    """Its runs belong to the window; fewer runs in all than two experiments take."""
    started = tried.round.executor.started
    used = [len(trial.verdict.pairs) for trial in tried.trials if trial.verdict]
    controls = [key for key in started if key.startswith("w-")]

    assert len(controls) <= max(used) + 2
    assert len(started) < 2 * sum(used)


def test_plan_charges_and_looks_are_in_the_ledger_before_anything_runs(round_of: Round) -> None:
    """The window, then charge, experiment and look of each that sits in it; every run is covered by a look."""
    before = len(round_of.kinds())
    seen: list[list[str]] = []

    def watching(request: RunRequest) -> Ending:
        seen.append(round_of.kinds()[before:])
        return ends(request)

    watched = round_of.such(SimulatedExecutor(ends=watching))
    watched.tried(watched.proposed(PROMPT, STEPS))

    assert seen[0] == ["proposal"] * 2 + ["window"] + ["charge", "experiment", "look"] * 2
    assert set(watched.executor.started) <= held_out_keys(round_of.project.ledger)


def test_error_does_not_come_back_from_a_shared_control(round_of: Round) -> None:
    """Neither by futility nor by a promotion; alone the futile one would have returned its share."""
    round_of.tried(round_of.proposed(USELESS, STEPS))
    spent = budget(round_of.project, round_of.campaign)

    assert [charge.returned for charge in spent.charges] == [0.0, 0.0]
    assert [charge.share for charge in spent.charges] == pytest.approx([0.05 / 8] * 2)


def test_one_proposal_has_a_control_of_its_own(round_of: Round) -> None:
    """Nothing is shared then, and its share comes back."""
    proposals = round_of.proposed(USELESS)
    trials = round_of.tried(proposals)

    assert by_status(trials) == ["judged"]
    assert "window" not in round_of.kinds()
    assert budget(round_of.project, round_of.campaign).charges[0].returned > 0


def test_a_refused_proposal_takes_no_seat(round_of: Round) -> None:
    """Lint refuses it before any run; the next in the line sits down."""
    proposals = round_of.proposed(OUTSIDE, USELESS, SECONDS)
    trials = round_of.tried(proposals)
    (opened,) = round_of.project.ledger.entries("window")
    known = known_window(round_of.project, opened.key)

    assert by_status(trials) == ["refused", "judged", "judged"]
    assert known is not None
    assert list(known.experiments) == [proposal.id for proposal in proposals[1:]]


def test_a_stopped_candidate_makes_room_for_the_next(round_of: Round) -> None:
    """It begins at a fresh position of the same window, until one has passed."""
    proposals = round_of.proposed(USELESS, SECONDS, STEPS, PROMPT)
    trials = round_of.tried(proposals)
    entries = [entry.body["plan"] for entry in round_of.project.ledger.entries("experiment")]
    places = [plan["place"] for plan in entries]  # type: ignore[call-overload, index]

    assert [place["begins"] > 0 for place in places] == [False, False, *[True] * (len(places) - 2)]
    assert len(places) > 2
    assert len({place["window"] for place in places}) == 1
    assert "promoted" in by_status(trials)


def test_patience_bounds_how_many_sit_down(round_of: Round) -> None:
    """With room for two misses no third is begun, whoever waits."""
    trials = round_of.tried(round_of.proposed(USELESS, SECONDS, STEPS), patience=2)

    assert by_status(trials) == ["judged", "judged"]


def test_a_finished_round_is_recalled(round_of: Round) -> None:
    """The same trials, and no further run or entry."""
    wheel = round_of.such(together=3)
    proposals = wheel.proposed(OUTSIDE, USELESS, PROMPT, STEPS)
    first = wheel.tried(proposals)
    before = wheel.kinds(), len(wheel.executor.started)

    assert wheel.tried(proposals) == first
    assert (wheel.kinds(), len(wheel.executor.started)) == before


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Verdict | None]]:
    """What the proposals of the killed rounds come to in a round that nobody kills."""
    round_of = fresh(tmp_path_factory.mktemp("whole") / "harness")
    trials = round_of.tried(round_of.proposed(USELESS, SECONDS, PROMPT, STEPS))
    return [(trial.status, trial.verdict) for trial in trials]


@pytest.mark.parametrize(
    "dies_after", [pytest.param(1, marks=pytest.mark.slow), 45, pytest.param(75, marks=pytest.mark.slow)]
)
def test_a_killed_round_goes_on_to_the_same_verdicts(
    round_of: Round, dies_after: int, whole: list[tuple[str, Verdict | None]]
) -> None:
    """No run is paid for twice and no join is lost."""
    dying = round_of.such(SimulatedExecutor(ends=ends, dies_after=dies_after, shuffle=3))
    proposals = dying.proposed(USELESS, SECONDS, PROMPT, STEPS)
    with pytest.raises(KeyboardInterrupt):
        dying.tried(proposals)
    later = round_of.such(SimulatedExecutor(ends=ends, shuffle=4, store=dying.executor.store))
    trials = later.tried(proposals)

    assert [(trial.status, trial.verdict) for trial in trials] == whole
    assert not set(dying.executor.started) & set(later.executor.started)


def test_a_merge_stands_on_what_was_promoted_and_is_measured(tried: Tried, tmp_path: Path) -> None:
    """The next round tries it before anything new; it is charged, and promoted only by its own verdict."""
    round_of, trials = copy_of(tried.round, tmp_path / "copy"), tried.trials
    offer_merge(round_of.wheel, trials)
    current = round_of.project.repository.current()
    (merge,) = merges_on(round_of.project, current)
    stale = next(trial.proposal for trial in trials if trial.status == "stale")

    (merged,) = try_merges(round_of.wheel, round_of.campaign, current, round_of.mined(2), patience=8)

    assert set(merge.parents) == {trial.proposal.id for trial in trials}
    assert merge.edits == stale.edits
    assert merged.control == current
    assert merged.verdict is not None
    assert merge.id in {charge.candidate for charge in budget(round_of.project, round_of.campaign).charges}
    assert (merged.status == "promoted") is merged.is_accepted


def test_offering_a_merge_again_adds_nothing(tried: Tried, tmp_path: Path) -> None:
    """A recalled round comes to the same merge."""
    round_of, trials = copy_of(tried.round, tmp_path / "copy"), tried.trials
    offer_merge(round_of.wheel, trials)
    before = round_of.kinds()
    offer_merge(round_of.wheel, trials)

    assert round_of.kinds() == before
    assert round_of.kinds().count("merge") == 1


@pytest.fixture(scope="module")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """A backlog in which steps and prompt wait for a person; what uses it must not change it."""
    made = fresh(tmp_path_factory.mktemp("backlog") / "harness").such(autonomy="backlog")
    made.tried(made.proposed(STEPS, PROMPT))
    return made


@pytest.fixture
def waiting(backlog: Round, tmp_path: Path) -> Round:
    """A copy of it, to be changed."""
    return copy_of(backlog, tmp_path / "waiting")


def test_a_person_merges_what_waits(waiting: Round) -> None:
    """Both patches on the current harness; optimize measures it, and promoting it makes its parents stale."""
    steps, prompt = waiting.proposed(STEPS, PROMPT)
    merge = propose_merge(waiting.project, [steps.id, prompt.id[:8]])
    start = waiting.campaign.start
    (trial,) = try_merges(waiting.wheel, waiting.campaign, start, waiting.mined(), patience=8)

    assert merge.control == start
    assert set(merge.proposal.edits) == {STEPS, PROMPT}
    assert merge.proposal.mechanism == "other"
    assert merge.proposal.pattern == "merge"
    assert trial.status == "waiting"
    promote_proposal(waiting.project, merge.proposal.id)
    assert [status_of(waiting.project, each) for each in (steps, prompt)] == ["stale", "stale"]


def test_what_touches_the_same_is_not_merged(waiting: Round) -> None:
    """Both change the prompt: said by name for a person, left out where nobody asked for it."""
    careful = AppendText(path="prompts/system.md", text="Look twice, always.")
    other = waiting.proposed(careful)
    try_in_order(waiting.wheel, waiting.campaign, waiting.campaign.start, other, waiting.mined(), patience=8)
    names = [each.id for each in waiting.proposed(STEPS, PROMPT, careful)]

    with pytest.raises(FlywheelError, match=r"both change prompts/system\.md"):
        propose_merge(waiting.project, names)
    merge = propose_merge(waiting.project, names, strict=False)
    assert len(merge.left_out) == 1
    assert len(merge.proposal.parents) == 2


def test_what_did_not_pass_is_not_merged(waiting: Round) -> None:
    """There is no way to the harness past the gate."""
    useless = waiting.proposed(USELESS)
    try_in_order(
        waiting.wheel, waiting.campaign, waiting.campaign.start, useless, waiting.mined(), patience=8
    )

    with pytest.raises(FlywheelError, match="only what passed is merged"):
        plan_merge(waiting.project, [useless[0].id])


def test_what_is_promoted_is_in_the_harness_already(waiting: Round) -> None:
    """A merge with it holds the rest alone; alone it is nothing."""
    steps, prompt = waiting.proposed(STEPS, PROMPT)
    promote_proposal(waiting.project, steps.id)

    assert plan_merge(waiting.project, [steps.id, prompt.id]).proposal.edits == prompt.edits
    with pytest.raises(FlywheelError, match="in the current harness already"):
        plan_merge(waiting.project, [steps.id])


def test_planning_a_merge_writes_nothing(waiting: Round) -> None:
    """Proposing one writes proposal and merge, once, and the candidate can be named."""
    names = [each.id for each in waiting.proposed(STEPS, PROMPT)]
    before = waiting.kinds()
    planned = plan_merge(waiting.project, names)
    unchanged = waiting.kinds()
    merges = [propose_merge(waiting.project, names) for _ in range(2)]

    assert unchanged == before
    assert merges == [planned, planned]
    assert waiting.kinds()[len(before) :] == ["proposal", "merge"]
    candidate = waiting.project.repository.resolve(f"flywheel/candidates/{planned.proposal.id}")
    assert waiting.project.manifest(candidate).limits.steps == 41


def test_a_merge_comes_back_from_the_ledger_with_its_parents(waiting: Round) -> None:
    """Other proposals are written as before there were merges."""
    steps, prompt = waiting.proposed(STEPS, PROMPT)
    merge = plan_merge(waiting.project, [steps.id, prompt.id]).proposal

    assert proposal_of(proposal_record(merge)) == merge
    assert "parents" not in proposal_record(steps)
