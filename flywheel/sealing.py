"""Opening the sealed split: once, for the baseline and the harness that came of a campaign."""

from __future__ import annotations

from benchmarks.sealed import SealedResult, measure_sealed, sealed_sample
from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.campaigns import OpenCampaign
from flywheel.errors import FlywheelError
from flywheel.looks import record_look
from flywheel.records import mapping
from flywheel.wheel import Wheel
from harness.runs import RunResult


def open_sealed(wheel: Wheel, campaign: OpenCampaign, final: str) -> SealedResult:
    """Measure baseline against ``final`` on the sealed split, or read back what was measured.

    Raises ``FlywheelError`` where the split was opened for another harness already: it opens once.
    """
    project, settings = wheel.project, wheel.settings
    wheel.observer.stage("open the sealed split: baseline against the final harness")
    sample = sealed_sample(
        baseline=project.repository.checkout(campaign.start),
        final=project.repository.checkout(final),
        tasks=tasks_of(wheel.suite, Split.SEALED, per_group=settings.sealed_per_group, seed=settings.seed),
        suite=settings.suite,
        seed=settings.seed,
        in_flight=settings.in_flight,
    )
    _require_unopened(wheel, campaign, sample.id)
    done = project.ledger.get("sealed", sample.id)
    if done is not None and "score" in str(done.body["pairs"]):
        return SealedResult.from_record(mapping(done.body))
    keys = tuple(sample.run_keys())
    project.ledger.append("sealed_opened", campaign.id, {"sample": sample.id, "final": final})
    record_look(
        project.ledger,
        sample.id,
        split=Split.SEALED,
        groups=[task.group for task in sample.tasks],
        run_keys=keys,
        candidate=final,
        why="sealed measurement",
        suite=settings.suite,
    )
    wheel.publish()
    finished: list[str] = []

    def follow(result: RunResult) -> None:
        finished.append(result.key)
        wheel.observer.progress(len(finished), len(keys))

    result = measure_sealed(sample, executor=wheel.executor, on_run=follow)
    project.ledger.append("sealed", sample.id, result.to_record())
    wheel.publish()
    return result


def _require_unopened(wheel: Wheel, campaign: OpenCampaign, sample: str) -> None:
    """Raise ``FlywheelError`` where the split was opened for another harness in this campaign."""
    opened = wheel.project.ledger.get("sealed_opened", campaign.id)
    if opened is not None and opened.body["sample"] != sample:
        raise FlywheelError(
            f"the sealed split of {campaign.suite} was opened for {str(opened.body['final'])[:10]} already and opens "
            "once; run without --open-sealed, or bring new tasks"
        )
