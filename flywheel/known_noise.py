"""What is known of a harness's noise before an experiment: measured on purpose, seen in earlier looks, or assumed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from benchmarks.experiment_plan import DISCORDANCE
from benchmarks.gate.noise import Noise, measured_noise, planned_discordance
from benchmarks.gate.verdict import Claim, Question
from flywheel.calibration import Calibration, Relabelled, calibrations
from flywheel.project import Project
from flywheel.records import mapping
from harness.errors import RepositoryError
from harness.ledger import Entry

Source = Literal["calibration", "earlier looks", "prior"]


@dataclass(frozen=True, kw_only=True)
class PlannedNoise:
    """What an experiment is planned with.

    ``noise`` is ``None`` where nothing was measured: the prior then is that arms which share their seeds differ by
    chance in a fifth as many bets as the planned effect changes (``DISCORDANCE``). ``same_harness`` is false where the
    calibration is that of another tree of this repository.
    """

    source: Source
    claim: Claim
    repeats: int = 1
    noise: Noise | None = None
    same_harness: bool = True
    calibration: Calibration | None = None

    def discordance(self, effect: float, *, question: Question = "better") -> float:
        """The planned mean square of a bet's difference for an effect, both within 0..1; never below the effect.

        For "safe" the change is planned to change nothing, so that the noise alone counts.
        """
        if self.noise is None:
            return min(1.0, DISCORDANCE * effect)
        repeats = self.repeats if self.claim == "groups" else 1
        planned = planned_discordance(
            self.noise.upper, 0.0 if question == "safe" else effect, repeats=repeats
        )
        return max(effect, planned)

    def with_repeats(self, repeats: int) -> PlannedNoise:
        """The same for so many pairs of each group or task."""
        return replace(self, repeats=repeats)

    def noise_for(self, effect: float) -> Noise:
        """The noise itself; for the prior the one that its discordance for this effect comes from."""
        if self.noise is not None:
            return self.noise
        alone = (DISCORDANCE - 1.0) * effect / (1.0 - effect)
        return Noise(mean=alone, upper=alone, pass_rate=0.0, source="prior")

    def words(self, suite: str, effect: float, *, seed: int) -> str:
        """Where the noise comes from, for a reader who plans with the suite's tasks of this seed."""
        if self.noise is None:
            return (
                f"not measured; assumed that two runs differ by chance in {100 * self.noise_for(effect).mean:.0f} % of the "
                f"pairs (a prior): `flywheel calibrate --suite {suite}` measures it"
            )
        said = (
            f"two runs of one harness differ in {100 * self.noise.mean:.1f} % of the pairs, planned with "
            f"{100 * self.noise.upper:.1f} % (80 % bound; {self.noise.runs} runs of {self.noise.tasks} tasks, "
        )
        if self.calibration is None:
            return f"{said}the control's in earlier looks)"
        whose = "" if self.same_harness else f" of another harness, tree {self.calibration.tree[:10]},"
        if self.calibration.seed != seed:
            whose += f" with other tasks of these groups (--seed {self.calibration.seed}),"
        return (
            f"{said}calibration{whose} of {self.calibration.date[:10]} on the {self.calibration.split} split)"
        )


def planned_noise(
    project: Project,
    *,
    suite: str,
    control_tree: str,
    claim: Claim,
    repeats: int = 1,
    looks: bool = True,
) -> PlannedNoise:
    """The best that the ledger knows; opens no run.

    A calibration of this harness comes first, on the gate before on ``mine``; then, with ``looks``, the control's scores
    in the verdicts of earlier experiments; then a calibration of another harness of this repository; then the prior.
    """
    known = calibrations(project, suite=suite)
    own = best_calibration(known, control_tree=control_tree)
    if own is not None:
        return _calibrated(own, claim, repeats, same_harness=True)
    seen = measured_noise(_earlier_scores(project, suite, control_tree)) if looks else None
    if seen is not None:
        return PlannedNoise(source="earlier looks", claim=claim, repeats=repeats, noise=seen)
    other = best_calibration(known)
    if other is not None:
        return _calibrated(other, claim, repeats, same_harness=False)
    return PlannedNoise(source="prior", claim=claim, repeats=repeats)


