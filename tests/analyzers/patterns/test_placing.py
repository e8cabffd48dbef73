"""One new run is placed among known patterns without clustering anew."""

from __future__ import annotations

import random
import time

import pytest

from analyzers.observation import Observation
from analyzers.patterns import find_patterns
from analyzers.patterns.placing import Centres, centres_of, place
from analyzers.testing import observed

WORDS = {"loop": ("again", "same"), "burn": ("slow", "time")}


def run(number: int, draw: random.Random) -> Observation:
    """A run that passes, or fails by one or both of two mechanisms."""
    if draw.random() < 0.3:
        return observed(number, "passed", task=f"t{number % 40}")
    shown = draw.choice([("loop",), ("burn",), ("burn",), ("loop", "burn"), ()])
    return observed(
        number,
        task=f"t{number % 40}",
        shows=dict.fromkeys(shown, (9,)),
        words=tuple(word for name in shown for word in WORDS[name]),
    )


def many(count: int, seed: int = 1, first: int = 0) -> list[Observation]:
    draw = random.Random(seed)
    return [run(first + number, draw) for number in range(count)]


def test_placing_agrees_with_clustering_anew() -> None:
    """For nearly all of two hundred further runs."""
    before, new = many(300), many(200, seed=2, first=1000)
    centres = centres_of(find_patterns(before).patterns, before)
    anew = find_patterns([*before, *new])
    primary = {run_id: pattern.id for pattern in anew.patterns for run_id in pattern.run_ids}
    agreeing = sum(place(seen, centres).pattern == primary.get(seen.run_id) for seen in new)

    assert agreeing >= 190


def test_a_run_of_two_mechanisms_has_one_primary_pattern() -> None:
    """The other is named too, and what its words are nearest to."""
    before = many(300)
    centres = centres_of(find_patterns(before).patterns, before)
    both = observed(9999, shows={"loop": (9,), "burn": (9,)}, words=WORDS["loop"])
    placed = place(both, centres)

    assert placed.pattern is not None
    assert len(placed.also) == 1
    assert placed.nearest[0][1] > 0.5


@pytest.mark.parametrize(
    "seen",
    [
        observed(1, "passed", shows={"loop": (9,)}),
        observed(1, "errored", shows={"loop": (9,)}),
        observed(1),
        observed(1, "timed_out", shows={"loop": (9,)}),
    ],
)
def test_what_has_no_place(seen: Observation) -> None:
    """A pass, a broken run, a failure that shows nothing, one of another cause."""
    before = many(300)
    centres = centres_of(find_patterns(before).patterns, before)

    assert place(seen, centres).pattern is None


def test_without_patterns_there_is_no_place() -> None:
    """And nothing is near."""
    assert place(observed(1), Centres()).nearest == ()


def test_centres_survive_being_written() -> None:
    """As JSON."""
    before = many(300)
    centres = centres_of(find_patterns(before).patterns, before)

    assert Centres.from_json(centres.to_json()) == centres


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"centres": [{}]}', '{"centres": [{"pattern": 1, "signatures": 2, "words": 3}]}'],
)
def test_what_is_no_centres_is_refused(text: str) -> None:
    """Such as what an older version wrote."""
    with pytest.raises(ValueError, match=r"."):
        Centres.from_json(text)


def test_placing_takes_little() -> None:
    """Well under the twenty milliseconds that detecting has a share in."""
    before = many(300)
    centres, seen = centres_of(find_patterns(before).patterns, before), before[0]
    begin = time.process_time()
    for _ in range(100):
        place(seen, centres)

    assert (time.process_time() - begin) / 100 < 0.005
