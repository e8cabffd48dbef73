"""Digests of what was said and done."""

from __future__ import annotations

import pytest

from harness.digest import RunDigest, json_hash, text_hash


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


def test_ids_of_calls_do_not_count() -> None:
    """A provider makes them up; what is called with what does."""
    digests = []
    for name, identity in (("bash", "1"), ("bash", "2"), ("read_file", "1")):
        digest = RunDigest()
        digest.model("hm", [{"name": name, "args": {}, "id": identity}])
        digests.append(digest.value())

    assert digests[0] == digests[1] != digests[2]


def test_a_model_s_numbers_count() -> None:
    """Durations are left out of results only: what a model says is what it did."""
    digests = set()
    for text in ("it took 3s", "it took 4s"):
        digest = RunDigest()
        digest.model(text, [])
        digests.add(digest.value())

    assert len(digests) == 2


@pytest.mark.parametrize("text", ["3 solutions", "s3", "v1.2", "10 files", "12 mm", "0x1f", "3 sec0nds"])
def test_numbers_that_are_no_durations_count(text: str) -> None:
    """A unit is a word of its own."""
    assert digest_of(text) != digest_of(text.translate(str.maketrans("0123456789", "1234567890")))


def test_a_value_is_of_all_so_far() -> None:
    """Asking for it ends nothing; half a character is no obstacle."""
    digest = RunDigest()
    values = [digest.value()]
    for text in ("a", "\ud800"):
        digest.tool("bash", text)
        values.append(digest.value())

    assert len(set(values)) == 3
    assert text_hash("\ud800") != text_hash("?")