def best_calibration(
    known: tuple[Calibration, ...], *, control_tree: str | None = None
) -> Calibration | None:
    """The latest that measured any noise, on the gate before on ``mine``; of one tree where that is given."""
    usable = [
        found
        for found in known
        if found.noise is not None and (control_tree is None or found.tree == control_tree)
    ]
    return max(usable, key=lambda found: (found.split == "gate", found.date), default=None)


def noise_words(project: Project, *, suite: str, control_tree: str) -> str:
    """What a reader of a verdict must know of the suite's noise, in one line."""
    known = calibrations(project, suite=suite)
    found = best_calibration(known, control_tree=control_tree) or best_calibration(known)
    if found is None or found.noise is None:
        return f"never calibrated: flywheel calibrate --suite {suite}"
    other = "" if found.tree == control_tree else f" with another harness (tree {found.tree[:10]})"
    said = [
        (
            f"measured on {found.date[:10]}{other}, {found.split} split: two runs differ in {100 * found.noise.mean:.1f} % of "
            f"the pairs (at most {100 * found.noise.upper:.1f}), {len(found.flaky)} of {len(found.scores)} tasks are flaky"
        )
    ]
    if found.relabelled:
        said.append(_relabelled_words(max(found.relabelled, key=lambda row: row.upper95)))
    return "; ".join(said)


def noise_document(project: Project, *, suite: str, control_tree: str) -> dict[str, Any]:
    """The same as JSON; rates within 0..1."""
    known = calibrations(project, suite=suite)
    found = best_calibration(known, control_tree=control_tree) or best_calibration(known)
    words = noise_words(project, suite=suite, control_tree=control_tree)
    if found is None or found.noise is None:
        return {"calibrated": None, "words": words}
    return {
        "calibrated": found.date,
        "split": found.split,
        "same_harness": found.tree == control_tree,
        "in_flight": found.in_flight,
        "isolation": found.isolation,
        "noise": round(found.noise.mean, 4),
        "noise_upper80": round(found.noise.upper, 4),
        "pass_rate": round(found.pass_rate, 4),
        "flaky": len(found.flaky),
        "tasks": len(found.scores),
        "false_promotions": [relabelled_document(row) for row in found.relabelled],
        "words": words,
    }


def verdict_noise(project: Project, experiment: str) -> dict[str, Any] | None:
    """``noise_document`` for the suite and control of a verdict; ``None`` where the ledger does not know them."""
    verdict = project.ledger.get("verdict", experiment)
    campaign = verdict and project.ledger.get("campaign", str(verdict.body["campaign"]))
    tree = _control_tree(project, verdict) if verdict else None
    if not campaign or tree is None:
        return None
    return noise_document(project, suite=str(campaign.body["suite"]), control_tree=tree)


def relabelled_document(row: Relabelled) -> dict[str, Any]:
    """One row of false promotions as JSON."""
    return {
        "claim": row.claim,
        "repeats": row.repeats,
        "nominal": round(row.nominal, 6),
        "experiments": row.experiments,
        "promoted": row.promoted,
        "upper95": round(row.upper95, 4),
    }


def _relabelled_words(row: Relabelled) -> str:
    return f"false promotions by relabelling {row.promoted} of {row.experiments} at {100 * row.nominal:.3g} %, claim {row.claim}"


def _calibrated(found: Calibration, claim: Claim, repeats: int, *, same_harness: bool) -> PlannedNoise:
    return PlannedNoise(
        source="calibration",
        claim=claim,
        repeats=repeats,
        noise=found.noise,
        same_harness=same_harness,
        calibration=found,
    )


def _earlier_scores(project: Project, suite: str, control_tree: str) -> Mapping[str, tuple[float, ...]]:
    """The control's scores by task in the suite's verdicts, each run once though several pairs may share it."""
    campaigns = {
        entry.key for entry in project.ledger.entries("campaign") if entry.body.get("suite") == suite
    }
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for entry in project.ledger.entries("verdict"):
        if entry.body["campaign"] not in campaigns or _control_tree(project, entry) != control_tree:
            continue
        for pair in mapping(entry.body["verdict"])["pairs"]:
            if pair["control_score"] is not None:
                found[pair["task"]][pair["control_run"]] = float(pair["control_score"])
    return {task: tuple(scores.values()) for task, scores in found.items()}


def _control_tree(project: Project, verdict: Entry) -> str | None:
    """The tree of a verdict's control; ``None`` where its commit is not in this clone."""
    try:
        return project.repository.tree_hash(str(verdict.body.get("control")))
    except RepositoryError:
        return None
