"""Many literals are looked for at once, and none is missed."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.literal_scan import LiteralScan
from traces.redaction_rules import DEFAULT_RULES

_letters = st.binary(max_size=6).map(lambda data: bytes(97 + byte % 4 for byte in data))


def _find(literals: list[bytes], parts: list[bytes]) -> dict[int, set[bytes]]:
    return LiteralScan(literals).find(b"".join((*parts, b"\n\n")), list(accumulate(map(len, parts))))


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(_letters, max_size=20), st.lists(_letters.map(lambda part: part * 3), max_size=6))
def test_no_literal_is_missed(literals: list[bytes], parts: list[bytes]) -> None:
    """Of any length, at even and odd places, at the beginning and the end of a part."""
    found = _find(literals, parts)

    for number, part in enumerate(parts):
        assert found.get(number, set()) >= {literal for literal in literals if literal in part}


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(_letters.filter(lambda literal: len(literal) > 1), max_size=20),
    st.lists(_letters.map(lambda part: part + b"\n"), max_size=6),
)
def test_nothing_else_is_found(literals: list[bytes], parts: list[bytes]) -> None:
    """What is found is really there."""
    found = _find(literals, parts)

    assert all(literal in parts[number] for number, hits in found.items() for literal in hits)
    assert list(found) == sorted(found)


def test_every_literal_of_the_rules_is_found() -> None:
    """Each alone, at every place of alignment."""
    literals = [literal.encode() for rule in DEFAULT_RULES for literal in rule.literals]

    for literal in literals:
        parts = [b"." * shift + literal for shift in range(4)]
        found = _find(literals, parts)

        assert all(literal in found[number] for number in range(4))


def test_a_literal_after_a_near_miss_is_found() -> None:
    """The first place that looks like one need not be it."""
    assert _find([b"password"], [b"sswo xsswo my password"]) == {0: {b"password"}}


def test_nothing_in_nothing() -> None:
    """No literals, no parts, empty parts."""
    assert _find([], [b"text"]) == {}
    assert _find([b"text"], []) == {}
    assert _find([b"text"], [b"", b"a text", b""]) == {1: {b"text"}}


def test_a_literal_without_letters_is_everywhere() -> None:
    """Whoever gives an empty one wants every part looked at."""
    assert _find([b"", b"text"], [b"a", b"b"]) == {0: {b""}, 1: {b""}}
