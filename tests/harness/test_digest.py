"""Digests of what was said and done."""

from __future__ import annotations

import pytest

from harness.digest import RunDigest, json_hash


def digest_of(*results: str) -> str:
    """The digest of a run with one answer and these tool results."""
    digest = RunDigest()
    digest.model("hm", [{"name": "bash", "args": {"b": 1, "a": 2}, "id": "x"}])
    for result in results:
        digest.tool("bash", result)
    return digest.value()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("passed in 0.03s", "passed in 1.20s"),
        ("Ran 3 tests in 0.001 seconds", "Ran 3 tests in 0.002 seconds"),
        ("<f at 0x7f12aa00bb11>", "<f at 0x7f99aa00bb22>"),
    ],
)
def test_what_varies_by_itself_is_left_out(one: str, other: str) -> None:
    """Durations and addresses are no divergence."""
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("3 passed",), ("4 passed",)), (("a", "b"), ("b", "a")), (("ab",), ("a", "b")), (("0x10",), ("0x11",))],
)
def test_everything_else_counts(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Results, their order and their number."""
    assert digest_of(*one) != digest_of(*other)


def test_the_order_of_keys_does_not_count() -> None:
    """A schema is the same however it was built."""
    assert json_hash({"a": 1, "b": [2]}) == json_hash({"b": [2], "a": 1})
