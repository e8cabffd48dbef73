"""Draws depend on a seed and a purpose only."""

from __future__ import annotations

from harness.simulated.draws import Draws


def test_the_same_purpose_gives_the_same_draw() -> None:
    """No draw depends on what was drawn before."""
    draws = Draws(seed=1)
    first = draws.uniform("edit", 3)
    draws.uniform("other")

    assert draws.uniform("edit", 3) == first == Draws(seed=1).uniform("edit", 3)


def test_purpose_count_and_seed_matter() -> None:
    """Each of them gives an independent draw within 0..1."""
    draws = {
        Draws(seed=seed).uniform(purpose, count) for seed in (1, 2) for purpose in "ab" for count in (0, 1)
    }

    assert len(draws) == 8
    assert all(0.0 <= draw < 1.0 for draw in draws)


def test_chances_come_true_as_often_as_they_should() -> None:
    """Over many seeds the share is near the probability."""
    share = sum(Draws(seed=seed).chance(0.3, "weakness") for seed in range(2000)) / 2000

    assert 0.26 < share < 0.34


def test_picks_follow_the_weights() -> None:
    """An option with three times the weight is picked three times as often; one of weight 0 never."""
    picks = [Draws(seed=seed).pick([3.0, 1.0, 0.0], ["a", "b", "c"], "edit") for seed in range(2000)]

    assert 0.70 < picks.count(0) / 2000 < 0.80
    assert picks.count(2) == 0


def test_leaving_out_a_loser_does_not_change_the_pick() -> None:
    """Options that are ruled out leave the choice among the others as it was."""
    names = ["a", "b", "c", "d"]
    for seed in range(50):
        winner = names[Draws(seed=seed).pick([1.0] * 4, names, "edit")]
        left = [name for name in names if name == winner or name < "c"]

        assert left[Draws(seed=seed).pick([1.0] * len(left), left, "edit")] == winner
