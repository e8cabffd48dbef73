"""Reads advice by learnt weights of words, for wordings that no rule foresees.

The weights are those of a logistic regression that ``training.py`` fits with scikit-learn; they are kept
as JSON, since scikit-learn would cost each worker a second and 115 MB.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from harness.simulated.advice.features import features
from harness.simulated.advice.kinds import Advice

FILE = "word_weights.json"
NO_ADVICE = "NONE"


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A multinomial logistic model: ``classes`` are names of ``Advice`` and ``NONE``."""

    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    by_feature: Mapping[str, tuple[float, ...]]

    def probabilities(self, sentences: Sequence[str]) -> dict[Advice, float]:
        """How likely the sentences give each kind of advice, within 0..1."""
        scores = list(self.intercepts)
        for feature in sorted(features(sentences) & self.by_feature.keys()):
            scores = [score + weight for score, weight in zip(scores, self.by_feature[feature], strict=True)]
        top = max(scores)
        shares = [math.exp(score - top) for score in scores]
        named = zip(self.classes, shares, strict=True)
        return {Advice[name]: share / sum(shares) for name, share in named if name != NO_ADVICE}


@cache
def learnt_weights() -> Weights:
    """The weights that ship with this package."""
    document = json.loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))
    return Weights(
        classes=tuple(document["classes"]),
        intercepts=tuple(document["intercepts"]),
        by_feature={feature: tuple(weights) for feature, weights in document["weights"].items()},
    )
