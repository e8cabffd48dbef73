"""Profiles hold one strength for each weakness."""

from __future__ import annotations

import pickle
from dataclasses import fields

import pytest

from harness.simulated.profile import Profile, profiles


def test_the_default_has_no_weakness() -> None:
    """A profile without arguments is healthy."""
    assert all(getattr(Profile(), each.name) == 0.0 for each in fields(Profile))


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_is_a_probability(strength: float) -> None:
    """Anything else is refused by its name."""
    with pytest.raises(ValueError, match="effort_burn"):
        Profile(effort_burn=strength)


def test_a_profile_travels_between_processes() -> None:
    """It can be pickled and stays equal."""
    profile = Profile(stubborn_edit=0.5)

    assert pickle.loads(pickle.dumps(profile)) == profile


def test_the_steady_coder_has_no_weakness_and_the_other_has_some() -> None:
    """The two names stand for a control without weaknesses and the demo's coder."""
    assert profiles()["simulated:coder-steady"] == Profile()
    assert profiles()["simulated:coder"] != Profile()
