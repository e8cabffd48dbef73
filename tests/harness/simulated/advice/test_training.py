"""The weights that ship are those that the examples give."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from harness.simulated.advice import training
from harness.simulated.advice.features import features
from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.sentences import sentences_of
from harness.simulated.advice.weights import NO_ADVICE, learnt_weights


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, str]]:
    """The examples that ship."""
    return training.read_examples(
        resources.files("harness.simulated.advice").joinpath("examples.tsv").read_text("utf-8")
    )


def test_every_example_has_a_known_kind(examples: list[tuple[str, str]]) -> None:
    """Each kind has dozens of wordings, and so has no advice at all."""
    names = [kind for kind, _ in examples]

    assert set(names) == {*(advice.name for advice in Advice), NO_ADVICE}
    assert all(names.count(name) >= 60 for name in set(names))


@pytest.mark.slow
def test_fitting_again_gives_the_weights_that_ship(examples: list[tuple[str, str]]) -> None:
    """Up to the rounding of another processor."""
    fitted, shipped = training.fit(examples), learnt_weights()

    assert fitted.classes == shipped.classes
    assert fitted.by_feature.keys() == shipped.by_feature.keys()
    for name, weights in shipped.by_feature.items():
        assert weights == pytest.approx(fitted.by_feature[name], abs=0.03)


def test_written_weights_read_back(tmp_path: Path) -> None:
    """The file holds what was fitted, one feature on a line."""
    path = tmp_path / "weights.json"
    training.write(learnt_weights(), path)
    shipped = resources.files("harness.simulated.advice").joinpath("word_weights.json").read_text("utf-8")

    assert path.read_text("utf-8") == shipped


def test_probabilities_are_shares() -> None:
    """They are within 0..1 and leave room for no advice."""
    shares = learnt_weights().probabilities(sentences_of("Run the tests before you finish."))

    assert set(shares) == set(Advice)
    assert 0.5 < shares[Advice.VERIFY] <= sum(shares.values()) <= 1.0


def test_features_are_stems_and_pairs() -> None:
    """Endings do not matter, neighbours do."""
    assert features(["running tests"]) == {"runn", "test", "runn test"}
    assert features(["listed files"]) == features(["list file"]) == {"list", "fil", "list fil"}
