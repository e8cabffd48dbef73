"""Only so many bytes are in flight, but no request is too large to be let in alone."""

from __future__ import annotations

import pytest

from traces.receiver.admission import Admission
from traces.receiver.errors import UnavailableError


def test_what_a_request_took_is_given_back() -> None:
    """However it ends."""
    admission = Admission(100)

    with pytest.raises(ZeroDivisionError):
        _fail_in(admission)

    assert admission.taken == 0


def _fail_in(admission: Admission) -> None:
    with admission.request() as held:
        held.take(60)
        assert admission.taken == 60
        raise ZeroDivisionError


def test_a_second_request_finds_no_room() -> None:
    """It is told to come again, and keeps nothing."""
    admission = Admission(100)

    with admission.request() as first, admission.request() as second:
        first.take(60)
        second.take(40)
        with pytest.raises(UnavailableError, match="in flight"):
            second.take(1)

    assert admission.taken == 0


def test_a_request_alone_may_take_more_than_there_is() -> None:
    """The limit of a body is another one; a large body must get in some time."""
    admission = Admission(100)

    with admission.request() as held:
        held.take(90)
        held.take(900)

        assert admission.taken == 990
