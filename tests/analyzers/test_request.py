"""Two calls are compared by what they ask for, not by how they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.request import Request, request_of
from traces.run import ToolCall


def call(name: str, arguments: dict[str, object] | None = None, text: str = "") -> ToolCall:
    return ToolCall(
        span_id="1",
        start_ns=0,
        end_ns=1,
        call_id="",
        name=name,
        arguments=arguments or {},
        arguments_text=text,
    )


def overlap(one: dict[str, object], other: dict[str, object]) -> float:
    return request_of(call("read", one)).overlap(request_of(call("read", other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"path": "a.py", "line": 4}, {"line": 4, "path": "a.py"}),
        ({"path": "a.py", "line": "4"}, {"path": "a.py", "line": 4}),
        ({"file_path": "a.py"}, {"filepath": "a.py"}),
        ({"path": "a.py", "tags": [], "note": ""}, {"path": "a.py"}),
        ({"edits": [{"modified_line": "x = 1"}]}, {"edits": [{"new_lines": ["x = 1"]}]}),
        ({"old": "a\n  b"}, {"old": "a b\n"}),
        ({"command": "cd /app && pytest -q"}, {"command": "pytest -q"}),
        ({"command": "PYTHONPATH=. python a.py"}, {"command": "cd x; python a.py"}),
    ],
)
def test_keys_order_notation_and_empty_values_do_not_count(
    one: dict[str, object], other: dict[str, object]
) -> None:
    """The same values are the same request."""
    assert overlap(one, other) == 1.0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"path": "a.py"}, {"path": "b.py"}, 0.0),
        ({"path": "a.py", "line": 4}, {"path": "a.py", "line": 5}, 1 / 3),
        ({"words": ["a", "b", "c"]}, {"words": ["a", "b"]}, 2 / 3),
        ({"words": ["a", "a"]}, {"words": ["a"]}, 1 / 2),
        ({}, {}, 0.0),
    ],
)
def test_other_values_lower_the_overlap(
    one: dict[str, object], other: dict[str, object], expected: float
) -> None:
    """Shared over all values, as multisets; nothing to compare is nothing alike."""
    assert overlap(one, other) == pytest.approx(expected)


def test_the_same_values_for_another_tool_are_another_request() -> None:
    """Servers and case in a tool's name do not count."""
    one, other = call("Read", {"path": "a.py"}), call("Edit", {"path": "a.py"})
    same = call("mcp__desk__read", {"path": "a.py"})

    assert request_of(one).overlap(request_of(other)) == 0.0
    assert request_of(one) == request_of(same)


def test_arguments_that_are_no_json_are_compared_as_text() -> None:
    """A Python literal is read as what it says; a patch stays a text."""
    literal, plain = call("run", text="{'command': 'ls', 'x': None}"), call("run", {"command": "ls"})
    patch = call("apply_patch", text="*** Begin Patch")

    assert request_of(literal) == request_of(plain)
    assert request_of(patch).values == ("*** Begin Patch",)


def test_deep_and_wide_arguments_are_read_in_part() -> None:
    """Four hundred values, twelve levels."""
    deep: object = "end"
    for _ in range(5000):
        deep = [deep]

    assert len(request_of(call("x", {"all": list(range(5000))})).values) == 400
    assert request_of(call("x", {"deep": deep, "path": "a.py"})).values == ("a.py",)


VALUES = st.lists(st.sampled_from("abcdef"), max_size=6)


@given(one=VALUES, other=VALUES)
def test_overlap_is_symmetric_and_a_share(one: list[str], other: list[str]) -> None:
    """And whole only for equal values."""
    left = Request(tool="x", values=tuple(sorted(one)))
    right = Request(tool="x", values=tuple(sorted(other)))
    found = left.overlap(right)

    assert found == right.overlap(left)
    assert 0.0 <= found <= 1.0
    assert (found == 1.0) is (bool(one) and sorted(one) == sorted(other))
