"""Each measure says what it should of little, and sees a gate that is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.gate import regression
from benchmarks.gate.coverage import coverage_guard
from benchmarks.gate.drift import control_drift
from benchmarks.gate_bench.measures.agreement import agreement
from benchmarks.gate_bench.measures.bias import bias
from benchmarks.gate_bench.measures.breakage import breakage
from benchmarks.gate_bench.measures.coverage import PLANS, TRUTHS, coverage
from benchmarks.gate_bench.measures.drift import drift
from benchmarks.gate_bench.measures.false_promotions import CANDIDATES, false_promotions
from benchmarks.gate_bench.measures.group_pairs import (
    GROUP_POINTS,
    LARGE,
    GroupPoint,
    groups_and_power,
)
from benchmarks.gate_bench.measures.long_run import Stream, long_run
from benchmarks.gate_bench.measures.pairs import MULTIPLES, Point, curve, pairs_and_power, points
from benchmarks.gate_bench.measures.safety import safety
from benchmarks.gate_bench.measures.veto import veto
from benchmarks.gate_bench.pairs_of import pairs_of
from benchmarks.gate_bench.planned import Planned
from benchmarks.gate_bench.scenarios.alike import Alike
from benchmarks.gate_bench.size import Size, generator_for

LAST = Point(effect=0.25, discordance=0.4, candidates=20)


def test_errors_grow_by_candidate_and_end_as_the_rate(tiny: Size) -> None:
    """Twenty candidates; the last entry is the rate of whole campaigns."""
    found = false_promotions(Alike(name="a_a", discordance=0.2), tiny)

    assert len(found["by_candidate"]) == CANDIDATES
    assert found["by_candidate"] == sorted(found["by_candidate"])
    assert found["by_candidate"][-1] == found["rate"] == found["errors"] / found["campaigns"]
    assert found["rate"] <= found["upper95"]


def test_a_campaign_whose_threshold_is_too_low_is_seen(tiny: Size) -> None:
    """Candidates that truly gain, called useless, stand for any gate that lets too much through."""

    class Lying(Alike):
        def draw(self, common: np.ndarray, past: object, generator: np.random.Generator) -> object:  # type: ignore[override]
            del past
            drawn = Alike.draw(self, common, (), generator)
            gained = np.where(generator.random(drawn.differences.shape) < 0.1, 1.0, drawn.differences)
            return replace(drawn, differences=gained)

    found = false_promotions(Lying(name="lying", discordance=0.2), tiny)  # type: ignore[arg-type]

    assert found["rate"] == 1.0


def test_the_grid_has_five_points_for_each_number_of_candidates() -> None:
    """Named as they are called in the text."""
    names = [point.name for point in points(20)]

    assert names == ["+5/.2 K=20", "+10/.2 K=20", "+10/.3 K=20", "+15/.3 K=20", "+25/.4 K=20"]
    assert [point.planned.bets for point in points(1)] == [int(1.5 * point.fixed) for point in points(1)]


def test_pairs_fall_with_the_distance_between_truth_and_nothing(tiny: Size) -> None:
    """Harm is seen soonest, twice the plan next; half of the budget is hardly ever used up."""
    found = pairs_and_power(LAST, tiny)

    assert (
        found["pairs_ratio_harmful"]
        < found["pairs_ratio_twice"]
        < found["pairs_ratio_useless"]
        < found["pairs_ratio_plan"]
        < 1.0
    )
    assert found["power_at_twice"] >= found["power_at_plan"] > 0.6
    assert found["pairs_ratio_harmful"] < found["pairs_ratio_campaign"] < found["pairs_ratio_plan"]


def test_one_candidate_alone_has_no_campaign(tiny: Size) -> None:
    """The ratio of a campaign belongs to twenty."""
    found = pairs_and_power(Point(effect=0.25, discordance=0.4, candidates=1), tiny)

    assert "pairs_ratio_campaign" not in found
    assert found["fixed_pairs"] < LAST.fixed


def test_the_curve_has_a_value_for_every_true_effect(tiny: Size) -> None:
    """Power from nothing to certainty."""
    found = curve(tiny)

    assert found["true_over_planned"] == list(MULTIPLES)
    assert found["power"][0] == 0.0
    assert found["power"][-1] > 0.9
    assert len(found["power"]) == len(found["pairs_ratio"])


@pytest.mark.parametrize("point", [*GROUP_POINTS, LARGE], ids=lambda point: point.name)
def test_the_effect_of_groups_is_what_it_is_called_and_twice_is_twice(point: GroupPoint) -> None:
    """In truth and not only by name: nothing is cut off at certainty."""
    generator = generator_for("test", point.name)
    for multiple in (1.0, 2.0, -1.0, 0.0):
        seen = point.draw(generator, (200, 500), multiple)

        assert seen.mean() == pytest.approx(multiple * point.effect, abs=0.006)


def test_groups_are_compared_with_the_t_test_of_their_own_noise(tiny: Size) -> None:
    """A large even effect needs few groups of either, and the bets more of them."""
    usual, large = groups_and_power(GROUP_POINTS[1], tiny), groups_and_power(LARGE, tiny)

    assert large["fixed_groups"] < usual["fixed_groups"]
    assert large["ratio_plan"] > usual["ratio_plan"]
    assert usual["budget"] == int(1.5 * usual["fixed_groups"])


def test_the_interval_is_measured_for_every_plan_and_truth(tiny: Size) -> None:
    """Stopping never loses what an unstopped interval holds; bound and promotion never disagree."""
    found = coverage(tiny)

    assert len(found["rows"]) == len(PLANS) * len(TRUTHS)
    assert all(row["covered"] >= row["covered_unstopped"] for row in found["rows"])
    assert found["bound_disagreements"] == 0
    assert found["bound_looks"] > 500


def test_the_effect_at_stop_is_further_off_with_too_small_a_budget(tiny: Size) -> None:
    """What is promoted there was lucky."""
    found = bias(replace(tiny, experiments=2000))["by_budget"]
    planned, third = found["planned budget"], found["a third of it"]

    assert 0.1 < planned["effect_at_stop"] < third["effect_at_stop"]
    assert third["promoted"] < planned["promoted"]


def test_an_empty_line_of_helpful_candidates_has_no_power(tiny: Size) -> None:
    """There is nothing to be found, and every promotion would be false."""
    found = long_run(tiny)

    assert found["0% helpful"]["power"] is None
    assert found["30% helpful"]["power"] > 0.5
    assert all(0.0 <= figures["fdr"] <= figures["fdr_at_worst"] for figures in found.values())


def test_useless_candidates_of_a_line_share_luck() -> None:
    """Half of their differences are common, as with one control."""
    generator = generator_for("test", "stream")
    stream = Stream(helpful=0.0)
    common = stream.common(50, generator)
    drawn = stream.draw(common, (), generator)
    differs = common != 0.0

    assert (drawn.differences == common)[differs].mean() == pytest.approx(0.56, abs=0.05)
    assert not drawn.helps.any()


def test_the_veto_catches_what_is_broken(tiny: Size) -> None:
    """Three ways in which pass rates are spread, one and three runs of each task."""
    found = veto(replace(tiny, guarded=8))

    assert len(found["rows"]) == 6
    assert all(row["caught"] == 1.0 for row in found["rows"])
    assert all(row["blocked"] < 0.5 for row in found["rows"])


def test_a_veto_that_falls_too_easily_is_seen(tiny: Size, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pass fewer is luck: experiments with one harness in both arms are blocked by the dozen."""
    monkeypatch.setattr(regression, "FEWER", 1)
    found = veto(replace(tiny, guarded=8))

    assert max(row["blocked"] for row in found["rows"]) > 0.3


