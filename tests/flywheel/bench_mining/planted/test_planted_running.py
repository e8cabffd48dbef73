"""Twins of failing runs, and what their outcomes say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flywheel.bench_mining.planted.running import OF_A_RUN, digest_of, failure, own_seed, twin_key, twins
from flywheel.bench_mining.planted.truth import coded, planted, shown
from harness.runs import Assignment, Checkout, RunRequest, Verification
from harness.sandbox import Sandbox

SEED = 4


class Unasked:
    """A verifier of runs that are only planned."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Nobody asks."""
        raise NotImplementedError


def _request(run_seed: int) -> RunRequest:
    return RunRequest(
        key="planted/4/t/1",
        checkout=Checkout(path=Path("unused"), commit="c", tree="t"),
        assignment=Assignment(task="t", instruction="repair", files={}),
        verifier=Unasked(),
        seed=coded(SEED, run_seed),
    )


def _run_seed(weaknesses: int) -> int:
    return next(number for number in range(10_000) if len(shown(SEED, number)) == weaknesses)


def test_a_failing_run_is_repeated_without_each_of_its_weaknesses() -> None:
    """And without all of them; with the same seed of its own."""
    run_seed = _run_seed(2)
    made = list(twins(SEED, _request(run_seed)))
    names = sorted(shown(SEED, run_seed))

    assert sorted(twin.key for twin in made) == sorted(
        f"planted/4/t/1/without/{off}" for off in (*names, "+".join(names))
    )
    assert {own_seed(twin) for twin in made} == {run_seed}
    assert len({twin.seed for twin in made}) == 3


def test_one_weakness_needs_one_twin_and_none_needs_none() -> None:
    """A weakness that the run has not would change nothing."""
    assert len(list(twins(SEED, _request(_run_seed(1))))) == 1
    assert not list(twins(SEED, _request(_run_seed(0))))
    assert len(planted(SEED)) >= 2


def test_what_a_failure_owes_follows_from_its_twins() -> None:
    """To each weakness without which it passes; alone where it fails without all of them."""
    shows = frozenset(["a", "b"])
    only, both = [frozenset(["a"]), frozenset(["b"])], shows

    def passed(*offs: frozenset[str]) -> dict[str, bool]:
        return {twin_key("k", off): off in offs for off in (*only, both)}

    assert failure(shows, "k", passed(only[0], both)).owes == {"a"}
    assert failure(shows, "k", passed(*only, both)).owes == {"a", "b"}
    assert failure(shows, "k", passed(both)).over_determined
    assert failure(shows, "k", passed()).alone
    assert failure(frozenset(), "k", {}).alone


def test_kept_runs_go_by_what_makes_them() -> None:
    """The digest is the same each time, and another where more counts."""
    assert digest_of(OF_A_RUN) == digest_of(OF_A_RUN)
    assert digest_of(OF_A_RUN) != digest_of((*OF_A_RUN, "middleware"))
    assert len(digest_of(OF_A_RUN)) == 12
