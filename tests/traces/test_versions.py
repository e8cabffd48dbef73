"""Of what was sent twice, one counts; of what grew, all versions do."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from traces import attributes as names
from traces.testing import TraceBuilder
from traces.versions import is_derived_root, latest_versions, one_version


def test_the_one_that_ends_last_counts(spans: TraceBuilder) -> None:
    """Wherever it stands; spans of other ids and traces are left alone, in their order."""
    short = spans.tool("bash", {}, "short")
    long = replace(short, end_ns=short.end_ns + 1)
    other, foreign = spans.chat("x"), replace(short, trace_id="b" * 32)

    assert latest_versions([short, other, long, foreign]) == [long, other, foreign]
    assert latest_versions([long, other, short, foreign]) == [long, other, foreign]


def test_among_equals_the_first(spans: TraceBuilder) -> None:
    """A second copy changes nothing."""
    first = spans.chat("first")

    assert latest_versions([first, replace(first, name="second")]) == [first]


def test_versions_of_a_derived_root(spans: TraceBuilder) -> None:
    """Earliest start, latest end, all attributes, the later version's first; in any order of arrival."""
    root = spans.root("failed", source="codex", agent_name="codex")
    early = replace(root, start_ns=10, end_ns=20, attributes={**root.attributes, names.TASK: "old", "a": 1})
    middle = replace(root, start_ns=15, end_ns=30, attributes={**root.attributes, names.TASK: "new"})
    late = replace(root, start_ns=25, end_ns=40)

    for order in permutations((early, middle, late)):
        [found] = latest_versions(order)
        assert (found.start_ns, found.end_ns) == (10, 40)
        assert found.attributes[names.TASK] == "new"
        assert found.attributes["a"] == 1


def test_only_derived_roots_are_joined(spans: TraceBuilder) -> None:
    """A root of somebody else's, or a call, is the one or the other."""
    root = spans.root("failed")
    derived = spans.root("failed", source="codex")

    assert not is_derived_root(root)
    assert not is_derived_root(replace(derived, parent_id="1" * 16))
    longer = replace(root, end_ns=derived.end_ns + 1)
    assert one_version([derived, longer]) == longer


def test_a_supervisors_span_is_not_replaced(spans: TraceBuilder) -> None:
    """In a trace that a supervisor announced, the first of an id counts."""
    root = spans.root("passed")
    forged = replace(root, end_ns=root.end_ns + 1, attributes={})

    assert latest_versions([root, forged, spans.started()])[0] == root
