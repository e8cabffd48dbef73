"""Parts that are measured each in its own time become one document."""

from __future__ import annotations

from datetime import date
from typing import Any

from flywheel.bench_mining.document import merged
from flywheel.bench_mining.targets import judged

DAY = date(2026, 11, 21)


def _merged(before: dict[str, Any], part: str, **figures: Any) -> dict[str, Any]:
    return merged(before, part, figures, commit=f"of {part}", day=DAY, seconds=1.25, load=0.44)


def test_parts_stand_side_by_side() -> None:
    """Each with its commit, date and time; figures before details."""
    found = _merged({}, "labels", repetition_f1=0.78, identical_call_f1=0.74, detectors={"a": 1})
    found = _merged(found, "scale", place_one_ms=25.0)

    assert found["repetition_f1"] == 0.78
    assert found["parts"]["labels"]["commit"] == "of labels"
    assert found["parts"]["scale"] == {
        "commit": "of scale",
        "date": "2026-11-21",
        "seconds": 1.2,
        "load": 0.4,
        "figures": ["place_one_ms"],
    }
    assert found["targets"]["repetition_f1"]["met"]
    assert not found["targets"]["place_one_ms"]["met"]
    assert list(found)[-1] == "detectors"


def test_a_part_that_is_measured_again_replaces_its_own() -> None:
    """A figure that it no longer has is gone, those of other parts stay."""
    before = _merged(_merged({}, "scale", place_one_ms=5.0, cluster_100k_seconds=40), "labels", detectors={})
    found = _merged(before, "scale", place_one_ms=6.0)

    assert found["place_one_ms"] == 6.0
    assert "cluster_100k_seconds" not in found
    assert "cluster_100k_seconds" not in found["targets"]
    assert "detectors" in found


def test_a_target_may_be_another_figure() -> None:
    """The baseline of the same run; without both there is no verdict."""
    assert judged({"ami": 0.2, "baseline_ami": 0.1})["ami"]["met"]
    assert not judged({"ami": 0.1, "baseline_ami": 0.1})["ami"]["met"]
    assert not judged({"ami": 0.2})
    assert not judged({"ami": None, "baseline_ami": 0.1})


def test_bounds_are_kept_at_the_bound() -> None:
    """At least and at most include it."""
    found = judged({"planted_recall": 0.9, "false_pattern_seed_share": 0.05, "planted_instances": 119})

    assert found["planted_recall"]["met"]
    assert found["false_pattern_seed_share"]["met"]
    assert not found["planted_instances"]["met"]
