"""The second half of a turn: a proposal through lint, experiment and gate, and on to its promotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzers.analysts.librarian import LIBRARY
from analyzers.lint import lint_proposal
from analyzers.proposal import Proposal
from benchmarks.errors import GainTooSmallError
from benchmarks.splits import tasks_of
from benchmarks.task import Split, Task
from flywheel.campaigns import OpenCampaign, budget
from flywheel.history import Judged, is_stale
from flywheel.known_noise import planned_noise
from flywheel.largest_gain import largest_gain
from flywheel.measuring import Measured, Measurement, Subject, measure
from flywheel.predictions import record_score
from flywheel.promotion import promote
from flywheel.records import names
from flywheel.wheel import Mined, Trial, Wheel
from harness.edits import AppendText, Edit, WriteFile
from harness.ledger import Entry


def try_in_order(
    wheel: Wheel,
    campaign: OpenCampaign,
    harness: str,
    proposals: Sequence[Proposal],
    mined: Mined,
    *,
    patience: int,
) -> tuple[Trial, ...]:
    """Try proposals one after another on a harness commit until one is promoted or none can be charged.

    Stops as well once ``patience`` of them were measured and did not pass.
    """
    trials: list[Trial] = []
    for proposal in proposals:
        if sum(trial.is_miss for trial in trials) >= patience or is_spent(wheel, campaign, proposal):
            wheel.observer.note("no more candidates: patience or the campaign's candidates are used")
            break
        trial = try_proposal(wheel, campaign, harness, proposal, mined)
        trials.append(trial)
        wheel.observer.note(f"{trial.decision}: {trial.reason}")
        if is_last(wheel, trial):
            break
    return tuple(trials)


def try_proposal(
    wheel: Wheel, campaign: OpenCampaign, harness: str, proposal: Proposal, mined: Mined
) -> Trial:
    """One proposal against one harness commit; what the ledger knows of it already is not done again."""
    wheel.observer.stage(f"round {mined.round}: {proposal.title}")
    subject = subject_or_refusal(wheel, harness, proposal, mined)
    if isinstance(subject, Trial):
        return subject
    try:
        largest = largest_gain(mined, proposal.pattern)
        measured = measure(measurement_of(wheel, campaign, harness, largest=largest), subject)
    except GainTooSmallError as error:
        return refused_for_gain(wheel, harness, proposal, mined, error)
    return judged_trial(wheel, harness, proposal, mined, measured)


def subject_or_refusal(wheel: Wheel, harness: str, proposal: Proposal, mined: Mined) -> Subject | Trial:
    """What is to be measured of a proposal, or its trial where lint refuses it."""
    if known := known_refusal(wheel, harness, proposal):
        return _refused(harness, proposal, mined, known)
    candidate, problems = _candidate(wheel, harness, proposal)
    if problems:
        return _refused(harness, proposal, mined, _record_refusal(wheel, harness, proposal, problems))
    return Subject(name=proposal.id, control=harness, candidate=candidate, mechanism=proposal.mechanism)


def refused_for_gain(
    wheel: Wheel, harness: str, proposal: Proposal, mined: Mined, error: GainTooSmallError
) -> Trial:
    """The trial of a proposal that cannot gain as much as its experiment would detect."""
    entry = _record_refusal(wheel, harness, proposal, (str(error),), cannot_decide=True)
    return _refused(harness, proposal, mined, entry)


def judged_trial(wheel: Wheel, harness: str, proposal: Proposal, mined: Mined, measured: Measured) -> Trial:
    """The trial of a measured proposal, applied where it passed and nobody else has to; its predictions are scored."""
    record_score(wheel.project, proposal, measured.experiment, measured.verdict)
    trial = Trial(
        round=mined.round,
        proposal=proposal,
        status="judged",
        candidate=measured.candidate,
        control=harness,
        experiment=measured.experiment,
        verdict=measured.verdict,
    )
    return _apply(wheel, trial) if trial.is_accepted else trial


def is_last(wheel: Wheel, trial: Trial) -> bool:
    """Whether nothing more is tried on its harness: interactive work stops for the person; a backlog is filled first."""
    waits = trial.status == "waiting" and wheel.settings.autonomy == "interactive"
    return waits or trial.status == "promoted"


def may_promote_alone(wheel: Wheel, proposal: Proposal) -> bool:
    """Whether this may be promoted without a person: never new code or imported wording, and only where that was chosen."""
    needs_a_person = any(_is_code(edit) or _is_imported(proposal, edit) for edit in proposal.edits)
    return wheel.settings.autonomy == "autonomous" and not needs_a_person


def _apply(wheel: Wheel, trial: Trial) -> Trial:
    done = wheel.project.ledger.get("promotion", trial.experiment)
    if done is not None:
        return _as_it_stands(wheel, trial, str(done.body["commit"]))
    if is_stale(wheel.project, trial.control):
        wheel.observer.note(
            f"stale: {trial.proposal.id} was measured against another harness than the current one"
        )
        return replace(trial, status="stale")
    if trial.verdict is None or not may_promote_alone(wheel, trial.proposal):
        wheel.observer.note(f"waits for a person: flywheel promote {trial.proposal.id}")
        return replace(trial, status="waiting")
    judged = Judged(
        proposal=trial.proposal,
        experiment=trial.experiment,
        control=trial.control,
        candidate=trial.candidate,
        verdict=trial.verdict,
    )
    commit = promote(wheel.project, judged)
    wheel.publish()
    wheel.observer.note(f"promoted as {commit[:10]}")
    return replace(trial, status="promoted", promotion=commit)


def _as_it_stands(wheel: Wheel, trial: Trial, commit: str) -> Trial:
    """A trial that was promoted before, by us or by a person, and may have been rolled back since."""
    standing = {logged.commit for logged in wheel.project.repository.promotions()}
    wheel.observer.note(f"{'promoted' if commit in standing else 'rolled back'} before: {commit[:10]}")
    return replace(trial, status="promoted" if commit in standing else "rolled_back", promotion=commit)


def _candidate(wheel: Wheel, harness: str, proposal: Proposal) -> tuple[str, tuple[str, ...]]:
    """The candidate's commit, or why lint refuses the proposal."""
    repository = wheel.project.repository
    before = repository.tree(harness)
    tree, found = lint_proposal(proposal, before)
    lint = wheel.leak_lint
    leaks = dict.fromkeys((*lint.check("\n".join(_texts(proposal))), *lint.check_change(before, tree)))
    problems_now = (*found, *(f"leaks a task ({rule})" for rule in leaks))
    if problems_now:
        return "", problems_now
    name = proposal.id
    message = f"{proposal.title}\n\n{proposal.hypothesis}\n"
    return repository.commit_candidate(tree, message, harness, name), ()


