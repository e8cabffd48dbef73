"""The words at the end of failing runs tell which run is typical."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.failing_region import failing_region, portray
from analyzers.testing import Story
from traces.run import Run


def saying(number: int, text: str) -> Run:
    return Story(number).shell("pytest", text, exit_code=1).run()


CLUSTER = [
    saying(1, "TypeError: unsupported operand banana"),
    saying(2, "TypeError: unsupported operand"),
    saying(3, "TypeError: unsupported operand cherry"),
    saying(4, "something else entirely happened here"),
]


def test_the_medoid_is_the_most_central_run() -> None:
    """The odd one out comes last."""
    portrait = portray(CLUSTER, [])

    assert portrait.medoid == CLUSTER[1].run_id
    assert CLUSTER[3].run_id not in portrait.typical


def test_terms_set_the_cluster_apart_from_others() -> None:
    """What all failures say is no term of one cluster."""
    others = [saying(10 + number, "Traceback operand overflow") for number in range(3)]
    terms = portray(CLUSTER[:3], others).terms

    assert "typeerror" in terms
    assert "overflow" not in terms


def test_without_content_the_order_decides() -> None:
    """Redacted runs still have a medoid."""
    bare = [
        replace(run, tool_calls=tuple(replace(call, name="", result="") for call in run.tool_calls))
        for run in CLUSTER
    ]
    portrait = portray(bare, [])

    assert portrait.medoid == CLUSTER[0].run_id
    assert portrait.terms == ()


def test_only_the_end_of_a_run_counts() -> None:
    """What was said long before is forgotten."""
    story = Story().says("first words")
    for _ in range(6):
        story.shell("ls", "x")

    assert "first" not in failing_region(story.run())


def test_an_empty_cluster_has_no_portrait() -> None:
    """It is a mistake of the caller."""
    with pytest.raises(ValueError, match="without runs"):
        portray([], [])
