"""The simulated model is made by name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from langchain_core.language_models.chat_models import BaseChatModel

from harness.simulated import create_simulated
from harness.simulated.chat_model import SimulatedCoder
from harness.simulated.profile import Profile, profiles


def test_a_name_brings_its_profile() -> None:
    """Without a profile the one that belongs to the name is taken."""
    model = create_simulated("simulated:coder", seed=3)

    assert isinstance(model, BaseChatModel)
    assert isinstance(model, SimulatedCoder)
    assert model.weaknesses == profiles()["simulated:coder"]
    assert model.seed == 3


def test_a_given_profile_replaces_it() -> None:
    """The caller's profile wins."""
    model = create_simulated("simulated:coder", seed=3, profile=Profile(path_guess=1.0))

    assert isinstance(model, SimulatedCoder)
    assert model.weaknesses == Profile(path_guess=1.0)


def test_an_unknown_name_lists_the_choices() -> None:
    """The error names the offender and what there is."""
    with pytest.raises(ValueError, match=r"'simulated:wizard'.*simulated:coder, simulated:coder-steady"):
        create_simulated("simulated:wizard", seed=1)


def test_importing_the_package_loads_no_langchain() -> None:
    """Nobody pays for what they do not use."""
    code = "import sys, harness.simulated; sys.exit(any(n.startswith('langchain') for n in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
