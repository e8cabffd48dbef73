"""The gate on real runs of one harness: it hardly ever promotes it over itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flywheel.calibrating import CalibrationOrder, calibrate
from flywheel.observer import SilentObserver
from flywheel.project import Project

LIVE = 10
DEALT = 200
NOMINAL = 0.05


@pytest.mark.slow
@pytest.mark.usefixtures("larger_suite")
def test_a_harness_is_hardly_ever_promoted_over_itself(
    project: Project, record_property: Callable[[str, object], None]
) -> None:
    """Ten whole experiments and 200 dealt from a pool of real runs; nothing is charged, all of it is a look."""
    order = CalibrationOrder(suite="humaneval-repair", runs=6, live=LIVE, experiments=DEALT)

    found = calibrate(project, order, SilentObserver())

    calibration = found.calibrations[0]
    noise = calibration.noise
    assert noise is not None
    dealt = {row.claim: row for row in calibration.relabelled if row.nominal == pytest.approx(NOMINAL)}
    promoted = sum(check.is_false_promotion for check in found.live)
    record_property("groups", len(calibration.scores))
    record_property("pool_runs", noise.runs)
    record_property("noise", round(noise.mean, 4))
    record_property("flaky_tasks", len(calibration.flaky))
    record_property("live_experiments", len(found.live))
    record_property("live_promoted", promoted)
    record_property("live_pairs", sum(check.pairs for check in found.live))
    record_property("dealt_experiments", DEALT)
    for claim, row in dealt.items():
        record_property(f"dealt_promoted_{claim}", row.promoted)
    record_property("seconds_per_run", round(calibration.cost.seconds or 0.0, 3))

    assert set(dealt) == {"groups", "suite"}
    assert all(row.promoted <= NOMINAL * DEALT for row in dealt.values())
    assert promoted <= 2  # three of ten would come by chance in about one of a hundred
    assert found.looks == 1 + LIVE
    assert {entry.kind for entry in project.ledger.entries()} == {"look", "calibration", "calibration_live"}
