"""What a model call cost in money, where the provider says so."""

from __future__ import annotations

import math
from collections.abc import Mapping

from langchain_core.messages import AIMessage

_NAMES = ("cost", "response_cost", "total_cost", "cost_usd")  # OpenRouter, LiteLLM, and their likes
_PLACES = ("token_usage", "usage", "hidden_params", "_hidden_params")


def reported_cost(answer: AIMessage) -> float:
    """US dollars as told in the answer's metadata, beside or within the usage; 0 where nothing is told.

    Prices are not ours to know: they change, and differ between contracts. OpenRouter tells the cost as
    ``usage.cost`` and LiteLLM as ``response_cost``.
    """
    told = answer.response_metadata
    places = (told, *(told.get(place) for place in _PLACES))
    costs = (
        place[name] for place in places if isinstance(place, Mapping) for name in _NAMES if name in place
    )
    return next((cost for cost in map(_as_cost, costs) if cost is not None), 0.0)


def _as_cost(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0.0 else None