def known_refusal(wheel: Wheel, harness: str, proposal: Proposal) -> Entry | None:
    """Why it was refused before; what could not decide may be forced."""
    entry = wheel.project.ledger.get("refusal", _refusal_key(harness, proposal))
    if entry is not None and wheel.settings.force and entry.body.get("cannot_decide"):
        return None
    return entry


def _record_refusal(
    wheel: Wheel,
    harness: str,
    proposal: Proposal,
    problems: tuple[str, ...],
    *,
    cannot_decide: bool = False,
) -> Entry:
    body = {"proposal": proposal.id, "problems": list(problems)}
    return wheel.project.ledger.append(
        "refusal",
        _refusal_key(harness, proposal),
        {**body, "cannot_decide": True} if cannot_decide else body,
    )


def _refused(harness: str, proposal: Proposal, mined: Mined, entry: Entry) -> Trial:
    """Nothing was run and nothing charged."""
    return Trial(
        round=mined.round,
        proposal=proposal,
        status="refused",
        control=harness,
        refusals=names(entry.body["problems"]),
        cannot_decide=bool(entry.body.get("cannot_decide")),
    )


def _refusal_key(harness: str, proposal: Proposal) -> str:
    return f"{proposal.id}/{harness[:12]}"


def _planned_discordance(wheel: Wheel, control: str) -> float:
    """As a calibration has it, else the prior: within a campaign earlier candidates do not change how one is planned."""
    noise = planned_noise(
        wheel.project,
        suite=wheel.suite.name,
        control_tree=wheel.project.repository.tree_hash(control),
        claim=wheel.policy.claim,
        looks=False,
    )
    return noise.discordance(wheel.policy.planned_effect)


def measurement_of(
    wheel: Wheel, campaign: OpenCampaign, harness: str, *, largest: float = 1.0
) -> Measurement:
    """Where and with what candidates are measured against a harness; ``largest`` is the most that they can gain."""
    return Measurement(
        project=wheel.project,
        campaign=campaign,
        policy=wheel.policy,
        suite=wheel.suite,
        tasks=gate_tasks(wheel),
        executor=wheel.executor,
        in_flight=wheel.settings.in_flight,
        observer=wheel.observer,
        discordance=_planned_discordance(wheel, harness),
        largest=largest,
        force=wheel.settings.force,
        repeats=repeats_of(wheel),
        publish=wheel.publish,
    )


def gate_tasks(wheel: Wheel) -> tuple[Task, ...]:
    """The gate's tasks, as many of each group as the settings or the policy's repeats say."""
    per_group = max(wheel.settings.per_group, repeats_of(wheel) if wheel.policy.claim == "groups" else 1)
    return tasks_of(wheel.suite, Split.GATE, per_group=per_group, seed=wheel.settings.seed)


def repeats_of(wheel: Wheel) -> int:
    """Pairs of each group, or rounds over all tasks, as the policy has it."""
    return wheel.policy.repeats or 1


def is_spent(wheel: Wheel, campaign: OpenCampaign, proposal: Proposal) -> bool:
    """Whether no candidate is left of the campaign, and this one holds no share yet."""
    spent = budget(wheel.project, campaign)
    return spent.is_spent and not spent.holds(proposal.id)


def _is_code(edit: Edit) -> bool:
    return isinstance(edit, WriteFile) or getattr(edit, "use", "").startswith("./")


def _is_imported(proposal: Proposal, edit: Edit) -> bool:
    """Whether it brings words from another harness's library."""
    return proposal.analyst == LIBRARY and isinstance(edit, AppendText)


def _texts(proposal: Proposal) -> list[str]:
    """Everything of a proposal that would reach a model or a file of the harness."""
    texts: list[str] = []
    for edit in proposal.edits:
        texts += [str(getattr(edit, name, "")) for name in ("text", "content", "value")]
        texts += [str(value) for value in getattr(edit, "parameters", {}).values()]
    return texts
