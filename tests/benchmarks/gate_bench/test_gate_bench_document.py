"""What the document says follows from what was measured."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from benchmarks.gate_bench.document import document
from benchmarks.gate_bench.headline import headline
from benchmarks.gate_bench.parts import Part, measure_all, parts
from benchmarks.gate_bench.size import Size
from benchmarks.gate_bench.targets import TARGETS, judged

ASKED = {
    "campaigns",
    "false_promotion_rate",
    "false_promotion_upper95",
    "power_at_plan",
    "power_at_twice",
    "pairs_ratio_at_plan",
    "pairs_ratio_at_twice",
    "pairs_ratio_useless",
    "pairs_ratio_campaign",
    "coverage",
}


def test_a_headline_is_the_worst_of_its_points(sections: Mapping[str, Any]) -> None:
    """Of scenarios, of the grid, of the veto's tasks."""
    found = headline(sections)

    assert (found["false_promotion_rate"], found["false_promotion_upper95"]) == (0.03, 0.033)
    assert (found["pairs_ratio_at_plan"], found["k1_pairs_ratio_useless"]) == (0.79, 0.62)
    assert (found["groups_ratio_at_twice"], found["groups_large_ratio_at_twice"]) == (0.47, 0.62)
    assert (found["veto_blocked_a_a"], found["veto_caught"]) == (0.015, 0.998)
    assert (found["coverage"], found["coverage_unstopped"]) == (0.96, 0.955)


def test_every_figure_that_is_asked_for_is_there(sections: Mapping[str, Any]) -> None:
    """By the names of the issue, with the rate of each rival."""
    found = headline(sections)

    assert set(found) >= ASKED
    assert found["rivals"] == {"greedy": 0.47, "standard_errors": 0.13, "suite_order": 0.9}


def test_every_target_has_a_figure_and_each_is_asked_once(sections: Mapping[str, Any]) -> None:
    """A target nobody measures would be met by nobody."""
    names = [target.figure for target in TARGETS]

    assert len(set(names)) == len(names)
    assert set(names) <= set(headline(sections))


def test_targets_are_judged_by_their_bounds(sections: Mapping[str, Any]) -> None:
    """All are met here but those that this gate is known to miss, and the rivals, of which there are but three."""
    found = judged(headline(sections))
    missed = {name for name, one in found.items() if not one["met"]}

    assert missed == {"groups_large_ratio_at_plan", "groups_large_ratio_at_twice", "rivals_seen"}
    assert {name for name, one in found.items() if one["known_miss"]} == missed - {"rivals_seen"}


@pytest.mark.parametrize(
    ("place", "value", "figure"),
    [
        (("false_promotions", "quiet", "upper95"), 0.06, "false_promotion_upper95"),
        (("suite", "+10/.2 K=20", "power_at_plan"), 0.79, "power_at_plan"),
        (("suite", "+10/.2 K=20", "pairs_ratio_campaign"), 0.41, "pairs_ratio_campaign"),
        (("coverage", "bound_disagreements"), 1, "bound_disagreements"),
        (("drift", "clean"), 0.02, "drift_blocked_clean"),
        (("safety", "anchored", "beyond_margin"), 0.1, "ten_steps_beyond_margin"),
        (("agreement", "disagreements"), 1, "replay_disagreements"),
    ],
)
def test_one_bad_figure_misses_its_target(
    sections: dict[str, Any], place: tuple[str, ...], value: float, figure: str
) -> None:
    """Wherever it stands; nothing is averaged away."""
    changed = copy.deepcopy(sections)
    where = changed
    for name in place[:-1]:
        where = where[name]
    where[place[-1]] = value

    assert judged(headline(sections))[figure]["met"]
    assert not judged(headline(changed))[figure]["met"]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.figure)
def test_a_bound_itself_keeps_the_target(target: Any) -> None:
    """At most and at least include it; a little beyond does not."""
    beyond = 1e-6 if target.side == "at most" else -1e-6

    assert target.is_met(target.bound)
    assert not target.is_met(target.bound + beyond)


def test_the_document_says_when_and_of_what_it_was_made(sections: Mapping[str, Any]) -> None:
    """Commit, date, seed and seconds; it is JSON with numbers of five digits."""
    sections = {**sections, "drift": {"clean": 1 / 300, "drifted": 0.9, "points": 20.0}}
    found = document(sections, commit="abc", day=date(2026, 11, 21), seconds=61.4, quick=False)

    assert (found["commit"], found["date"], found["seconds"]) == ("abc", "2026-11-21", 61)
    assert found["drift_blocked_clean"] == 0.00333
    assert json.loads(json.dumps(found))["detail"]["agreement"]["disagreements"] == 0


def test_parts_have_places_of_their_own() -> None:
    """No figure overwrites another."""
    places = [(part.section, part.name) for part in parts()]

    assert len(set(places)) == len(places)
    assert {section for section, _ in places} >= {"false_promotions", "suite", "groups", "rivals", "coverage"}


@pytest.mark.slow  # each process imports SciPy anew
def test_figures_do_not_depend_on_how_many_processes_there_are(
    tiny: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Side by side or one after another; every part is heard of."""
    monkeypatch.setattr("benchmarks.gate_bench.parts.parts", few)
    heard: list[Part] = []
    alone = measure_all(tiny, processes=1, on_part=heard.append)
    together = measure_all(tiny, processes=2, on_part=heard.append)

    assert alone == together
    assert len(heard) == 2 * len(few())


def test_parts_are_sorted_into_sections_and_each_is_heard_of(
    tiny: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name where a section has several."""
    monkeypatch.setattr("benchmarks.gate_bench.parts.parts", few)
    heard: list[Part] = []
    found = measure_all(tiny, processes=1, on_part=heard.append)

    assert set(found) == {"bias", "drift", "rivals"}
    assert set(found["rivals"]) == {"greedy"}
    assert [part.section for part in heard] == [part.section for part in few()]


def few() -> tuple[Part, ...]:
    """Those that take no time."""
    return tuple(part for part in parts() if part.section in {"bias", "drift"} or part.name == "greedy")
