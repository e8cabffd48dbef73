"""Holders of the token may send; web pages may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from traces.receiver.config import ReceiverConfig
from traces.receiver.guard import Guard
from traces.store import TraceStore


def _guard(**options: object) -> Guard:
    return Guard(ReceiverConfig(store=TraceStore(root=Path("store")), **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:4318", "localhost:4318", "LOCALHOST", "[::1]:4318", "192.168.1.7:4318", "collector:4318", ""],
)
def test_hosts_that_no_page_can_pretend_are_known(host: str) -> None:
    """Addresses, ``localhost``, allowed names; and nothing, as of HTTP/1.0."""
    assert _guard(allowed_hosts=("collector",)).objection({"host": host}) == ""


@pytest.mark.parametrize(
    "host", ["evil.example.org", "localhost.evil.example.org:4318", "127.0.0.1.evil.example.org"]
)
def test_a_name_that_a_page_made_point_here_is_refused(host: str) -> None:
    """DNS rebinding."""
    assert "host" in _guard().objection({"host": host})


def test_with_a_token_any_host_will_do() -> None:
    """A page does not have the token; a container has a name of its own."""
    assert _guard(token="secret").objection({"host": "collector"}) == ""


def test_pages_are_refused_unless_their_origin_is_allowed() -> None:
    """A browser says from which page a request comes."""
    guard = _guard(allowed_origins=("https://app.example.org",))

    assert guard.objection({"origin": "https://app.example.org"}) == ""
    assert "web pages" in guard.objection({"origin": "https://evil.example.org"})
    assert "web pages" in guard.objection({"origin": "null"})


@pytest.mark.parametrize("given", ["Bearer secret", "bearer secret", "Bearer  secret "])
def test_the_token_is_known(given: str) -> None:
    """The scheme's name has no case."""
    assert _guard(token="secret").knows({"authorization": given})


@pytest.mark.parametrize(
    "given", ["", "secret", "Basic secret", "Bearer", "Bearer secre", "Bearer sécret", "Bearer secrets"]
)
def test_anything_else_is_not(given: str) -> None:
    """Other characters than a token may have included."""
    guard = _guard(token="secret")

    assert not guard.knows({"authorization": given})
    assert not guard.knows({})


def test_without_a_token_everybody_is_known() -> None:
    """On one machine, that is the default."""
    assert _guard().knows({"authorization": "Bearer whatever"})
