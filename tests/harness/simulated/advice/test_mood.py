"""Verbs are told apart by how they are meant."""

from __future__ import annotations

import pytest

from harness.simulated.advice.mood import (
    count_negators,
    is_negated,
    read_base,
    read_gerund,
    read_participle,
    read_statement,
)


@pytest.mark.parametrize(
    "prefix",
    ["", "please", "before you finish ,", "you should always", "you must", "make sure you", "remember to",
     "do not forget to", "i would like you to", "did you", "step back and", "it is important to", "let us", "you need to"],
)  # fmt: skip
def test_requests_in_the_base_form(prefix: str) -> None:
    """Imperatives, modals, wishes and questions all ask."""
    assert read_base(prefix, "").is_request
    assert not read_base(prefix, "").is_negated


@pytest.mark.parametrize(
    "prefix", ["ci will", "the server should", "used to", "the command to", "they", "i", "you can"]
)
def test_statements_in_the_base_form(prefix: str) -> None:
    """Others' doings, means and permissions ask for nothing."""
    assert not read_base(prefix, "").is_request


@pytest.mark.parametrize(
    "prefix", ["do not", "never", "you need not", "there is no need to", "you should not", "avoid to"]
)
def test_negated_requests(prefix: str) -> None:
    """They ask not to."""
    assert is_negated(prefix)


def test_a_negation_ends_with_its_clause() -> None:
    """What follows a comma is not negated, unless it is a list."""
    assert not is_negated("do not guess ,")
    assert is_negated("do not list files ,", " or read them")


def test_a_condition_on_finishing_counts_as_a_negation() -> None:
    """Not finishing until something is done is doing it."""
    assert count_negators("do not finish until you") == 2


@pytest.mark.parametrize(
    ("prefix", "is_request"),
    [
        ("have you", True),
        ("it has not been", True),
        ("the tests must be", True),
        ("the tests were", False),
        ("i have", False),
    ],
)
def test_participles(prefix: str, is_request: bool) -> None:
    """A question, a lack and an obligation ask; a fact does not."""
    assert read_participle(prefix, "").is_request is is_request


@pytest.mark.parametrize(
    ("prefix", "suffix", "is_request"),
    [
        ("consider", "", True),
        ("never finish without", "", True),
        ("", " is mandatory", True),
        ("", " takes a minute", False),
        ("the job of", "", False),
    ],
)
def test_gerunds(prefix: str, suffix: str, is_request: bool) -> None:
    """Recommended, demanded, or merely mentioned."""
    assert read_gerund(prefix, suffix).is_request is is_request


def test_an_unneeded_gerund_waives() -> None:
    """Saying that something is unnecessary asks not to do it."""
    reading = read_gerund("", " is not necessary")

    assert reading.is_request
    assert reading.is_negated


def test_statements_about_others_are_not_the_readers_situation() -> None:
    """Unless the reader is named."""
    assert read_statement("", "").is_request
    assert not read_statement("the game ends when", "").is_request
    assert read_statement("you should know that", "").is_request
