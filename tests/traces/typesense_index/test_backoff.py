"""Busy servers are asked again, later and later, and never sooner than they said."""

from __future__ import annotations

import random

import pytest

from traces.typesense_index.backoff import LONGEST_RETRY_AFTER, Backoff, BusyError, retry_after_seconds


def _answering(*outcomes: str | BusyError) -> tuple[list[float], object]:
    waits: list[float] = []
    left = list(outcomes)

    def attempt() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, BusyError):
            raise outcome
        return outcome

    backoff = Backoff(
        attempts=5, first_wait=1.0, longest_wait=4.0, sleep=waits.append, generator=random.Random(7)
    )
    try:
        return waits, backoff.call(attempt)
    except BusyError as error:
        return waits, error


def test_an_answer_is_not_waited_for() -> None:
    """Once is enough."""
    assert _answering("answer") == ([], "answer")


def test_waits_grow_up_to_a_limit() -> None:
    """Each is drawn from nothing to twice the bound of the one before."""
    waits, answer = _answering(*[BusyError("busy")] * 4, "answer")

    assert answer == "answer"
    assert len(waits) == 4
    assert all(0.0 <= wait <= bound for wait, bound in zip(waits, (1.0, 2.0, 4.0, 4.0), strict=True))
    assert len(set(waits)) == 4


def test_the_last_error_is_raised() -> None:
    """After as many attempts as were allowed."""
    waits, error = _answering(*[BusyError(f"busy {number}") for number in range(9)])

    assert len(waits) == 4
    assert str(error) == "busy 4"


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    """A little longer, so that not all come back at once, but not for hours."""
    waits, _ = _answering(BusyError("busy", retry_after=7.0), BusyError("busy", retry_after=1e9), "answer")

    assert 7.0 <= waits[0] <= 8.0
    assert LONGEST_RETRY_AFTER <= waits[1] <= LONGEST_RETRY_AFTER + 1.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        (" 10 ", 10.0),
        ("9" * 5000, 1e9),
        ("soon", None),
        ("-1", None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    """Anything else says nothing."""
    assert retry_after_seconds(header, now=10.0) == seconds