def test_drift_is_seen_where_the_control_moved(tiny: Size) -> None:
    """And not where it did not."""
    found = drift(replace(tiny, guarded=12))

    assert found["clean"] < 0.1
    assert found["drifted"] > 0.5


def test_whoever_breaks_what_would_fail_is_blocked(tiny: Size) -> None:
    """The retries gain, the guard takes it all."""
    found = breakage(replace(tiny, guarded=12))

    assert [row["breaks"] for row in found["adversaries"]] == [0.1, 0.5, 1.0]
    assert all(row["promoted"] == 0.0 for row in found["adversaries"])
    assert found["adversaries"][-1]["promoted_without_guard"] == 1.0
    assert found["honest_blocked"] < 0.3


def test_steps_are_anchored(tiny: Size) -> None:
    """Ten of them stay within the epoch's margin; against a moving baseline they may go on falling."""
    found = safety(tiny)

    assert found["anchored"]["beyond_margin"] == 0.0
    assert found["anchored"]["worst_fall"] <= found["epoch_margin"]
    assert found["moving_baseline"]["mean_fall"] >= found["anchored"]["mean_fall"]
    assert all(row["safe_found"] > row["false_safe"] for row in found["rows"])


def test_whole_experiments_end_as_their_replay(tiny: Size) -> None:
    """With plan, executor, interval, guards and verdict."""
    assert agreement(tiny) == {"experiments": 2, "disagreements": 0}


def test_simulated_pairs_are_what_the_guards_read() -> None:
    """In the planned order, scored at the first attempt, tasks apart."""
    control, candidate = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [0.0, 1.0]])
    pairs = pairs_of(control, candidate)

    assert [pair.difference for pair in pairs] == [0.0, 1.0, -1.0, 0.0]
    assert [pair.task for pair in pairs] == ["0", "1", "0", "1"]
    assert coverage_guard(pairs) is None
    assert control_drift(pairs) == pytest.approx(1.0)


def test_random_numbers_belong_to_their_name() -> None:
    """Another measure has others, the same one the same."""
    first, again, other = (generator_for(*names).random() for names in (("a", "b"), ("a", "b"), ("a", "c")))

    assert first == again != other


def test_a_plan_is_made_once() -> None:
    """Its evidence is a value, so that it may be kept."""
    assert (
        Planned(effect=0.3, discordance=0.4, bets=50).start()
        is Planned(effect=0.3, discordance=0.4, bets=50).start()
    )
