"""What a call cost: as the provider tells it, and nothing where it tells nothing."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage

from harness.model_cost import reported_cost


@pytest.mark.parametrize(
    ("told", "cost"),
    [
        ({}, 0.0),
        ({"token_usage": {"prompt_tokens": 3, "cost": 0.0125}}, 0.0125),
        ({"usage": {"cost": 2}}, 2.0),
        ({"response_cost": 0.5, "usage": {"cost": 9.0}}, 0.5),
        ({"_hidden_params": {"response_cost": 0.25}}, 0.25),
        ({"token_usage": None, "usage": "free"}, 0.0),
        ({"cost": "0.5"}, 0.0),
        ({"cost": True}, 0.0),
        ({"cost": -1.0}, 0.0),
        ({"cost": float("nan"), "usage": {"cost": 0.5}}, 0.5),
        ({"cost": float("inf")}, 0.0),
        ({"cost": 0.0}, 0.0),
    ],
)
def test_a_cost_is_what_the_provider_says(told: dict[str, Any], cost: float) -> None:
    """A finite number that is not negative, wherever it stands; never a guess."""
    assert reported_cost(AIMessage("yes", response_metadata=told)) == cost
