"""Only good observations enter the loop, and the others are counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.quality import rests_on_outcomes, sift
from analyzers.testing import Story, unverified_run, verified_run
from traces.normal import assemble
from traces.outcome import Outcome
from traces.testing import TraceBuilder, small_run


def test_good_runs_are_kept_in_their_order() -> None:
    """And nothing is set apart."""
    runs = [verified_run(2, "passed"), unverified_run(1, "failed")]
    sifted = sift(runs)

    assert sifted.kept == tuple(runs)
    assert sifted.set_apart == {}
    assert sifted.rests_on_outcomes


def test_broken_infrastructure_says_nothing_of_the_harness() -> None:
    """``errored`` runs are set apart."""
    sifted = sift([unverified_run(1, "errored"), verified_run(2, "passed")])

    assert [run.run_id for run in sifted.kept] == [f"{2:032x}"]
    assert sifted.set_apart == {"errored": (f"{1:032x}",)}


def test_a_trace_without_a_root_is_set_apart() -> None:
    """Such as that of a run whose supervisor was killed."""
    trace = TraceBuilder()
    started = assemble([trace.started(task="t"), trace.chat("Hello")])

    assert sift([started]).set_apart == {"rootless": (started.run_id,)}


def test_a_trace_with_a_missing_parent_is_truncated() -> None:
    """Steps may be missing with it."""
    run = unverified_run(1, "failed")
    first, *others = run.spans
    broken = replace(run, spans=(replace(first, parent_id="0" * 16), *others))

    assert sift([broken]).set_apart == {"truncated": (run.run_id,)}


def test_a_run_with_no_steps_counts_only_with_a_verdict() -> None:
    """A harness that does not load fails without a step."""
    judged, unjudged = Story(1).run("failed"), Story(2).run("unknown")

    assert sift([judged]).kept == (judged,)
    assert sift([unjudged]).set_apart == {"truncated": (unjudged.run_id,)}


def test_the_same_run_twice_is_one_observation() -> None:
    """By its id, by its digest under the same seed, or by its content and times."""
    run = unverified_run(1, "failed")
    seeded = unverified_run(2, "failed", task="t", run_digest="d", run_seed=7)
    again = unverified_run(3, "failed", task="t", run_digest="d", run_seed=7)
    imported = replace(run, run_id="b" * 32)

    assert sift([run, run]).set_apart == {"duplicate": (run.run_id,)}
    assert sift([seeded, again]).set_apart == {"duplicate": (again.run_id,)}
    assert sift([run, imported]).set_apart == {"duplicate": (imported.run_id,)}


def test_runs_alike_by_chance_are_two_observations() -> None:
    """Another seed, or another time, makes another run."""
    first = unverified_run(2, "failed", task="t", run_digest="d", run_seed=7)
    second = unverified_run(3, "failed", task="t", run_digest="d", run_seed=8)

    assert len(sift([first, second]).kept) == 2
    assert len(sift([unverified_run(4, "failed"), unverified_run(5, "failed")]).kept) == 2


def test_unjudged_runs_are_kept_only_among_themselves() -> None:
    """Where outcomes are known they would only blur the contrast."""
    unknown = [unverified_run(number, "unknown") for number in (1, 2)]
    alone, mixed = sift(unknown), sift([*unknown, verified_run(3, "passed"), verified_run(4, "passed")])

    assert len(alone.kept) == 2
    assert not alone.rests_on_outcomes
    assert [run.outcome for run in mixed.kept] == [Outcome.PASSED] * 2
    assert len(mixed.set_apart["unknown"]) == 2


@pytest.mark.parametrize(
    ("judged", "unjudged", "enough"),
    [(1, 47, False), (19, 40, False), (20, 400, True), (3, 3, True), (0, 5, False)],
)
def test_a_first_label_does_not_throw_out_the_others(judged: int, unjudged: int, *, enough: bool) -> None:
    """Outcomes count when half of the runs have one, or twenty; until then all runs stay."""
    runs = [small_run(number, "failed") for number in range(1, judged + 1)]
    runs += [small_run(number, "") for number in range(1000, 1000 + unjudged)]

    assert rests_on_outcomes(runs) is enough
    assert len(sift(runs).kept) == (judged if enough else judged + unjudged)
